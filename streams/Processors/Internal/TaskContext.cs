using Confluent.Kafka;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>The record that a task has in hand. One object a task, written anew for each record.</summary>
/// <remarks>A step that changes time or headers for what it forwards puts them back afterwards, or its siblings would see the change.</remarks>
internal sealed class TaskContext : IRecordContext
{
    private Headers? headers;

    public long Offset { get; private set; }
    public long Timestamp { get; private set; } = -1;
    public string Topic { get; private set; } = "";
    public int Partition { get; private set; }

    /// <summary>The record's headers; made on first use, because most records have none and few steps ask.</summary>
    public Headers Headers => headers ??= [];

    internal Headers? HeadersIfAny => headers is { Count: > 0 } ? headers : null;

    /// <summary>The highest event time that the task has seen, -1 before the first.</summary>
    internal long StreamTime { get; private set; } = -1;

    internal void Enter(string topic, int partition, long offset, long timestamp, Headers? recordHeaders)
    {
        Topic = topic;
        Partition = partition;
        Offset = offset;
        Timestamp = timestamp;
        headers = recordHeaders;
    }

    internal void Advance(long time)
    {
        if (time > StreamTime) StreamTime = time;
    }

    /// <summary>The record in hand has no value in its topic. Its value here may be a number, which cannot be null.</summary>
    internal bool Tombstone { get; set; }

    public void ChangeTimestamp(long ts) => Timestamp = ts;
    public void SetHeaders(Headers headers) => this.headers = headers;

    /// <summary>What a step saves before it changes time or headers.</summary>
    internal (long Timestamp, Headers? Headers) Save() => (Timestamp, headers);
    internal void Restore((long Timestamp, Headers? Headers) saved) => (Timestamp, headers) = saved;
}
