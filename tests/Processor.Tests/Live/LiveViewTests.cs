using Microsoft.Extensions.Time.Testing;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;
using TweetStreams.Streams;

namespace TweetStreams.Processor.Tests.Live;

/// <summary>Looks at a job that has not started: its counters are all that moves.</summary>
public sealed class LiveViewTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Start);
    private readonly KindCounters kinds = new();
    private readonly RemoteParts remote = new();
    private readonly KafkaStream stream;
    private readonly LiveView view;
    private long counted;

    public LiveViewTests()
    {
        stream = new KafkaStream(TweetTopology.Build(new TopologyOptions(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromDays(7), 10, TimeSpan.FromSeconds(10), null), kinds, new PendingRankings(), time), new StreamConfig { ApplicationId = "live", BootstrapServers = "127.0.0.1:1", StateDir = Path.GetTempPath() });
        view = new LiveView(stream, kinds, new WordQueries(stream, new AllParts(stream, "live", new LocalParts(stream), remote), TimeSpan.FromSeconds(10)), null, 10, () => null, time);
    }

    public void Dispose()
    {
        stream.Dispose();
        remote.Dispose();
    }

    [Fact]
    public void A_look_says_when_it_was_and_how_much_came_since_the_last()
    {
        view.Look();
        Count(6);
        time.Advance(TimeSpan.FromSeconds(2));
        LiveFigures figures = view.Look();
        Assert.Equal((Start.UtcDateTime.AddSeconds(2), 6, 3.0, 3.0), (figures.At, figures.Messages, figures.PerSecond, figures.KindsPerSecond["tweets"]));
        Assert.Equal(("CREATED", 0, 0, 0.0), (figures.State, figures.RestoreLeft, figures.FailedTransactions, figures.Behind));
    }

    [Fact]
    public async Task Each_second_becomes_a_point_of_the_history()
    {
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<LiveFigures> figures = view.FiguresAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        ValueTask<bool> told = figures.MoveNextAsync();
        Task running = view.RunAsync(stop.Token);
        for (int second = 0; second < 3; second++)
        {
            Assert.True(await told);
            Count(5);
            told = figures.MoveNextAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(await told);
        await stop.CancelAsync();
        await running;
        Assert.Equal([0.0, 5.0, 5.0, 5.0], view.History.Select(point => point.PerSecond));
        Assert.Equal(Enumerable.Range(0, 4).Select(second => Start.UtcDateTime.AddSeconds(second)), view.History.Select(point => point.At));
    }

    [Fact]
    public void Looks_out_of_turn_leave_no_point()
    {
        view.Look();
        Assert.Empty(view.History);
    }

    private void Count(int tweets)
    {
        for (int i = 0; i < tweets; i++) kinds.Count(MessageReader.Read("""{"data":{"id":"1","created_at":"2026-01-01T12:00:00Z","text":"hello"}}"""u8.ToArray()), 0, counted++);
    }
}
