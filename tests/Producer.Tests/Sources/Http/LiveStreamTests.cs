using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.Http;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.Http;

/// <summary>Up to when everything is known to have been received: what an outage begins with.</summary>
public sealed class LiveStreamTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly WatchedClock clock = new(Start);
    private readonly Arriving arriving = new();
    private readonly ConnectionJournal journal;
    private readonly LiveStream live;
    private readonly CancellationTokenSource stall;

    public LiveStreamTests()
    {
        journal = new ConnectionJournal("test", "test", new RecordingListener(new Signal()), clock);
        journal.Connected(TimeSpan.Zero);
        stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        live = new LiveStream(arriving, 30 * Second, journal, () => { }, stall, clock);
        clock.Advance(Second);
    }

    [Fact]
    public async Task A_reader_that_has_to_wait_has_everything_that_was_sent_before()
    {
        Task<int> reading = ReadAsync(unfinished: 0);
        Assert.Equal(Start + Second, journal.CaughtUpAt);
        clock.Advance(Second);
        arriving.Arrive(5);
        Assert.Equal(5, await reading);
        Assert.Equal(Start + Second, journal.CaughtUpAt);
    }

    [Fact]
    public void A_reader_that_waits_in_the_middle_of_a_message_has_not()
    {
        _ = ReadAsync(unfinished: 7);
        Assert.Equal(Start, journal.CaughtUpAt);
    }

    [Fact]
    public async Task A_reader_that_is_slower_than_the_service_does_not_know()
    {
        arriving.Arrive(5);
        await ReadAsync(unfinished: 0);
        Assert.Equal(Start, journal.CaughtUpAt);
    }

    [Fact]
    public async Task Only_the_waiting_for_the_service_is_silence()
    {
        clock.Advance(100 * Second);
        Assert.False(stall.IsCancellationRequested);

        Task<int> reading = ReadAsync(unfinished: 0);
        clock.Advance(29 * Second);
        arriving.Arrive(1);
        await reading;
        clock.Advance(100 * Second);
        Assert.False(stall.IsCancellationRequested);

        _ = ReadAsync(unfinished: 0);
        clock.Advance(30 * Second);
        Assert.True(stall.IsCancellationRequested);
    }

    [Fact]
    public async Task Until_a_backfill_has_had_its_time_nothing_before_it_is_said_to_be_received()
    {
        journal.Lost(ConnectionCause.Network, "cut");
        clock.Advance(60 * Second);
        journal.Connected(backfilled: 300 * Second);
        Task<int> reading = ReadAsync(unfinished: 0);
        Assert.Equal(Start, journal.CaughtUpAt);

        clock.Advance(20 * Second);
        arriving.Arrive(1);
        await reading;
        clock.Advance(40 * Second);
        _ = ReadAsync(unfinished: 0);
        Assert.Equal(Start + 121 * Second, journal.CaughtUpAt);
    }

    private Task<int> ReadAsync(int unfinished)
    {
        ((ILineWatch)live).Reading(unfinished);
        return live.ReadAsync(new byte[10], CancellationToken.None).AsTask();
    }

    /// <summary>Bytes that come when a test says so.</summary>
    private sealed class Arriving : ReadOnlyStream
    {
        private TaskCompletionSource<int> next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Arrive(int bytes) => next.SetResult(bytes);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await next.Task;
            next = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            return read;
        }
    }
}
