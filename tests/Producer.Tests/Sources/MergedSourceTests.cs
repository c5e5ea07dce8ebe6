using TweetStreams.Producer.Positions;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Tests.Sources.Jetstream;

namespace TweetStreams.Producer.Tests.Sources;

public sealed class MergedSourceTests
{
    private static IEnumerable<byte[]> Messages(string name, int count) => Enumerable.Range(0, count).Select(i => Bytes.Of($"{name}{i:D5}"));

    private static async Task<(List<string> Read, Exception? Failure)> ReadAsync(MergedSource source)
    {
        var read = new List<string>();
        try
        {
            await foreach (byte[] message in source.ReadAsync(TestContext.Current.CancellationToken)) read.Add(Bytes.Text(message));
            return (read, null);
        }
        catch (Exception failure)
        {
            return (read, failure);
        }
    }

    [Fact]
    public async Task Everything_of_every_source_comes_in_the_order_of_each()
    {
        (List<string> read, Exception? failure) = await ReadAsync(new MergedSource([new ListSource(Messages("a", 3_000)), new ListSource([]), new ListSource(Messages("b", 2_000))]));

        Assert.Null(failure);
        foreach ((string name, int count) in new[] { ("a", 3_000), ("b", 2_000) })
            Assert.Equal(Messages(name, count).Select(Bytes.Text), read.Where(message => message.StartsWith(name, StringComparison.Ordinal)));
        Assert.Equal(5_000, read.Count);
    }

    [Fact]
    public async Task One_that_fails_stops_the_others_and_what_was_read_before_is_handed_out()
    {
        var endless = new ListSource(Messages("b", 700), endless: true);
        (List<string> read, Exception? failure) = await ReadAsync(new MergedSource([new ListSource(Messages("a", 500), failure: new SourceException("broken")), endless]));

        Assert.Equal("broken", Assert.IsType<SourceException>(failure).Message);
        Assert.Equal(Messages("a", 500).Select(Bytes.Text), read.Where(message => message[0] == 'a'));
    }

    [Fact]
    public async Task A_reader_that_leaves_leaves_nothing_running()
    {
        var source = new ListSource(Messages("a", 10_000), endless: true);
        await foreach (byte[] _ in new MergedSource([source]).ReadAsync(TestContext.Current.CancellationToken)) break;

        Assert.False(source.Exhausted.Task.IsCompleted);
    }

    [Fact]
    public void Only_live_sources_can_be_paused() => Assert.False(new MergedSource([new ListSource([])]).Paused);

    [Fact]
    public async Task Its_position_is_that_of_each_source_after_what_was_handed_out()
    {
        MergedSource Source() => new([new Counted("a", 400), new ListSource(Messages("x", 300)), new Counted("b", 200)]);
        MergedSource source = Source();
        Assert.Null(source.Position);
        Assert.Equal("a + b", source.PositionKey);
        Assert.Equal("""{"a":"0","b":"0"}""", source.Begin());

        int a = 0, b = 0;
        string? position = null;
        await foreach (byte[] message in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            if (message[0] == 'a') a++;
            if (message[0] == 'b') b++;
            Assert.Equal($$"""{"a":"{{a}}","b":"{{b}}"}""", position = source.Position);
            if (a + b == 450) break;
        }

        MergedSource next = Source();
        next.GoOnFrom(position!);
        Assert.Equal((position, position), (next.Position, next.IdlePosition));
        (List<string> rest, _) = await ReadAsync(next);
        Assert.Equal((400 - a, 200 - b, 300), (rest.Count(message => message[0] == 'a'), rest.Count(message => message[0] == 'b'), rest.Count(message => message[0] == 'x')));
        Assert.Equal("""{"a":"400","b":"200"}""", next.Position);
    }

    [Fact]
    public async Task While_it_is_waited_for_its_position_has_not_the_message_that_the_reader_holds()
    {
        var source = new MergedSource([new Counted("a", 2, endless: true)]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using IAsyncEnumerator<byte[]> messages = source.ReadAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        await messages.MoveNextAsync();
        await messages.MoveNextAsync();
        Assert.NotEqual("""{"a":"2"}""", source.IdlePosition);

        Task<bool> third = messages.MoveNextAsync().AsTask();
        await Eventually.UntilAsync(() => source.IdlePosition == """{"a":"2"}""", "the position of both");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
    }

    [Theory]
    [InlineData("17")]
    [InlineData("")]
    [InlineData("""{"a":1}""")]
    public void What_is_no_position_is_refused(string position) =>
        Assert.Contains("is no position of a", Assert.Throws<SourceException>(() => new MergedSource([new Counted("a", 1)]).GoOnFrom(position)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_source_that_the_position_does_not_know_begins_at_its_beginning()
    {
        var source = new MergedSource([new Counted("a", 1), new Counted("b", 9), new ListSource([])]);
        source.GoOnFrom("""{"b":"7"}""");

        Assert.Equal("""{"a":"0","b":"7"}""", source.Position);
    }

    [Fact]
    public async Task A_source_that_says_nothing_keeps_its_beginning_beside_one_that_does()
    {
        var source = new MergedSource([new Counted("a", 3, endless: true), new Counted("b", 0, endless: true)]);
        Assert.Equal("""{"a":"0","b":"0"}""", source.Begin());
        await using var running = new RunningSource(source);
        await running.HasAsync(3);

        await Eventually.UntilAsync(() => source.IdlePosition == """{"a":"3","b":"0"}""", "the position of both");
    }

    [Fact]
    public async Task A_silent_stream_moves_on_by_what_keeps_it_alive()
    {
        var silent = new KeptAlive();
        var source = new MergedSource([new Counted("a", 2, endless: true), silent]);
        await using var running = new RunningSource(source);
        await running.HasAsync(2);
        foreach (string at in (string[])["10:00", "11:00"])
        {
            silent.IdlePosition = at;
            await Eventually.UntilAsync(() => source.IdlePosition == $$"""{"a":"2","b":"{{at}}"}""", at);
        }
    }

    private sealed class KeptAlive : IIdlePosition
    {
        public string Name => "b";
        public double? Progress => null;
        public string PositionKey => "b";
        public string? Position => IdlePosition;
        public string? IdlePosition { get; set; }
        public void GoOnFrom(string position) => throw new NotSupportedException();

        public async IAsyncEnumerable<byte[]> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }
    }

    [Fact]
    public void Sources_that_have_no_position_have_none_together()
    {
        var source = new MergedSource([new ListSource([]), new ListSource([])]);

        Assert.Equal((null, null, null), (source.Position, source.IdlePosition, source.Begin()));
    }

    private sealed class Counted(string name, int count, bool endless = false) : IResumableSource
    {
        private int given;

        public string Name => name;

        public double? Progress => null;

        public string PositionKey => name;

        public string? Position => given == 0 ? null : $"{given}";

        public string? Begin() => "0";

        public void GoOnFrom(string position) => given = int.Parse(position, System.Globalization.CultureInfo.InvariantCulture);

        public async IAsyncEnumerable<byte[]> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (given < count) yield return Bytes.Of($"{name}{given++:D5}");
            if (endless) await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
