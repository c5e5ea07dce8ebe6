namespace TweetStreams.Processor.Live;

/// <summary>What a chart of the last minutes shows of one second.</summary>
/// <param name="At">When the figures were taken.</param>
/// <param name="PerSecond">Messages processed in the second before.</param>
/// <param name="Kinds">The same by kind, under the kinds' topics.</param>
/// <param name="Lag">Records that were in the topics and not yet processed.</param>
internal sealed record LivePoint(DateTime At, double PerSecond, IReadOnlyDictionary<string, double> Kinds, long Lag);

/// <summary>The figures of the last five minutes, so that a page that is opened now has a full chart at once.</summary>
internal sealed class LiveHistory
{
    /// <summary>How many figures are kept, one a second.</summary>
    public const int Length = 300;

    // How far back the pace of event time is measured: over fewer figures it jumps.
    private const int Recent = 10;

    private readonly Lock gate = new();
    private readonly Queue<LiveFigures> figures = new(Length + 1);

    /// <summary>The points that are kept, oldest first.</summary>
    public LivePoint[] Points
    {
        get
        {
            lock (gate) return [.. figures.Select(look => new LivePoint(look.At, look.PerSecond, look.KindsPerSecond, look.Lag))];
        }
    }

    public void Add(LiveFigures look)
    {
        lock (gate)
        {
            figures.Enqueue(look);
            if (figures.Count > Length) figures.Dequeue();
        }
    }

    /// <summary>How many seconds of event time so many messages are likely to span, at the pace of the last seconds; null while there is no pace.</summary>
    /// <remarks>The clock would not tell: a recording is years behind it and yet up to date.</remarks>
    public double? SecondsOf(long messages, long processed, DateTime? streamTime)
    {
        if (messages == 0) return 0;
        LiveFigures? before;
        lock (gate) before = figures.Skip(figures.Count - Recent).FirstOrDefault(look => look.StreamTime is not null);
        if (before is null || streamTime is null || processed <= before.Messages) return null;
        return Math.Max(0, (streamTime.Value - before.StreamTime!.Value).TotalSeconds) * messages / (processed - before.Messages);
    }
}
