using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TweetStreams.Producer.Rules;

/// <summary>
/// Rules as JSON: <c>{"id":"...","type":"track","value":"...","tag":"..."}</c> and any further fields. Traptor's names are read as well: <c>rule_id</c>,
/// and <c>orig_type</c> or <c>rule_type</c>.
/// </summary>
public static class RuleFormat
{
    private const int LongestLine = 1 << 20;

    private static readonly ImmutableArray<(string Word, RuleType Type)> words =
    [
        .. Enum.GetValues<RuleType>().Select(type => (WordOf(type), type)),
        ("userid", RuleType.Follow), // Traptor's
    ];

    /// <summary>A type as it is written.</summary>
    public static string WordOf(RuleType type) => type switch
    {
        RuleType.Track => "track",
        RuleType.Follow => "follow",
        RuleType.Locations => "locations",
        RuleType.Keyword => "keyword",
        RuleType.Hashtag => "hashtag",
        RuleType.Username => "username",
        RuleType.Geo => "geo",
        RuleType.X => "x",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type of rule"),
    };

    /// <summary>The type that a word means, in whatever case.</summary>
    public static bool TryReadType(string? word, out RuleType type)
    {
        foreach ((string known, RuleType its) in words)
        {
            if (!known.Equals(word, StringComparison.OrdinalIgnoreCase)) continue;
            type = its;
            return true;
        }
        type = default;
        return false;
    }

    /// <summary>The words of all types, for people.</summary>
    public static string Words { get; } = string.Join(", ", Enum.GetValues<RuleType>().Select(WordOf));

    /// <summary>The id of a rule that was given none: short, and the same for the same rule.</summary>
    public static string IdOf(RuleType type, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return $"{WordOf(type)}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 8))}";
    }

    /// <summary>Writes a rule in one line.</summary>
    public static byte[] Write(Rule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written)) Write(rule, json);
        return written.WrittenSpan.ToArray();
    }

    /// <summary>Writes a rule as a value.</summary>
    public static void Write(Rule rule, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        json.WriteString("type", WordOf(rule.Type));
        json.WriteString("value", rule.Value);
        if (rule.Tag is { } tag) json.WriteString("tag", tag);
        foreach ((string name, JsonElement value) in rule.Further)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    /// <summary>Reads a rule. Whether it is a sensible one is <see cref="RuleCheck"/>'s question.</summary>
    /// <param name="json">Its object.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="reason">What is wrong and what to do, where it is none.</param>
    /// <param name="id">The id to take where it has none; null to make one.</param>
    /// <param name="type">The type to take where it has none: X's own rules have none.</param>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out Rule? rule, [NotNullWhen(false)] out string? reason, string? id = null, RuleType? type = null)
    {
        (rule, reason) = (null, null);
        if (json.ValueKind != JsonValueKind.Object)
        {
            reason = "A rule is a JSON object with the fields id, type, value and tag.";
            return false;
        }
        try
        {
            string? originalType = null, tag = null;
            JsonElement sought = default;
            var further = ImmutableSortedDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
            foreach (JsonProperty field in json.EnumerateObject())
            {
                switch (field.Name)
                {
                    case "id" or "rule_id":
                        if (Text(field.Value) is { Length: > 0 } given) id = given;
                        break;
                    case "type" or "orig_type" or "rule_type" when field.Value.ValueKind == JsonValueKind.String:
                        // Traptor's rule_type is one of X's three parameters; its orig_type says more.
                        if (field.Name != "rule_type" || originalType is null) originalType = field.Value.GetString();
                        break;
                    case "value":
                        sought = field.Value;
                        break;
                    case "tag" when field.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null):
                        reason = "Its tag is no text; write it in quotes.";
                        return false;
                    case "tag":
                        tag = field.Value.GetString();
                        break;
                    default:
                        further[field.Name] = field.Value.Clone();
                        break;
                }
            }
            if (originalType is not null)
            {
                if (!TryReadType(originalType, out RuleType read))
                {
                    reason = $"There is no type \"{Cut(originalType)}\"; the types are {Words}.";
                    return false;
                }
                type = read;
            }
            if (type is null)
            {
                reason = $"It has no type; add \"type\" with one of {Words}.";
                return false;
            }
            string? value = ValueOf(type.Value, sought);
            if (string.IsNullOrWhiteSpace(value))
            {
                reason = "It has no value; add \"value\" with what to look for, as text.";
                return false;
            }
            rule = new Rule(id ?? IdOf(type.Value, value), type.Value, value, tag) { Further = further.ToImmutable() };
            return true;
        }
        catch (InvalidOperationException)
        {
            reason = "It has half a character in it, as an escape \\ud800 without its other half; write it anew.";
            return false;
        }
    }

    /// <summary>Reads a rule from its bytes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Rule? rule, [NotNullWhen(false)] out string? reason, string? id = null, RuleType? type = null)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return TryRead(document.RootElement, out rule, out reason, id, type);
        }
        catch (JsonException wrong)
        {
            (rule, reason) = (null, $"It is no JSON: {wrong.Message}");
            return false;
        }
    }

    /// <summary>Writes rules as JSON lines.</summary>
    public static async Task WriteLinesAsync(IEnumerable<Rule> rules, Stream to, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(to);
        foreach (Rule rule in rules)
        {
            await to.WriteAsync(Write(rule), cancellationToken).ConfigureAwait(false);
            await to.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads JSON lines; empty ones are left out. What is no rule is named with its line, and does not stop the rest.</summary>
    public static async Task<(IReadOnlyList<Rule> Rules, IReadOnlyList<RuleProblem> Problems)> ReadLinesAsync(Stream from, CancellationToken cancellationToken, RuleType? type = null)
    {
        ArgumentNullException.ThrowIfNull(from);
        var rules = new List<Rule>();
        var problems = new List<RuleProblem>();
        using var reader = new StreamReader(from, new UTF8Encoding(false), leaveOpen: true);
        for (int number = 1; await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            string? reason = line.Length > LongestLine ? $"It is longer than {LongestLine:N0} characters; no rule is." : null;
            if (reason is null && TryRead(Encoding.UTF8.GetBytes(line), out Rule? rule, out reason, type: type)) rules.Add(rule);
            else problems.Add(new RuleProblem($"line {number}", Cut(line), reason!));
        }
        return (rules, problems);
    }

    internal static string Cut(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[59]) ? 59 : 60)}…";

    // A follow rule's value may be a number, a place's its GeoJSON or a list of numbers.
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    // Boxes may come as an array of numbers, and places as the object that they are.
    private static string? ValueOf(RuleType type, JsonElement value) => (type, value.ValueKind) switch
    {
        (RuleType.Geo, JsonValueKind.Object) => value.GetRawText(),
        (RuleType.Geo or RuleType.Locations, JsonValueKind.Array) => value.GetRawText().Trim('[', ']'),
        _ => Text(value),
    };
}
