using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Control;

/// <summary>A rule as an object: id, type, value, tag, and any further fields.</summary>
internal sealed partial class PlainRuleFormat : IRuleFormat
{
    private const int MostTagCharacters = 1000;

    public bool TryRead(JsonElement element, out Rule rule, out string reason)
    {
        rule = new Rule("", RuleType.Track, "");
        string? id = null, value = null, tag = null;
        RuleType? type = null;
        if (element.ValueKind != JsonValueKind.Object) return No("a rule is an object as {\"id\":\"a\",\"type\":\"track\",\"value\":\"apple\"}", out reason);
        ImmutableSortedDictionary<string, JsonElement>.Builder further = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty field in element.EnumerateObject())
        {
            JsonElement given = field.Value;
            switch (field.Name)
            {
                case "id":
                    id = given.ValueKind == JsonValueKind.String ? given.GetString() : null;
                    if (id is null || !Id.IsMatch(id) || id is "." or "..") return No("id is no name for a rule: 1 to 128 letters, digits, '.', '_', ':' and '-'", out reason);
                    break;
                case "type":
                    type = given.ValueKind == JsonValueKind.String ? RuleTypes.Parse(given.GetString()!) : null;
                    if (type is null) return No($"type is none of {RuleTypes.Names}", out reason);
                    break;
                case "value":
                    value = given.ValueKind switch { JsonValueKind.String => given.GetString(), JsonValueKind.Number => given.GetRawText(), _ => null };
                    if (string.IsNullOrWhiteSpace(value)) return No("value is no text that says something", out reason);
                    break;
                case "tag":
                    if (given.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return No("tag is no text", out reason);
                    tag = given.GetString();
                    if (tag?.Length > MostTagCharacters) return No($"tag has more than {MostTagCharacters} characters", out reason);
                    break;
                default:
                    further[field.Name] = given.Clone();
                    break;
            }
        }
        if (id is null) return No("id is missing", out reason);
        if (type is not { } found) return No($"type is missing; it is one of {RuleTypes.Names}", out reason);
        if (value is null) return No("value is missing", out reason);
        rule = new Rule(id, found, value, tag) { Further = further.ToImmutable() };
        reason = "";
        return true;
    }

    public void Write(Utf8JsonWriter writer, Rule rule)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, rule.Id);
        writer.WriteString("type"u8, RuleTypes.NameOf(rule.Type));
        writer.WriteString("value"u8, rule.Value);
        if (rule.Tag is not null) writer.WriteString("tag"u8, rule.Tag);
        foreach ((string name, JsonElement value) in rule.Further)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static bool No(string why, out string reason)
    {
        reason = why;
        return false;
    }

    [GeneratedRegex("^[A-Za-z0-9._:-]{1,128}\\z")]
    private static partial Regex Id { get; }
}

/// <summary>The names of types of rules.</summary>
internal static class RuleTypes
{
    private static readonly string[] Ordered = [.. Enum.GetNames<RuleType>().Select(name => name.ToLowerInvariant())];

    /// <summary>All of them, for people.</summary>
    public static string Names { get; } = string.Join(", ", Ordered);

    public static string NameOf(RuleType type) => Ordered[(int)type];

    public static RuleType? Parse(string name) => Array.IndexOf(Ordered, name) is >= 0 and var at ? (RuleType)at : null;
}
