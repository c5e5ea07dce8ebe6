namespace TweetStreams.Streams.Processors.Internal;

/// <summary>A task: one partition of one subtopology.</summary>
public class TaskId
{
    /// <summary>The subtopology's number.</summary>
    public int Id { get; set; }
    public int Partition { get; set; }

    public override string ToString() => $"{Id}_{Partition}";
    public override bool Equals(object? obj) => obj is TaskId other && other.Id == Id && other.Partition == Partition;
    public override int GetHashCode() => HashCode.Combine(Id, Partition);
}
