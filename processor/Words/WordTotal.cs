namespace TweetStreams.Processor.Words;

/// <summary>How often a word was counted.</summary>
internal sealed record WordTotal(string Word, long Count);

/// <summary>How often a word was counted in one window.</summary>
internal sealed record WordCount(string Word, DateTime Start, DateTime End, long Count)
{
    public static WordCount Of(Windowed<string> key, long count) => new(key.Key, key.Window.StartTime, key.Window.EndTime, count);
}
