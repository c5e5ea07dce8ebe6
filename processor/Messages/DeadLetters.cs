using System.Globalization;
using System.Text;
using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>Says in the headers of a dead letter why it is one, and where it came from.</summary>
internal static class DeadLetters
{
    public const string Reason = "dead-letter-reason";
    public const string Topic = "dead-letter-topic";
    public const string Partition = "dead-letter-partition";
    public const string Offset = "dead-letter-offset";

    public static void Explain(byte[] key, Message message, IRecordContext context)
    {
        if (message.Kind != MessageKind.DeadLetter) return;
        var headers = new Headers();
        foreach (IHeader header in context.Headers) headers.Add(header.Key, header.GetValueBytes());
        headers.Add(Reason, Encoding.UTF8.GetBytes(message.Reason ?? "unreadable"));
        headers.Add(Topic, Encoding.UTF8.GetBytes(context.Topic));
        headers.Add(Partition, Encoding.UTF8.GetBytes(context.Partition.ToString(CultureInfo.InvariantCulture)));
        headers.Add(Offset, Encoding.UTF8.GetBytes(context.Offset.ToString(CultureInfo.InvariantCulture)));
        context.SetHeaders(headers);
    }
}
