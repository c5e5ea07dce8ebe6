namespace TweetStreams.Streams.Combining;

/// <summary>
/// Tells when a task upstream has sent all of a commit interval. What it counted has waited for that commit already; where there is nothing else to do, it need
/// not wait here for another.
/// </summary>
/// <remarks>
/// Not more than once an interval for each source: the commit that follows is one of all tasks of the thread, sources of others among them, whose packs would ask
/// for the next commit, and so on without end.
/// </remarks>
internal sealed class UpstreamIntervals(long intervalMs)
{
    private long[] told = [];

    /// <summary>Whether a pack is the last of an interval, by the clock of who packed it.</summary>
    internal bool Ends(in PackHeader header)
    {
        // Only the last pack of a commit has the stream time.
        if (header.StreamTime < 0) return false;
        if (header.Sources > told.Length)
        {
            int known = told.Length;
            Array.Resize(ref told, header.Sources);
            Array.Fill(told, long.MinValue / 2, known, told.Length - known);
        }
        // Commits come a little early or late. A clock that was set back begins anew.
        if (header.SentAt >= told[header.Source] && header.SentAt - told[header.Source] < intervalMs - intervalMs / 4) return false;
        told[header.Source] = header.SentAt;
        return true;
    }
}
