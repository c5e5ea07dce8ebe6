using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>Appends the object <c>traptor</c> to a tweet's JSON. For one thread.</summary>
/// <remarks>
/// It has <c>id_str</c>, the instance; <c>created_at_iso</c>, the tweet's time; and <c>collection_rules</c>, each matching rule with all its fields, under Traptor's names and
/// this program's. Where no rule matches, it has Traptor's form for that, with the source as <c>rule_type</c>.
/// </remarks>
internal sealed class TraptorObject(string source, string instance)
{
    private readonly byte[] beginning = Encoding.UTF8.GetBytes($",\"traptor\":{{\"id_str\":{Quoted(instance)}");
    private readonly byte[] notFound = Encoding.UTF8.GetBytes($",\"rule_type\":{Quoted(source)},\"id\":{Quoted(instance)},\"rule_tag\":\"Not Found\",\"rule_value\":\"Not Found\"");
    private readonly ArrayBufferWriter<byte> written = new(4096);
    private RuleSet rules = RuleSet.Empty;
    private byte[]?[] objects = []; // of each rule, when first needed

    public byte[] AppendTo(in Message message, RuleMatches matches)
    {
        if (!ReferenceEquals(matches.Rules, rules)) (rules, objects) = (matches.Rules, new byte[matches.Rules.Rules.Length][]);
        written.ResetWrittenCount();
        written.Write(beginning);
        if (message.EventTime >= 0)
        {
            written.Write(",\"created_at_iso\":\""u8);
            DateTimeOffset.FromUnixTimeMilliseconds(message.EventTime).TryFormat(written.GetSpan(32), out int length, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
            written.Advance(length);
            written.Write("\""u8);
        }
        if (matches.Count == 0)
        {
            written.Write(notFound);
        }
        else
        {
            written.Write(",\"collection_rules\":["u8);
            for (int i = 0; i < matches.Count; i++)
            {
                if (i > 0) written.Write(","u8);
                written.Write(objects[matches.Places[i]] ??= Object(matches[i]));
            }
            written.Write("]"u8);
        }
        written.Write("}"u8);
        ReadOnlySpan<byte> raw = message.Raw;
        int end = raw.LastIndexOf((byte)'}');
        byte[] enriched = new byte[raw.Length + written.WrittenCount];
        raw[..end].CopyTo(enriched);
        written.WrittenSpan.CopyTo(enriched.AsSpan(end));
        raw[end..].CopyTo(enriched.AsSpan(end + written.WrittenCount));
        return enriched;
    }

    private static byte[] Object(Rule rule)
    {
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            (string type, string original) = rule.Type switch
            {
                RuleType.Keyword or RuleType.Hashtag => ("track", RuleFormat.WordOf(rule.Type)),
                RuleType.Track => ("track", "keyword"),
                RuleType.Username => ("follow", "username"),
                RuleType.Follow => ("follow", "userid"),
                RuleType.Locations or RuleType.Geo => ("locations", "geo"),
                _ => ("x", "x"),
            };
            json.WriteStartObject();
            json.WriteString("rule_id", rule.Id);
            json.WriteString("rule_type", type);
            json.WriteString("orig_type", original);
            json.WriteString("id", rule.Id);
            json.WriteString("type", RuleFormat.WordOf(rule.Type));
            json.WriteString("value", rule.Value);
            json.WriteString("tag", rule.Tag);
            foreach ((string name, JsonElement value) in rule.Further)
            {
                if (name is "rule_tag" or "rule_value" or "rule_type" or "orig_type") continue; // written anew
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteString("rule_tag", rule.Tag);
            json.WriteString("rule_value", rule.Value);
            json.WriteEndObject();
        }
        return written.WrittenSpan.ToArray();
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
