using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Statistics;

/// <summary>
/// The names of users that were seen lately, by their ids, so that people can be told who an id is. Looks into so few messages a second that the feed does
/// not feel it.
/// </summary>
internal sealed class SeenNames(TimeProvider time, int most = SeenNames.MostUsers, int perSecond = SeenNames.MessagesPerSecond)
{
    /// <summary>So many users are remembered: those seen last.</summary>
    public const int MostUsers = 10_000;

    /// <summary>So many messages are looked into.</summary>
    public const int MessagesPerSecond = 100;

    // Users of interest are not nested deeper: a tweet quoted in a tweet that is retweeted.
    private const int Depth = 16;
    private const int LongestName = 100;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Seen>> users = new(StringComparer.Ordinal);
    private readonly LinkedList<Seen> byAge = new();
    private long second = long.MinValue;
    private int looked;

    /// <summary>The name of a user, without @.</summary>
    public bool TryGet(string userId, [NotNullWhen(true)] out string? screenName)
    {
        lock (gate)
        {
            screenName = users.TryGetValue(userId, out LinkedListNode<Seen>? seen) ? seen.Value.Name : null;
            return screenName is not null;
        }
    }

    /// <summary>The id of the user of that name, in any case; null where it was not seen.</summary>
    public string? IdOf(string screenName)
    {
        lock (gate) return byAge.FirstOrDefault(seen => seen.Name.Equals(screenName, StringComparison.OrdinalIgnoreCase)).Id;
    }

    /// <summary>Looks for users in a message, if the second has room for one more. Only the feed's loop calls this.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">A time by the clock's <see cref="TimeProvider.GetTimestamp"/>.</param>
    public void Look(in Message message, long now)
    {
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return;
        long at = now / time.TimestampFrequency;
        if (at != second) (second, looked) = (at, 0);
        if (looked >= perSecond) return;
        looked++;
        Read(message.Raw);
    }

    /// <summary>An object that has <c>id_str</c> and <c>screen_name</c>, or <c>id</c> and <c>username</c>, is a user, wherever it stands.</summary>
    private void Read(ReadOnlySpan<byte> raw)
    {
        Span<Range> ids = stackalloc Range[Depth];
        Span<Range> names = stackalloc Range[Depth];
        Span<bool> classic = stackalloc bool[Depth];
        Member member = Member.Other;
        var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                int depth = reader.CurrentDepth;
                if (depth >= Depth) continue;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        member = reader.ValueTextEquals("id_str"u8) ? Member.IdStr : reader.ValueTextEquals("id"u8) ? Member.Id
                            : reader.ValueTextEquals("screen_name"u8) || reader.ValueTextEquals("username"u8) ? Member.Name : Member.Other;
                        continue;
                    case JsonTokenType.StartObject:
                        (ids[depth], names[depth], classic[depth]) = (default, default, false);
                        break;
                    case JsonTokenType.EndObject:
                        if (!ids[depth].Equals(default) && !names[depth].Equals(default)) Remember(raw[ids[depth]], raw[names[depth]]);
                        break;
                    case JsonTokenType.String when member != Member.Other && !reader.ValueIsEscaped && reader.ValueSpan.Length is > 0 and <= LongestName:
                        int start = (int)reader.TokenStartIndex + 1, of = depth - 1;
                        Range value = start..(start + reader.ValueSpan.Length);
                        if (member == Member.Name) names[of] = value;
                        else if (member == Member.IdStr || !classic[of]) (ids[of], classic[of]) = (value, member == Member.IdStr);
                        break;
                }
                member = Member.Other;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What Python takes for JSON and System.Text.Json does not.
        }
    }

    private void Remember(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        lock (gate)
        {
            string user = Encoding.UTF8.GetString(id), screenName = Encoding.UTF8.GetString(name);
            if (users.TryGetValue(user, out LinkedListNode<Seen>? seen))
            {
                byAge.Remove(seen);
                if (seen.Value.Name != screenName) seen.Value = new Seen(user, screenName);
            }
            else
            {
                if (users.Count >= most && byAge.First is { } oldest)
                {
                    byAge.RemoveFirst();
                    users.Remove(oldest.Value.Id);
                }
                users[user] = seen = new LinkedListNode<Seen>(new Seen(user, screenName));
            }
            byAge.AddLast(seen);
        }
    }

    private enum Member : byte { Other, Id, IdStr, Name }

    private readonly record struct Seen(string Id, string Name);
}
