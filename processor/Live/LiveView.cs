using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Live;

/// <summary>Looks at the running job once a second and tells whoever listens. However many listen, it looks once.</summary>
internal sealed class LiveView(KafkaStream stream, KindCounters kinds, WordQueries queries, TrendHistory? trends, int top, Func<SourceProgress?> source, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly LiveHistory history = new();
    private TaskCompletionSource<LiveFigures> next = New();
    private long[] seen = [];
    private long seenAt;

    /// <summary>The newest figures, null before the first look.</summary>
    public LiveFigures? Latest { get; private set; }

    /// <summary>The last five minutes, oldest first, a point a second.</summary>
    public IReadOnlyList<LivePoint> History => history.Points;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                Latest = Look();
                history.Add(Latest);
                Interlocked.Exchange(ref next, New()).TrySetResult(Latest);
            }
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            Volatile.Read(ref next).TrySetCanceled(CancellationToken.None);
        }
    }

    /// <summary>The figures, each second anew, until cancelled.</summary>
    public async IAsyncEnumerable<LiveFigures> FiguresAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Latest is { } now) yield return now;
        while (!cancellationToken.IsCancellationRequested)
        {
            LiveFigures figures;
            try
            {
                figures = await Volatile.Read(ref next).Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
            yield return figures;
        }
    }

    public LiveFigures Look()
    {
        long[] counts = [.. MessageKinds.All.Select(kind => kinds[kind])];
        long now = time.GetTimestamp();
        double seconds = seen.Length == 0 ? 0 : time.GetElapsedTime(seenAt, now).TotalSeconds;
        double[] rates = [.. counts.Select((count, i) => seconds > 0 ? (count - seen[i]) / seconds : 0)];
        (seen, seenAt) = (counts, now);
        WindowTop? window = null;
        WordTotal[] totals = [];
        try
        {
            window = queries.NewestWindow(top);
            totals = queries.PublishedTop(top);
        }
        catch (InvalidStateStoreException)
        {
            // Starting, or a task is moving: the words come with the next look.
        }
        StreamMetrics metrics = stream.Metrics;
        SourceProgress? progress = source();
        long messages = counts.Sum(), unread = metrics.Tasks.Where(task => task.Subtopology == TweetTopology.Subtopologies.Messages).Sum(task => task.Lag);
        DateTime? reached = queries.StreamTime;
        return new LiveFigures(
            stream.CurrentState.ToString(), messages, rates.Sum(), ByTopic(counts), ByTopic(rates), metrics.Lag, metrics.LateWords(), kinds.Duplicates, reached, window, totals, progress?.Read)
        {
            At = time.GetUtcNow().UtcDateTime,
            Missed = progress?.Missed,
            Gaps = progress?.Gaps,
            Behind = history.SecondsOf(unread, messages, reached),
            RestoreLeft = metrics.RestoreLeft,
            FailedTransactions = metrics.FailedTransactions,
            Hashtags = trends?.Tags.Newest is { } tags ? new LiveTags(tags.From, tags.At, tags.Entries) : null,
            Tweets = trends?.Tweets.Newest is { } tweets ? new LiveTweets(tweets.At, tweets.Entries) : null,
        };

        static Dictionary<string, T> ByTopic<T>(T[] values) => MessageKinds.All.ToDictionary(kind => kind.Topic(), kind => values[(int)kind]);
    }

    private static TaskCompletionSource<LiveFigures> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
