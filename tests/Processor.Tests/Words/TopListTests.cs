using System.Text;
using CsCheck;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Tests.Words;

public sealed class TopListTests
{
    [Fact]
    public void Counts_that_grow_are_ranked_as_by_sorting_all_of_them() =>
        Gen.Select(Gen.Int[1, 5], Gen.Select(Gen.Int[0, 12], Gen.Int[1, 3]).Array[0, 80]).Sample((size, updates) =>
        {
            var top = new TopList(size);
            var counts = new Dictionary<string, long>();
            foreach (var (number, more) in updates)
            {
                string word = number % 2 == 0 ? $"w{number}" : char.ConvertFromUtf32(0xFFFA + number);
                counts[word] = counts.GetValueOrDefault(word) + more;
                top.Set(word, counts[word]);
                Assert.Equal(Naive(counts, size), top.Take());
            }
        });

    [Fact]
    public void Rows_are_ranked_as_by_sorting_all_of_them() =>
        Gen.Select(Gen.Int[0, 6], Gen.Select(Gen.Int[0, 30], Gen.Long[1, 5]).Array[0, 40]).Sample((size, rows) =>
        {
            var counts = rows.DistinctBy(row => row.Item1).ToDictionary(row => $"w{row.Item1}", row => row.Item2);
            Assert.Equal(Naive(counts, size), TopList.Ranked(counts.Select(row => new WordTotal(row.Key, row.Value)), size));
        });

    [Fact]
    public void It_says_whether_the_list_has_changed_since_it_was_taken()
    {
        var top = new TopList(1);
        Assert.False(top.Changed);
        top.Set("a", 2);
        Assert.True(top.Changed);
        top.Take();
        Assert.False(top.Changed);
        top.Set("b", 1);
        Assert.False(top.Changed);
        top.Set("b", 3);
        Assert.True(top.Changed);
        Assert.Equal([new WordTotal("b", 3)], top.Take());
    }

    private static WordTotal[] Naive(Dictionary<string, long> counts, int size) =>
        [.. counts.OrderByDescending(row => row.Value).ThenBy(row => row.Key, Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)))).Take(size).Select(row => new WordTotal(row.Key, row.Value))];
}
