using Confluent.Kafka;

namespace TweetStreams.Streams.Runtime;

/// <summary>
/// The commit of a thread's tasks. State changes, changelog records, outputs and offsets of an interval belong together; the steps order them
/// so that under at-least-once a crash between any two of them loses nothing.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Flush: combiners, record caches and windows hand on what they hold; the stores' write buffers and the producer now have everything of the interval.</item>
/// <item>Log: each changed key goes to its changelog, once.</item>
/// <item>Deliver: wait until Kafka has it all. Here a transaction would take the offsets along and commit.</item>
/// <item>Write: one batch a task takes the changes into RocksDB, with the changelog offsets that they stand for.</item>
/// <item>Offsets: commit the positions. A crash before this repeats the interval (at-least-once); a crash before step 4 is made good from the changelog.</item>
/// </list>
/// </remarks>
internal static class Commit
{
    /// <param name="commitOffsets">Commits positions; false where the group has gone on without this member, which then loses the tasks.</param>
    internal static void Run(IReadOnlyCollection<StreamTask> tasks, IRecordCollector collector, Func<IReadOnlyCollection<TopicPartitionOffset>, bool> commitOffsets)
    {
        // 1. Flush
        foreach (StreamTask task in tasks) task.Flush();

        // 2. Log
        foreach (StreamTask task in tasks) task.Log();

        // 3. Deliver
        collector.Flush();

        // 4. Write
        foreach (StreamTask task in tasks) task.Write();

        // 5. Offsets
        TopicPartitionOffset[] offsets = [.. tasks.SelectMany(task => task.UncommittedPositions())];
        if (offsets.Length == 0 || !commitOffsets(offsets)) return;
        foreach (StreamTask task in tasks)
            foreach (TopicPartitionOffset offset in offsets) task.PositionCommitted(offset.TopicPartition, offset.Offset);
    }
}
