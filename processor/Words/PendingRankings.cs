namespace TweetStreams.Processor.Words;

/// <summary>How many rankers of this process hold a ranking that has changed since it was published. A ranker is in a transaction's hands: one that is closed holds none.</summary>
internal sealed class PendingRankings
{
    private int rankers;

    public bool Any => Volatile.Read(ref rankers) > 0;

    /// <summary>A ranker's own entry.</summary>
    public Entry Enter() => new(this);

    internal sealed class Entry(PendingRankings all)
    {
        private bool pending;

        public void Set(bool now)
        {
            if (now == pending) return;
            pending = now;
            Interlocked.Add(ref all.rankers, now ? 1 : -1);
        }
    }
}
