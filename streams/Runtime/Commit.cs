using Confluent.Kafka;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// The commit of a thread's tasks. State changes, changelog records, outputs and positions of an interval belong together; the steps order them
/// so that a crash between any two of them loses nothing, and under exactly-once repeats nothing.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Flush: combiners, record caches and windows hand on what they hold; the stores' write buffers and the producer now have everything of the interval.</item>
/// <item>Log: each changed key goes to its changelog, once.</item>
/// <item>Deliver: Kafka has it all. Exactly-once: in one transaction with the positions; when it commits, the interval has happened.</item>
/// <item>Write: one batch a task takes the changes into RocksDB, with the changelog offsets that they stand for. A crash before this is made good from the changelog.</item>
/// <item>Confirm: at-least-once commits the positions now; a crash between step 3 and this repeats the interval.</item>
/// </list>
/// </remarks>
internal static class Commit
{
    /// <param name="passed">Called at each point of the commit; only tests of crashes have one.</param>
    /// <exception cref="TransactionFailedException">Exactly-once: the interval has not happened, or it is not known; the tasks must be taken up again from committed state.</exception>
    internal static void Run(IReadOnlyCollection<StreamTask> tasks, ICommitProtocol protocol, Action<CommitPoint>? passed = null)
    {
        passed?.Invoke(CommitPoint.Begun);

        // 1. Flush
        foreach (StreamTask task in tasks) task.Flush();
        passed?.Invoke(CommitPoint.Flushed);

        // 2. Log
        foreach (StreamTask task in tasks) task.Log();
        passed?.Invoke(CommitPoint.Logged);

        // 3. Deliver
        TopicPartitionOffset[] positions = [.. tasks.SelectMany(task => task.UncommittedPositions())];
        protocol.Deliver(positions);
        passed?.Invoke(CommitPoint.Delivered);

        // 4. Write
        foreach (StreamTask task in tasks) task.Write();
        passed?.Invoke(CommitPoint.Written);

        // 5. Confirm
        if (positions.Length == 0 || !protocol.Confirm(positions)) return;
        foreach (StreamTask task in tasks)
            foreach (TopicPartitionOffset position in positions) task.PositionCommitted(position.TopicPartition, position.Offset);
        passed?.Invoke(CommitPoint.Confirmed);
    }
}

/// <summary>How the outputs and positions of a commit reach Kafka.</summary>
internal interface ICommitProtocol
{
    /// <summary>Step 3: returns when Kafka has all that was sent.</summary>
    void Deliver(IReadOnlyCollection<TopicPartitionOffset> positions);

    /// <summary>Step 5: returns when the positions are committed; false where the group is changing and they must go with a later commit.</summary>
    bool Confirm(IReadOnlyCollection<TopicPartitionOffset> positions);
}

/// <summary>Records first, positions last: what dies in between is done again.</summary>
internal sealed class AtLeastOnceCommit(IRecordCollector collector, Func<IReadOnlyCollection<TopicPartitionOffset>, bool> commitPositions) : ICommitProtocol
{
    public void Deliver(IReadOnlyCollection<TopicPartitionOffset> positions) => collector.Flush();
    public bool Confirm(IReadOnlyCollection<TopicPartitionOffset> positions) => commitPositions(positions);
}

/// <summary>Records and positions in one transaction.</summary>
/// <param name="known">All positions of the thread's tasks, moved or not.</param>
/// <param name="group">The member and generation that the broker checks the positions against.</param>
/// <param name="positionsSent">Called when the positions are in the transaction.</param>
/// <param name="committed">Called with the positions when it is over.</param>
internal sealed class ExactlyOnceCommit(
    KafkaRecordCollector collector, Func<IEnumerable<TopicPartitionOffset>> known, Func<IConsumerGroupMetadata> group, Action positionsSent, Action<IReadOnlyCollection<TopicPartitionOffset>> committed) : ICommitProtocol
{
    public void Deliver(IReadOnlyCollection<TopicPartitionOffset> positions)
    {
        // Positions are what the broker refuses a zombie by. What a schedule sends moves none, so those that are known go along again.
        if (positions.Count == 0 && collector.InTransaction) positions = [.. known()];
        collector.CommitTransaction(positions, group, positionsSent);
    }

    public bool Confirm(IReadOnlyCollection<TopicPartitionOffset> positions)
    {
        committed(positions);
        return true;
    }
}
