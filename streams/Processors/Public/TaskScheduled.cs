namespace TweetStreams.Streams.Processors.Public;

/// <summary>The time that a schedule goes by.</summary>
public enum PunctuationType
{
    /// <summary>The wall clock.</summary>
    PROCESSING_TIME,

    /// <summary>The task's event time; it stands still where no records come.</summary>
    STREAM_TIME,
}

/// <summary>A schedule that can be cancelled.</summary>
public class TaskScheduled
{
    public bool IsCancelled { get; private set; }
    public void Cancel() => IsCancelled = true;
}
