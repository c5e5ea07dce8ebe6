namespace TweetStreams.Streams;

/// <summary>What a task has done since the application was made.</summary>
/// <param name="Subtopology">The number of its subtopology.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Records">Records read from its source topics.</param>
/// <param name="Bytes">Bytes of their keys and values.</param>
/// <param name="Late">Records that came after their window had closed, and are not in its count.</param>
/// <param name="Dropped">Records that an aggregation left out, because they have no key or no value.</param>
/// <param name="Skipped">Records that could not be read and were passed over.</param>
/// <param name="Restored">Changelog records read to restore its stores.</param>
/// <param name="Lag">Records between its position and the end of its partitions, as of its last commit.</param>
/// <param name="StreamTime">The event time that it has reached, ms since 1970; -1 for none.</param>
public readonly record struct TaskFigures(int Subtopology, int Partition, long Records, long Bytes, long Late, long Dropped, long Skipped, long Restored, long Lag, long StreamTime);

/// <summary>What an application instance has done.</summary>
/// <param name="Tasks">By task, also those that have moved elsewhere.</param>
/// <param name="Produced">Records sent, to changelogs and repartition topics too.</param>
/// <param name="Commits">Commits made.</param>
/// <param name="LastCommit">When a thread last made one, ms since 1970; 0 before the first.</param>
/// <param name="RestoreLeft">Changelog records still to be read.</param>
/// <param name="FailedTransactions">Transactions that failed, after each of which a thread went on from committed state.</param>
/// <param name="ReplacedThreads">Threads that failed and were replaced.</param>
/// <param name="StandbyTasks">Tasks of other instances whose state is kept warm here.</param>
/// <param name="StandbyLag">Changelog records that those copies have still to read.</param>
public sealed record StreamMetrics(IReadOnlyList<TaskFigures> Tasks, long Produced, long Commits, long LastCommit, long RestoreLeft, long FailedTransactions, long ReplacedThreads, long StandbyTasks, long StandbyLag)
{
    /// <summary>Records that came after their window had closed.</summary>
    public long Late => Tasks.Sum(task => task.Late);
    public long Lag => Tasks.Sum(task => task.Lag);
}
