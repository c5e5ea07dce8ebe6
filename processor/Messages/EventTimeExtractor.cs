using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>
/// Event time of a message. Only tweets and retweets move it: a delete lags by most of an hour, or names a time that its sender made up, so every
/// other message is taken to happen when the stream is. A tweet that has no time of its own has none, and is in no window; nor is one that says it comes from
/// the future, because it would close every window before its time.
/// </summary>
internal sealed class EventTimeExtractor(TimeProvider time) : ITimestampExtractor, ITimestampExtractor<Message>
{
    // Clocks differ, also by a time zone that somebody forgot.
    private const long AheadMs = 24 * 60 * 60 * 1000;

    public long Extract(Message value, long recordTimestamp, long partitionTime)
    {
        if (value.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return partitionTime;
        return value.EventTime <= partitionTime || value.EventTime <= time.GetUtcNow().ToUnixTimeMilliseconds() + AheadMs ? value.EventTime : Message.NoTime;
    }

    public long Extract(ConsumeResult<object, object> record, long partitionTime) => Extract((Message)record.Message.Value, record.Message.Timestamp.UnixTimestampMs, partitionTime);
}
