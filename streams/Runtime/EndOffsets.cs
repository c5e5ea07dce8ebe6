using Confluent.Kafka;

namespace TweetStreams.Streams.Runtime;

/// <summary>Asks where partitions end.</summary>
/// <remarks>
/// The true end, not the last stable offset: a transaction that has committed lies before it even while its markers are still on their way, and one
/// that is open has to be waited for. A read-committed reader that got as far has seen everything that was committed when the question was asked.
/// </remarks>
/// <param name="consumer">One that reads uncommitted records, or its answer would be the last stable offset.</param>
internal sealed class EndOffsets(IConsumer<byte[], byte[]> consumer) : IDisposable
{
    // Threads ask at the same time; the client is not ended while one does.
    private readonly ReaderWriterLockSlim asking = new();
    private bool disposed;

    /// <exception cref="KafkaException">The broker does not answer in time, or does not know a partition.</exception>
    /// <exception cref="ObjectDisposedException">The application has ended.</exception>
    internal Dictionary<TopicPartition, long> Ask(IEnumerable<TopicPartition> partitions, TimeSpan timeout)
    {
        asking.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var ends = new Dictionary<TopicPartition, long>();
            foreach (TopicPartition partition in partitions)
            {
                long end = consumer.QueryWatermarkOffsets(partition, timeout).High.Value;
                // No answer is no end: a store would be taken for one that is ahead of its changelog.
                ends[partition] = end >= 0 ? end : throw new KafkaException(new Error(ErrorCode.OffsetNotAvailable, $"the end of {partition} is not known"));
            }
            return ends;
        }
        catch (KafkaException)
        {
            Refresh(timeout);
            throw;
        }
        finally
        {
            asking.ExitReadLock();
        }
    }

    /// <summary>The client goes on asking the leader that it knows, also where that is one no more; it learns of the new one from fresh metadata.</summary>
    private void Refresh(TimeSpan timeout)
    {
        try
        {
            using IAdminClient metadata = new DependentAdminClientBuilder(consumer.Handle).Build();
            metadata.GetMetadata(timeout);
        }
        catch (KafkaException)
        {
            // No broker answers now; the next question will find out.
        }
    }

    public void Dispose()
    {
        asking.EnterWriteLock();
        disposed = true;
        consumer.Dispose();
        asking.ExitWriteLock();
    }
}
