using TweetStreams.Producer.Sources;

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
}
