using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Words;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Tests.Queries;

public sealed class RowsTests
{
    [Fact]
    public async Task Rows_arrive_as_they_were_sent()
    {
        CountRow[] rows = [new(0, "", 1), new(0, "a\tb\n\u0000", long.MaxValue), new(1_562_135_340_000, "\U0001F600", 3), new(long.MaxValue, new string('w', 900_000), 4)];
        using var sent = new MemoryStream();
        await RowFormat.WriteAsync(sent, rows, CancellationToken.None);
        sent.Position = 0;
        Assert.Equal(rows, RowFormat.Read(sent));
    }

    [Fact]
    public void Each_window_is_ranked_for_itself()
    {
        CountRow[] rows = [new(0, "a", 1), new(0, "b", 2), new(0, "c", 1), new(10, "a", 5), new(30, "z", 1), new(30, "y", 1)];
        Assert.Equal(
            ["0: b 2, a 1", "10: a 5", "30: y 1, z 1"],
            RowsByWindow.Top(rows, 2).Select(window => $"{window.Start}: {string.Join(", ", window.Words.Select(row => $"{row.Word} {row.Count}"))}"));
        Assert.Empty(RowsByWindow.Top([], 2));
    }

    [Fact]
    public void A_refusal_comes_before_the_first_row_and_lets_go()
    {
        var answer = new MemoryStream();
        Assert.Throws<InvalidStateStoreException>(() => new OpenRows(Refusing(), answer));
        Assert.False(answer.CanRead);

        static IEnumerable<CountRow> Refusing()
        {
            if (DateTime.MinValue < DateTime.MaxValue) throw new InvalidStateStoreException("not here");
            yield break;
        }
    }
}
