using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Tests.Gaps;

/// <summary>A topic that remembers what was written to it.</summary>
internal sealed class RecordedTopic : ISideTopic
{
    private readonly Lock gate = new();
    private readonly List<(string Key, string Value)> records = [];

    public IReadOnlyList<(string Key, string Value)> Records
    {
        get
        {
            lock (gate) return [.. records];
        }
    }

    public void Write(string key, byte[] value)
    {
        lock (gate) records.Add((key, Bytes.Text(value)));
    }
}
