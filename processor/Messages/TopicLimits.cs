using System.Globalization;
using Confluent.Kafka;
using TweetStreams.Processor.Formats;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>How large a record each topic takes, in bytes: the topic's max.message.bytes, or the client's own limit where that is less.</summary>
/// <remarks>
/// What counts at the broker is the compressed batch. A record that fits uncompressed fits in any case, so that is what is asked here: whether
/// compression would have helped could be known only by trying.
/// </remarks>
internal sealed class TopicLimits(IReadOnlyDictionary<string, int> limits, OutputFormat? format = null)
{
    // The header of a batch (61 bytes) and of a record in it (at most 36), and something to spare.
    private const int Framing = 128;

    // Name and value of a header are told with their lengths, at most 5 bytes each.
    private const int HeaderFraming = 10;

    // What DeadLetters.Explain adds: four names, a topic, two numbers, and a reason of ours.
    private const int Explanation = 1024;

    private const int DefaultBatch = 512 * 1024;

    private const long MostGrowth = 8;

    private readonly int[] byKind = [.. MessageKinds.All.Select(kind => limits[kind.Topic()])];

    /// <summary>The client's batch.size where its default would be more than a topic takes; null where it is not.</summary>
    public string? Batch => limits.Values.Min() is var least && least < DefaultBatch ? least.ToString(CultureInfo.InvariantCulture) : null;

    /// <summary>The same limits, for records of a format.</summary>
    public TopicLimits Of(OutputFormat written) => new(limits, written);

    /// <summary>The message as it is where the topic of its kind takes it. Else a dead letter, with as much of it as the dead letters take: all or nothing.</summary>
    public Message Fit(byte[] key, Message message, IRecordContext context)
    {
        int most = byKind[(int)message.Kind], mostOfDead = byKind[(int)MessageKind.DeadLetter];
        bool dead = message.Kind == MessageKind.DeadLetter;
        int length = message.Raw.Length, framing = Framing + HeaderBytes(context);
        // No format needs more than a few times the bytes, as where a short list is written with its names, so only near the limit it is asked.
        if (format is not null && !dead && framing + Framing + MostGrowth * length > most) length = format.SizeOf(message);
        int size = framing + length;
        int sizeIfDead = framing + message.Raw.Length + Explanation + (key?.Length ?? 0);
        if (dead ? sizeIfDead <= mostOfDead : size + (message.Id?.Length ?? 0) <= most) return message;
        bool taken = sizeIfDead <= mostOfDead;
        string reason = string.Create(CultureInfo.InvariantCulture, $"{message.Reason}{(dead ? "; " : "")}{length} bytes are more than topic {message.Kind.Topic()} takes (max.message.bytes, or the client's message.max.bytes, is {most}){(taken ? "" : "; the message is left out here: it is where the other headers say")}");
        return message.AsDeadLetter(reason, taken ? message.Raw : []);
    }

    private static int HeaderBytes(IRecordContext context)
    {
        Headers headers = context.Headers;
        if (headers is null || headers.Count == 0) return 0;
        int bytes = 0;
        foreach (IHeader header in headers) bytes += HeaderFraming + header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
        return bytes;
    }
}
