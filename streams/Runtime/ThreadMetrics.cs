namespace TweetStreams.Streams.Runtime;

/// <summary>What a thread has done, its predecessors included where it was replaced.</summary>
internal sealed class ThreadMetrics
{
    internal Tally Produced { get; } = new();
    internal Tally Commits { get; } = new();

    /// <summary>When it last committed, ms since 1970; 0 before the first time.</summary>
    internal Tally LastCommit { get; } = new();
    internal Tally RestoreLeft { get; } = new();

    /// <summary>Transactions that failed, after each of which the thread went on from committed state.</summary>
    internal Tally FailedTransactions { get; } = new();

    /// <summary>How often the thread has failed and was replaced.</summary>
    internal Tally Replaced { get; } = new();
}
