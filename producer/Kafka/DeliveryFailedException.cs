using Confluent.Kafka;

namespace TweetStreams.Producer;

/// <summary>Kafka did not take a message; the message names the topic and the error, says what to do, and is meant for people.</summary>
public sealed class DeliveryFailedException : Exception
{
    /// <inheritdoc cref="DeliveryFailedException"/>
    public DeliveryFailedException(string message) : base(message) { }

    internal static DeliveryFailedException Of(string topic, Error error, int? messageBytes = null) => new(
        $"{topic}: not delivered{(messageBytes is { } bytes ? $", a message of {bytes} bytes" : "")}: {error.Reason} ({error.Code}); {Remedy(error.Code)}");

    private static string Remedy(ErrorCode code) => code switch
    {
        ErrorCode.MsgSizeTooLarge =>
            "raise the topic's max.message.bytes, and the client's message.max.bytes where it was set",
        ErrorCode.Local_QueueFull =>
            "it is larger than the client's whole queue: raise queue.buffering.max.kbytes",
        ErrorCode.Local_MsgTimedOut or ErrorCode.RequestTimedOut or ErrorCode.Local_TimedOut =>
            "the broker did not take it in time: see that it runs and keeps up, then start again",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition =>
            "the topic does not exist: create it, or let the feed create it",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            "this user may not write to it: grant WRITE on the topic",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend =>
            "too few replicas are in sync: see that all brokers run",
        _ => "see the broker's log, then start again",
    };
}
