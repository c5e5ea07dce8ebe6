using System.Text.Json;

namespace TweetStreams.Producer.Gaps;

/// <summary>How many messages a source has left out, by its limit notices. For one reader, in the order of the source.</summary>
/// <remarks>
/// A notice has the number of messages left out since the connection began, and each shard of the source counts for itself, without saying which it is. So a
/// notice is taken for the next one of the shard whose last number is the nearest below it; one that is below all begins a shard, or a connection, anew.
/// </remarks>
internal sealed class MissedMessages
{
    // Streams have had four. Of more, the ones that were not heard of for longest are of connections that are gone.
    private const int MostShards = 8;

    private readonly List<long> shards = [];

    public long Count { get; private set; }

    /// <summary>A connection has begun, and with it every shard: the next notices are no continuation of the last ones.</summary>
    public void BeginConnection() => shards.Clear();

    /// <summary>Takes a limit notice in.</summary>
    public void Add(ReadOnlySpan<byte> notice)
    {
        if (Track(notice) is not { } track || track < 0) return;
        int nearest = -1;
        for (int i = 0; i < shards.Count; i++)
            if (shards[i] <= track && (nearest < 0 || shards[i] > shards[nearest])) nearest = i;
        Count += track - (nearest < 0 ? 0 : shards[nearest]);
        if (nearest >= 0) shards.RemoveAt(nearest);
        else if (shards.Count == MostShards) shards.RemoveAt(0);
        shards.Add(track);
    }

    /// <summary>The number after <c>{"limit":{"track":</c>, wherever it stands in the notice.</summary>
    private static long? Track(ReadOnlySpan<byte> notice)
    {
        var reader = new Utf8JsonReader(notice, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 2 || !reader.ValueTextEquals("track"u8)) continue;
                return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long track) ? track : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What Python takes for JSON and System.Text.Json does not, such as NaN, or half a character as a name.
        }
        return null;
    }
}
