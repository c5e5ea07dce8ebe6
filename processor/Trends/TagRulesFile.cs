namespace TweetStreams.Processor.Trends;

/// <summary>The rules of a file that may change while the program runs: looked at once a second.</summary>
internal sealed partial class TagRulesFile : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private (DateTime Written, long Length) seen;

    private TagRulesFile(string path, TimeProvider time, ILogger logger)
    {
        this.path = path;
        this.logger = logger;
        seen = Stamp();
        Current = TagRules.Parse(File.ReadAllText(path));
        timer = time.CreateTimer(_ => Look(), null, Every, Every);
    }

    /// <summary>The newest rules that could be read.</summary>
    public TagRules Current { get; private set; }

    /// <exception cref="SettingException">The file cannot be read, or a line is wrong.</exception>
    public static TagRulesFile Open(string path, TimeProvider time, ILogger logger)
    {
        try
        {
            return new TagRulesFile(path, time, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SettingException($"--trend-rules {path}: {e.Message}", e);
        }
    }

    public void Dispose() => timer.Dispose();

    private (DateTime, long) Stamp() => File.Exists(path) && new FileInfo(path) is var file ? (file.LastWriteTimeUtc, file.Length) : default;

    private void Look()
    {
        (DateTime, long) stamp = seen;
        try
        {
            stamp = Stamp();
            if (stamp == seen || stamp == default) return;
            Current = TagRules.Parse(File.ReadAllText(path));
            seen = stamp;
            Changed(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            // Someone may be writing it just now; then the next look finds it whole. A mistake is said once.
            if (e is not FormatException) return;
            // As of before it was read: what is written meanwhile is looked at next time.
            seen = stamp;
            Wrong(path, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Path} has changed: its rules are used from now on")]
    private partial void Changed(string path);

    [LoggerMessage(LogLevel.Warning, "{Path} has changed, and {Reason}; the rules from before stay in use")]
    private partial void Wrong(string path, string reason);
}
