using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Formats;

/// <summary>What the records are written as that people read. Internal topics and stores know nothing of it.</summary>
/// <param name="Messages">Messages in the topics of their kinds.</param>
/// <param name="WordTotals">Counts of all time.</param>
/// <param name="WordCounts">Counts of windows.</param>
/// <param name="TopWords">Rankings.</param>
internal sealed record OutputFormat(ISerDes<Message> Messages, ISerDes<WordTotal> WordTotals, ISerDes<WordCount> WordCounts, ISerDes<WordTotal[]> TopWords)
{
    /// <summary>Messages as they came, counts in JSON.</summary>
    public static OutputFormat Json => new(new MessageSerDes(), new WordTotalSerDes(), new WordCountSerDes(), new JsonSerDes<WordTotal[]>());

    /// <summary>How many bytes a message's value has in the topic of its kind.</summary>
    public int SizeOf(Message message) => Messages is AvroMessageSerDes avro ? avro.SizeOf(message) : message.Raw.Length;
}
