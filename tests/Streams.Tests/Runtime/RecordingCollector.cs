using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

/// <summary>Notes what a task sends, and when it waits for the delivery.</summary>
internal sealed class RecordingCollector(List<string> events) : IRecordCollector
{
    internal Exception? FlushFails { get; set; }

    public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers) => events.Add($"send {topic}");

    public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value)
    {
        events.Add($"change {changelog.TopicPartition.Topic}");
        changelog.Delivered(events.Count);
    }

    public void Flush()
    {
        events.Add("deliver");
        if (FlushFails is { } failure) throw failure;
    }
}

/// <summary>Takes what a task sends and keeps nothing, at the cost of nothing.</summary>
internal sealed class NullCollector : IRecordCollector
{
    internal long Sent { get; private set; }

    public void Send(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers) => Sent++;
    public void SendChange(ChangelogPartition changelog, RecordBytes key, RecordBytes value) => changelog.Delivered(Sent++);
    public void Flush() { }
}
