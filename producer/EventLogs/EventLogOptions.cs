namespace TweetStreams.Producer.EventLogs;

/// <summary>Where received messages are logged, and for how long. Every value is checked when it is set.</summary>
public sealed record EventLogOptions
{
    /// <summary>The directory; created where it is missing. It is this instance's alone.</summary>
    public required string Directory
    {
        get;
        init => field = string.IsNullOrWhiteSpace(value) ? throw Invalid("names no directory") : Path.GetFullPath(value);
    }

    /// <summary>A file ends after so many messages; null for no limit.</summary>
    public long? RotateMessages
    {
        get;
        init => field = value is null or > 0 ? value : throw Invalid("takes at least 1 message a file");
    }

    /// <summary>A file ends before it is larger than this, in bytes before packing.</summary>
    public long RotateBytes
    {
        get;
        init => field = value > 0 ? value : throw Invalid("takes at least 1 byte a file");
    } = 256L * 1024 * 1024;

    /// <summary>A file ends when it is so old.</summary>
    public TimeSpan RotateAfter
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw Invalid("ends a file after a time above 0");
    } = TimeSpan.FromHours(1);

    /// <summary>Pack files that have ended.</summary>
    public bool Gzip { get; init; } = true;

    /// <summary>Files are removed when their last message is so old; null for never.</summary>
    public TimeSpan? KeepFor
    {
        get;
        init => field = value is null || value > TimeSpan.Zero ? value : throw Invalid("keeps files for a time above 0");
    }

    /// <summary>The oldest files are removed where all together are larger than this; null for no limit.</summary>
    public long? KeepBytes
    {
        get;
        init => field = value is null or > 0 ? value : throw Invalid("keeps at least 1 byte");
    }

    /// <summary>How many bytes of messages may wait for the disk.</summary>
    public long QueueBytes
    {
        get;
        init => field = value > 0 ? value : throw Invalid("has at least 1 byte to wait in");
    } = 64L * 1024 * 1024;

    private static InvalidSettingException Invalid(string what) => new($"--event-log {what}");
}
