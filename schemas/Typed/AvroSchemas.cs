namespace TweetStreams.Schemas.Typed;

/// <summary>The Avro schemas of all records, as the JSON of <c>schemas/avro/*.avsc</c>.</summary>
public static class AvroSchemas
{
    /// <summary>A tweet, retweet or post: <see cref="TypedTweet"/>.</summary>
    public static string Tweet { get; } = Load("tweet");

    /// <summary>The order to delete one.</summary>
    public static string Delete { get; } = Load("delete");

    /// <summary>How many the source has held back.</summary>
    public static string Limit { get; } = Load("limit");

    /// <summary>Every other message.</summary>
    public static string Notice { get; } = Load("notice");

    /// <summary>The count of a word, of all time.</summary>
    public static string WordTotal { get; } = Load("word-total");

    /// <summary>The count of a word in a window.</summary>
    public static string WordCount { get; } = Load("word-count");

    /// <summary>A ranking.</summary>
    public static string TopWords { get; } = Load("top-words");

    private static string Load(string name)
    {
        using Stream stored = typeof(AvroSchemas).Assembly.GetManifestResourceStream($"avro/{name}.avsc")!;
        using var reader = new StreamReader(stored);
        return reader.ReadToEnd();
    }
}
