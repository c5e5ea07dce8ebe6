using Confluent.Kafka;
using TweetStreams.Streams.Processors.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>What a task has done, for as long as the application runs: it outlives the task's moves between threads.</summary>
internal sealed class TaskMetrics(TaskId id)
{
    private (long Dropped, long Late, long Skipped) kept;

    internal TaskId Id { get; } = id;

    /// <summary>Records read from source topics, repartition topics included.</summary>
    internal Tally Records { get; } = new();
    internal Tally Bytes { get; } = new();

    /// <summary>Records that an operation had to leave out because they have no key or no value.</summary>
    internal Tally Dropped { get; } = new();

    /// <summary>Records that came after their window had closed.</summary>
    internal Tally Late { get; } = new();

    /// <summary>Records that could not be deserialized and that the handler said to pass over.</summary>
    internal Tally Skipped { get; } = new();
    internal Tally Produced { get; } = new();
    internal Tally Restored { get; } = new();

    /// <summary>Records between the task's position and the end of its partitions, as of its last commit.</summary>
    internal Tally Lag { get; } = new();
    internal Tally StreamTime { get; } = new();

    /// <summary>The interval is committed: what was counted in it stands.</summary>
    internal void Keep() => kept = (Dropped.Value, Late.Value, Skipped.Value);

    /// <summary>The task is closed: what it counted since its last commit will be counted by whoever processes it again.</summary>
    internal void Undo()
    {
        Dropped.Set(kept.Dropped);
        Late.Set(kept.Late);
        Skipped.Set(kept.Skipped);
    }

    internal void Consumed(Message<byte[], byte[]> message)
    {
        Records.Add();
        Bytes.Add((message.Key?.Length ?? 0) + (message.Value?.Length ?? 0));
    }
}
