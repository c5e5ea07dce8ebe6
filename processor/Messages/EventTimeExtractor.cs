using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>
/// Event time of a message. Only tweets and retweets move it: a delete lags by most of an hour, or names a time that its sender made up, so every
/// other message is taken to happen when the stream is. A tweet that has no time of its own has none, and is in no window.
/// </summary>
internal sealed class EventTimeExtractor : ITimestampExtractor, ITimestampExtractor<Message>
{
    public long Extract(Message value, long recordTimestamp, long partitionTime) =>
        value.Kind is MessageKind.Tweet or MessageKind.Retweet ? value.EventTime : partitionTime;

    public long Extract(ConsumeResult<object, object> record, long partitionTime) => Extract((Message)record.Message.Value, record.Message.Timestamp.UnixTimestampMs, partitionTime);
}
