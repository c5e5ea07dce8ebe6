using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.Http;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.Http;

public sealed class ClassicStreamSourceTests
{
    private static string Status(int id) => $$"""{"created_at":"Sat Jan 31 12:00:00 +0000 2026","id":{{id}},"text":"word \u20ac é"}""";

    private static void Read(StreamRun run, string path, Func<ClassicOptions, ClassicOptions>? change = null)
    {
        ClassicOptions options = ClassicOptions.Of(new Uri(run.Fake.Address, path).ToString());
        run.Read(new ClassicStreamSource(change?.Invoke(options) ?? options, run.Told, run.Clock));
    }

    [Theory]
    [InlineData("1.1/statuses/filter.json?track=word", 0)]
    [InlineData("1.1/statuses/filter.json?stall_warnings=true&delimited=length", 0)]
    [InlineData("stream/mirror?delimited=length", 1)]
    [InlineData("stream/mirror", 1)]
    public async Task Messages_come_line_by_line_or_by_their_length(string path, int chunk)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.Otherwise(new Behaviour { ChunkSize = chunk, Steps = [Steps.KeepAlive(), Steps.Send(Status(1), Status(2)), Steps.KeepAlive(), Steps.Send(Status(3)), Steps.Silence()] });
        Read(run, path);
        await run.UntilMessagesAsync(3);

        Assert.Equal([Status(1), Status(2), Status(3)], run.Messages);
        Assert.Equal(2, run.Listener.KeptAlives);
        Assert.EndsWith(run.Fake.Connections[0].Query, path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_by_its_length_that_is_cut_is_dropped()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Status(1)), Steps.Raw("10\r\n{\"id\":"))).Otherwise(Behaviour.Stream(Steps.Send(Status(2)), Steps.Silence()));
        Read(run, "stream/mirror?delimited=length");
        await run.UntilMessagesAsync(2);

        Assert.Equal([Status(1), Status(2)], run.Messages);
        Assert.Contains("not complete", run.Listener.Of(ConnectionEventKind.Lost).Single().Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":1}\r\n")]
    [InlineData("-5\r\n")]
    [InlineData("99999999999\r\n")]
    [InlineData("5 and more\r\n")]
    [InlineData("000000000000000000000000000000000000000000")]
    public async Task Where_no_length_stands_the_connection_is_worth_nothing(string sent)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Raw(sent), Steps.Silence())).Otherwise(Behaviour.Stream(Steps.Send(Status(1)), Steps.Silence()));
        Read(run, "stream/mirror?delimited=length");
        await run.UntilMessagesAsync(1);

        Assert.Contains("delimited=length", run.Listener.Of(ConnectionEventKind.Lost).Single().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_is_borne_for_90_s()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Send(Status(1)), Steps.Silence())).Otherwise(Behaviour.Stream(Steps.Send(Status(2)), Steps.Silence()));
        Read(run, "stream/mirror");
        await run.UntilQuietAsync(1);
        run.Clock.Advance(TimeSpan.FromSeconds(89.9));
        Assert.Empty(run.Listener.Of(ConnectionEventKind.Lost));
        run.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await run.UntilMessagesAsync(2);

        Assert.Equal(ConnectionCause.Stall, run.Listener.Of(ConnectionEventKind.Lost).Single().Cause);
    }

    [Fact]
    public async Task Too_many_requests_have_the_status_420_as_well()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.On(1, 2, Behaviour.Refuse(420, "Easy there, Turbo.")).Otherwise(Behaviour.Stream(Steps.Send(Status(1)), Steps.Silence()));
        Read(run, "stream/mirror");
        await run.UntilMessagesAsync(1);

        Assert.Equal([60, 120], run.Intervals);
        Assert.Equal("HTTP 420 (Easy there, Turbo.)", run.Listener.Of(ConnectionEventKind.Refused).First().Detail);
    }

    [Fact]
    public async Task A_line_without_end_ends_its_connection_and_not_the_source()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        string endless = new('x', LineLimit.Default.Bytes + 10);
        run.Fake.Script.On(1, Behaviour.Stream(Steps.Raw(endless), Steps.Silence())).Otherwise(Behaviour.Stream(Steps.Send(Status(1)), Steps.Silence()));
        Read(run, "stream/mirror");
        await run.UntilMessagesAsync(1);

        Assert.Contains("has more than", run.Listener.Of(ConnectionEventKind.Lost).Single().Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_and_password_of_the_address_are_sent_and_never_shown()
    {
        await using StreamRun run = await StreamRun.WithFakeAsync(new FakeXOptions());
        run.Fake.Script.On(1, Behaviour.Refuse(503)).Otherwise(Behaviour.Refuse(403));
        var options = ClassicOptions.Of($"http://me:p%40ss@127.0.0.1:{run.Fake.Address.Port}/stream/mirror?key=hidden");
        var source = new ClassicStreamSource(options, run.Told, run.Clock);
        run.Read(source);
        Exception end = await run.FailsAsync<StreamEndedException>();

        Assert.Equal("Basic bWU6cEBzcw==", run.Fake.Connections[0].Headers["Authorization"]);
        Assert.Equal($"http:http://127.0.0.1:{run.Fake.Address.Port}/stream/mirror", source.Name);
        string all = string.Join('\n', run.Logger.Lines) + string.Join('\n', run.Listener.Events) + end;
        foreach (string secret in new[] { "p%40ss", "p@ss", "bWU6cEBzcw", "hidden" }) Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host/path")]
    [InlineData("ftp://me:secret@host")]
    public void What_is_no_address_is_refused_and_not_shown(string address)
    {
        var failure = Assert.Throws<SourceException>(() => ClassicOptions.Of(address));
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }
}
