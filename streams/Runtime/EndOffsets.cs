using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace TweetStreams.Streams.Runtime;

/// <summary>Asks where partitions end.</summary>
/// <remarks>
/// The true end, not the last stable offset: a transaction that has committed lies before it even while its markers are still on their way, and one
/// that is open has to be waited for. A read-committed reader that got as far has seen everything that was committed when the question was asked.
/// </remarks>
internal static class EndOffsets
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <exception cref="KafkaException">The broker does not answer, or does not know a partition.</exception>
    internal static async Task<Dictionary<TopicPartition, long>> AskAsync(IAdminClient admin, IEnumerable<TopicPartition> partitions)
    {
        TopicPartitionOffsetSpec[] asked = [.. partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() })];
        if (asked.Length == 0) return [];
        ListOffsetsResult answer = await admin.ListOffsetsAsync(asked, new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadUncommitted, RequestTimeout = Timeout }).ConfigureAwait(false);
        return answer.ResultInfos.ToDictionary(info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Error.IsError
            ? throw new KafkaException(info.TopicPartitionOffsetError.Error)
            : info.TopicPartitionOffsetError.Offset.Value);
    }
}
