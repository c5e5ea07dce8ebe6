using System.Collections.Concurrent;

namespace TweetStreams.Producer.Statistics;

/// <summary>What a rule has matched.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Recent">Messages in the last 15 minutes.</param>
/// <param name="Total">Messages since it is known.</param>
/// <param name="Last">When the last one came, to the second.</param>
internal readonly record struct RuleFigures(string Rule, long Recent, long Total, DateTimeOffset Last);

/// <summary>
/// How many messages each rule matches, altogether and in the last 15 minutes. Counting takes no lock and allocates nothing for a rule that is known; there
/// is no timer and no thread for any of them. The feed's loop counts, anybody may read.
/// </summary>
internal sealed class RuleCounts
{
    /// <summary>So many rules are counted apart; those of X's largest customers, 25,000, would take 20 MB.</summary>
    public const int MostRules = 25_000;

    /// <summary>So many have a label of their own in the metrics: the first that match.</summary>
    public const int MostLabelled = 100;

    private const int Buckets = 90;
    private static readonly TimeSpan Width = TimeSpan.FromSeconds(10);

    private readonly TimeProvider time;
    private readonly int most;
    private readonly long start;
    private readonly DateTimeOffset startedAt;
    private readonly ConcurrentDictionary<string, Window> windows = new(StringComparer.Ordinal);
    // Labels stay for as long as the program runs, whatever becomes of the rule: metrics that only grow cannot be taken back.
    private readonly ConcurrentDictionary<string, StrongBox> labelled = new(StringComparer.Ordinal);
    private long unlabelled;
    private long uncounted;

    public RuleCounts(TimeProvider time, int most = MostRules)
    {
        (this.time, this.most) = (time, most);
        (start, startedAt) = (time.GetTimestamp(), time.GetUtcNow());
    }

    /// <summary>Matches that belong to no rule here, since there are too many rules.</summary>
    public long Uncounted => Volatile.Read(ref uncounted);

    /// <summary>A message matched this rule.</summary>
    public void Count(string ruleId) => Count(ruleId, time.GetElapsedTime(start));

    /// <summary>A message matched these rules.</summary>
    public void Count(IReadOnlyList<string> ruleIds)
    {
        if (ruleIds.Count == 0) return;
        TimeSpan elapsed = time.GetElapsedTime(start);
        for (int i = 0; i < ruleIds.Count; i++) Count(ruleIds[i], elapsed);
    }

    /// <inheritdoc cref="Count(IReadOnlyList{string})"/>
    public void Count(ReadOnlySpan<string> ruleIds)
    {
        if (ruleIds.IsEmpty) return;
        TimeSpan elapsed = time.GetElapsedTime(start);
        foreach (string ruleId in ruleIds) Count(ruleId, elapsed);
    }

    /// <summary>Forgets all rules but these.</summary>
    public void KeepOnly(IReadOnlySet<string> ruleIds)
    {
        foreach ((string id, _) in windows)
            if (!ruleIds.Contains(id)) windows.TryRemove(id, out _);
    }

    /// <summary>Makes room for others where there is none left: forgets rules that have matched nothing for 15 minutes.</summary>
    public void ForgetIdle()
    {
        if (windows.Count < most) return;
        uint now = Bucket(time.GetElapsedTime(start));
        foreach ((string id, Window window) in windows)
            if (window.Recent.Sum(now, Buckets) == 0) windows.TryRemove(id, out _);
    }

    /// <summary>What one rule has matched; null where that is nothing.</summary>
    public RuleFigures? Of(string ruleId) => windows.TryGetValue(ruleId, out Window? window) ? Figures(ruleId, window, Bucket(time.GetElapsedTime(start))) : null;

    /// <summary>What each rule has matched, by its id. A rule that has matched nothing is not in it.</summary>
    public IReadOnlyList<RuleFigures> All()
    {
        uint now = Bucket(time.GetElapsedTime(start));
        return [.. windows.Select(entry => Figures(entry.Key, entry.Value, now)).OrderBy(figures => figures.Rule, StringComparer.Ordinal)];
    }

    /// <summary>For metrics: the totals of the rules that have a label, which only grow; and all others' together.</summary>
    public (IReadOnlyList<KeyValuePair<string, long>> Labelled, long Others) Totals() =>
        ([.. labelled.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Read()))], Volatile.Read(ref unlabelled));

    private void Count(string ruleId, TimeSpan elapsed)
    {
        if (!windows.TryGetValue(ruleId, out Window? window))
        {
            window = Add(ruleId);
            if (window is null)
            {
                Volatile.Write(ref uncounted, uncounted + 1);
                Volatile.Write(ref unlabelled, unlabelled + 1);
                return;
            }
        }
        window.Recent.Add(Bucket(elapsed));
        Volatile.Write(ref window.Total, window.Total + 1);
        Volatile.Write(ref window.Last, (long)elapsed.TotalMilliseconds);
        if (window.Label is { } label) label.Increment();
        else Volatile.Write(ref unlabelled, unlabelled + 1);
    }

    private Window? Add(string ruleId)
    {
        // The dictionary's own count takes all its locks; a new rule is rare enough for that.
        if (windows.Count >= most) return null;
        if (!labelled.TryGetValue(ruleId, out StrongBox? label) && labelled.Count < MostLabelled) labelled[ruleId] = label = new StrongBox();
        return windows[ruleId] = new Window(label);
    }

    private RuleFigures Figures(string ruleId, Window window, uint now) =>
        new(ruleId, window.Recent.Sum(now, Buckets), Volatile.Read(ref window.Total), startedAt + TimeSpan.FromMilliseconds(Volatile.Read(ref window.Last)));

    private static uint Bucket(TimeSpan elapsed) => (uint)(elapsed.Ticks / Width.Ticks);

    private sealed class Window(StrongBox? label)
    {
        public readonly RollingCount Recent = new(Buckets);
        public readonly StrongBox? Label = label;
        public long Total;
        public long Last;
    }

    private sealed class StrongBox
    {
        private long value;

        public void Increment() => Volatile.Write(ref value, value + 1);

        public long Read() => Volatile.Read(ref value);
    }
}
