using Confluent.Kafka;

namespace TweetStreams.Processor.Words;

/// <summary>Keeps all windows of a word in one partition: a task has all of a word, so its own number says which.</summary>
internal static class WordPartition
{
    public static Partition Keep<V>(string topic, string key, V value, Partition source, int partitions) => source.Value % partitions;
}
