using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Intake;

/// <summary>Decides what becomes of a message that was received: written or not, with which headers, and to which topics besides.</summary>
/// <remarks>Called by a feed's own loop, one message at a time.</remarks>
public interface IMessageIntake
{
    /// <summary>Reads a message that will be taken in, and looks at what taking it needs in the same pass.</summary>
    Message Read(byte[] raw) => MessageReader.Read(raw);

    /// <summary>Takes a message in.</summary>
    Taken Take(in Message message);
}

/// <summary>What becomes of a message.</summary>
/// <param name="Keep">Whether it is written at all.</param>
/// <param name="Raw">The bytes that are written: the message's own, or what is written in their place.</param>
/// <param name="Headers">Its headers; null for none. Not changed afterwards, so that messages may share them.</param>
/// <param name="AlsoTo">Topics that take it besides; null for none.</param>
public readonly record struct Taken(bool Keep, byte[] Raw, Headers? Headers = null, IReadOnlyList<string>? AlsoTo = null);
