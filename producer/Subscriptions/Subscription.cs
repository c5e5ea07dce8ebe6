using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using TweetStreams.Producer.Control;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>
/// A named consumer of the stream, with a topic of its own. It takes what fits all of kinds, rules and words that it has; of each, one has to fit. With none of them
/// it takes everything.
/// </summary>
/// <param name="Name">Its name: 1 to 100 letters, digits, '.', '_' and '-'.</param>
internal sealed partial record Subscription(string Name)
{
    /// <summary>
    /// What every topic of a subscription begins with: nobody can have messages written into the topics of others, or these deleted, by naming them.
    /// </summary>
    public const string TopicPrefix = "subscription-";

    private const int MostRules = 1000;
    private const int MostWords = 1000;
    private const int MostWordCharacters = 140;

    /// <summary>The topic that takes its messages.</summary>
    public string Topic { get; init; } = TopicPrefix + Name;

    /// <summary>The kinds of messages that it takes; empty for all.</summary>
    public ImmutableArray<MessageKind> Kinds { get; init; } = [];

    /// <summary>Ids of rules; empty for whatever rules match, or none.</summary>
    public ImmutableArray<string> Rules { get; init; } = [];

    /// <summary>Words in lower case; empty for any text. Only tweets and retweets have a text.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>Whether it takes everything.</summary>
    public bool TakesAll => Kinds.IsEmpty && Rules.IsEmpty && Words.IsEmpty;

    /// <summary>Puts words into the form in which they are looked for.</summary>
    public static ImmutableArray<string> WordsOf(IEnumerable<string> words) => [.. words.Select(word => word.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <returns>What is wrong with it, for people; null for nothing.</returns>
    public string? Problem() =>
        !NamePattern.IsMatch(Name) ? "the name has to be 1 to 100 letters, digits, '.', '_' and '-'"
        : !TopicPattern.IsMatch(Topic) ? $"the topic has to begin with {TopicPrefix} and be made of letters, digits, '.', '_' and '-', at most 249 of them"
        : Rules.Length > MostRules ? $"it has more than {MostRules} rules"
        : Rules.FirstOrDefault(rule => rule.Length is 0 or > 128) is { } rule ? $"'{rule}' is no id of a rule"
        : Words.Length > MostWords ? $"it has more than {MostWords} words"
        : Words.FirstOrDefault(word => word.Length is 0 or > MostWordCharacters || word.Any(TextWords.IsSpace)) is { } word ? $"'{word}' is no word: 1 to {MostWordCharacters} characters, no space"
        : null;

    /// <summary>Writes it as an object.</summary>
    public void Write(Utf8JsonWriter writer, SubscriptionCount? count = null)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, Name);
        writer.WriteString("topic"u8, Topic);
        Write(writer, "kinds", Kinds.Select(KindNames.Of));
        Write(writer, "rules", Rules);
        Write(writer, "words", Words);
        if (count is not null)
        {
            writer.WriteNumber("messages"u8, count.Messages);
            writer.WriteNumber("bytes"u8, count.Bytes);
        }
        writer.WriteEndObject();
    }

    /// <summary>Reads one as <see cref="Write(Utf8JsonWriter, SubscriptionCount?)"/> writes it; what else is there does not matter.</summary>
    /// <returns>Why it is none, for people; null where it is one.</returns>
    public static string? TryRead(JsonElement element, out Subscription read)
    {
        read = new Subscription("");
        if (element.ValueKind != JsonValueKind.Object) return "a subscription is an object as {\"name\":\"mine\",\"kinds\":[\"tweet\"],\"words\":[\"apple\"]}";
        if (!element.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String) return "name is missing, or no text";
        var made = new Subscription(name.GetString()!);
        if (element.TryGetProperty("topic", out JsonElement topic) && topic.ValueKind != JsonValueKind.Null)
        {
            if (topic.ValueKind != JsonValueKind.String) return "topic is no text";
            made = made with { Topic = topic.GetString()! };
        }
        if (Texts(element, "kinds") is not { } kinds) return $"kinds is no array of texts, of {KindNames.All}";
        if (Texts(element, "rules") is not { } rules) return "rules is no array of texts";
        if (Texts(element, "words") is not { } words) return "words is no array of texts";
        return TryMake(made, kinds, rules, words, out read);
    }

    /// <summary>Gives a subscription its filter.</summary>
    /// <returns>What is wrong with it, for people; null for nothing.</returns>
    public static string? TryMake(Subscription bare, IReadOnlyList<string> kinds, IReadOnlyList<string> rules, IReadOnlyList<string> words, out Subscription made)
    {
        made = bare;
        if (kinds.FirstOrDefault(kind => KindNames.Parse(kind) is null) is { } unknown) return $"'{unknown}' is no kind of message; there are {KindNames.All}";
        made = bare with
        {
            Kinds = [.. kinds.Select(kind => KindNames.Parse(kind)!.Value).Distinct().Order()],
            Rules = [.. rules.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Words = WordsOf(words),
        };
        return made.Problem();
    }

    private static string[]? Texts(JsonElement element, string field)
    {
        if (!element.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null) return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(text => text.ValueKind != JsonValueKind.String)) return null;
        return [.. value.EnumerateArray().Select(text => text.GetString()!)];
    }

    private static void Write(Utf8JsonWriter writer, string field, IEnumerable<string> values)
    {
        writer.WriteStartArray(field);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}\\z")]
    private static partial Regex NamePattern { get; }

    [GeneratedRegex("^subscription-[A-Za-z0-9._-]{1,236}\\z")]
    private static partial Regex TopicPattern { get; }
}

/// <summary>All subscriptions at one moment.</summary>
/// <param name="All">In the order of their names.</param>
internal sealed record SubscriptionSet(ImmutableArray<Subscription> All)
{
    /// <summary>No subscriptions.</summary>
    public static SubscriptionSet Empty { get; } = new([]);

    /// <summary>The one of that name; null for none.</summary>
    public Subscription? Find(string name) => All.FirstOrDefault(subscription => subscription.Name == name);
}

/// <summary>What went to a subscription since this instance began, or since it was added. Written by the feed's loop, read by anybody.</summary>
internal sealed class SubscriptionCount
{
    private long messages;
    private long bytes;

    /// <summary>Messages.</summary>
    public long Messages => Volatile.Read(ref messages);

    /// <summary>Their bytes.</summary>
    public long Bytes => Volatile.Read(ref bytes);

    internal void Add(int length)
    {
        Volatile.Write(ref messages, messages + 1);
        Volatile.Write(ref bytes, bytes + length);
    }
}
