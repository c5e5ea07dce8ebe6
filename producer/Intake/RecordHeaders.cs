using System.Globalization;
using System.Text;
using Confluent.Kafka;
using TweetStreams.Producer.Matching;

namespace TweetStreams.Producer.Intake;

/// <summary>Makes the headers of enriched records. For one thread. Messages without rules that come in the same millisecond share them.</summary>
internal sealed class RecordHeaders(string source, string instance)
{
    private readonly Header source = new("source", Encoding.UTF8.GetBytes(source));
    private readonly Header instance = new("instance", Encoding.UTF8.GetBytes(instance));
    private long millisecond = long.MinValue;
    private Header? receivedAt;
    private Headers? withoutRules;

    public Headers Of(RuleMatches matches, DateTimeOffset now)
    {
        long at = now.ToUnixTimeMilliseconds();
        if (at != millisecond || receivedAt is null) (millisecond, receivedAt, withoutRules) = (at, new Header("received-at", Iso(now)), null);
        if (matches.Count == 0) return withoutRules ??= [source, receivedAt, instance];
        return [new Header("rules", Ids(matches)), source, receivedAt, instance];
    }

    // Ids are of ASCII, and have no comma.
    private static byte[] Ids(RuleMatches matches)
    {
        int length = matches.Count - 1;
        for (int i = 0; i < matches.Count; i++) length += matches[i].Id.Length;
        byte[] ids = new byte[length];
        int at = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            if (i > 0) ids[at++] = (byte)',';
            at += Encoding.Latin1.GetBytes(matches[i].Id, ids.AsSpan(at));
        }
        return ids;
    }

    private static byte[] Iso(DateTimeOffset now)
    {
        byte[] text = new byte[24];
        now.UtcDateTime.TryFormat(text, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return text;
    }
}
