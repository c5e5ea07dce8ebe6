using System.Text;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("a\r\r\nb\r", "a|b")]
    [InlineData("\n\r\n \t\v\f\r\na\n\n\n", "a")]
    [InlineData(" a \n", " a ")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("a\u2028b\u0085c\n", "a\u2028b\u0085c")]
    [InlineData("\u00a0\n\u3000\n", "\u00a0|\u3000")]
    public async Task Lines_end_at_line_feeds_only_and_blank_ones_are_keep_alives(string input, string expected)
    {
        foreach (int piece in new[] { 1, 2, 3, 1000 })
            Assert.Equal(expected, string.Join('|', await ReadAsync(Encoding.UTF8.GetBytes(input), piece)));
    }

    [Fact]
    public async Task A_line_of_any_size_comes_out_whole_wherever_the_reads_cut_it()
    {
        string[] lines = [.. new[] { 10, 1_000_000, 0, 131_072, 131_071, 3_000_000, 7 }.Select((length, i) => new string((char)('a' + i), length))];
        byte[] input = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));

        foreach (int piece in new[] { 4_096, 65_537, 10_000_000 })
            Assert.Equal(lines.Where(line => line.Length > 0), await ReadAsync(input, piece));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_pass_untouched()
    {
        byte[] every = [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(b => b is not (byte)'\n')];
        var reader = new LineReader(new MemoryStream([.. every, (byte)'\n', .. every]), "test", LineLimit.Default);
        var read = new List<byte[]>();
        await foreach (byte[] message in reader.ReadAsync(TestContext.Current.CancellationToken))
            read.Add(message);

        Assert.Equal([every, every], read);
    }

    [Theory]
    [InlineData("ok\n12345678\r\n123456789\n", 8, 3)]
    [InlineData("123456789", 8, 1)]
    [InlineData("\n\n123456789012345678901234567890", 8, 3)]
    public async Task A_line_beyond_the_limit_is_refused_with_its_number(string input, int limit, int line)
    {
        foreach (int piece in new[] { 1, 4, 1000 })
        {
            var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Encoding.UTF8.GetBytes(input), piece, limit));
            Assert.Contains($"test has more than {limit} bytes in line {line};", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endless_line_does_not_fill_the_memory()
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(new byte[20_000_000], 1_000_000, 1_000_000));

        Assert.Contains("line 1", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ReadAsync(byte[] input, int piece, int limit = 16 * 1024 * 1024)
    {
        var lines = new List<string>();
        var reader = new LineReader(new Pieces(input, piece), "test", new LineLimit(limit));
        await foreach (byte[] line in reader.ReadAsync(TestContext.Current.CancellationToken))
            lines.Add(Encoding.UTF8.GetString(line));
        return lines;
    }

    /// <summary>Hands out so many bytes at a time, as a network does.</summary>
    private sealed class Pieces(byte[] input, int size) : ReadOnlyStream
    {
        private int _position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = Math.Min(Math.Min(size, buffer.Length), input.Length - _position);
            input.AsMemory(_position, length).CopyTo(buffer);
            _position += length;
            return ValueTask.FromResult(length);
        }
    }
}
