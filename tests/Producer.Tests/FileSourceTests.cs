using System.Text;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests;

public sealed class FileSourceTests : IDisposable
{
    private readonly TemporaryFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Files_are_read_one_after_the_other_plain_or_packed()
    {
        IMessageSource source = Reading.Open(_files.Write("a.ndjson", "1\n2"), _files.Write("b.gz", TemporaryFiles.Gzip("3\n4\n")), _files.Write("c.txt", "5"));

        Assert.Equal(["1", "2", "3", "4", "5"], await source.TextsAsync());
        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public async Task Content_decides_what_is_gzip_not_the_name()
    {
        Assert.Equal(["a", "b"], await Reading.Open(_files.Write("packed.ndjson", TemporaryFiles.Gzip("a\nb\n"))).TextsAsync());
    }

    [Fact]
    public async Task A_gzip_file_may_have_several_members_even_in_the_middle_of_a_line()
    {
        byte[] members = [.. TemporaryFiles.Gzip("a\nb"), .. TemporaryFiles.Gzip("c\n"), .. TemporaryFiles.EmptyGzip, .. TemporaryFiles.Gzip("d")];

        Assert.Equal(["a", "bc", "d"], await Reading.Open(_files.Write("many.gz", members)).TextsAsync());
    }

    [Fact]
    public async Task An_empty_file_holds_no_messages()
    {
        IMessageSource source = Reading.Open(_files.Write("empty", ""));

        Assert.Empty(await source.TextsAsync());
        Assert.Equal(1, source.Progress);
        Assert.Empty(await Reading.Open(_files.Write("empty.gz", TemporaryFiles.EmptyGzip)).TextsAsync());
    }

    [Fact]
    public async Task Progress_goes_from_none_to_all()
    {
        IMessageSource source = Reading.Open(_files.Write("long.ndjson", string.Join('\n', Enumerable.Range(0, 200_000))));
        double last = source.Progress!.Value;
        Assert.Equal(0, last);
        await foreach (byte[] _ in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            Assert.InRange(source.Progress!.Value, last, 1);
            last = source.Progress!.Value;
        }
        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public async Task A_gzip_file_cut_anywhere_is_found_out_after_its_complete_lines_and_gives_no_line_that_was_not_in_it()
    {
        string[] lines = Lines(300);
        byte[] whole = TemporaryFiles.Gzip(string.Join('\n', lines) + "\n");

        for (int length = 3; length < whole.Length; length += length < 40 || length > whole.Length - 40 ? 1 : 61)
        {
            (List<string> read, SourceException? failure) = await Reading.Open(_files.Write("cut.gz", whole[..length])).UntilFailureAsync();
            Assert.True(failure is not null, $"cut at {length} of {whole.Length} was not noticed");
            Assert.Equal(lines[..read.Count], read);
            Assert.Contains($"cut.gz is truncated after {read.Count} lines", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_cut_second_member_is_found_out_too()
    {
        byte[] first = TemporaryFiles.Gzip("a\nb\n"), second = TemporaryFiles.Gzip("c\nd\n");

        for (int length = 1; length < second.Length; length++)
        {
            (List<string> read, SourceException? failure) = await Reading.Open(_files.Write("two.gz", [.. first, .. second[..length]])).UntilFailureAsync();
            Assert.True(failure is not null, $"cut at {length} of {second.Length} was not noticed");
            Assert.Equal(["a", "b"], read[..2]);
        }
    }

    [Fact]
    public async Task A_large_cut_gzip_file_gives_nearly_all_that_is_in_it()
    {
        string[] lines = Lines(20_000);
        byte[] whole = TemporaryFiles.Gzip(string.Join('\n', lines));

        (List<string> read, SourceException? failure) = await Reading.Open(_files.Write("large.gz", whole[..(whole.Length / 2)])).UntilFailureAsync();

        Assert.Contains("is truncated", failure?.Message, StringComparison.Ordinal);
        Assert.InRange(read.Count, 5_000, 15_000);
        Assert.Equal(lines[..read.Count], read);
    }

    [Fact]
    public async Task A_gzip_file_with_a_changed_byte_is_found_out()
    {
        byte[] whole = TemporaryFiles.Gzip(string.Join('\n', Lines(300)));

        for (int at = 12; at < whole.Length; at += 97)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x55;
            (_, SourceException? failure) = await Reading.Open(_files.Write("bad.gz", changed)).UntilFailureAsync();
            Assert.True(failure is not null, $"a change at {at} of {whole.Length} was not noticed");
            Assert.Contains("bad.gz is ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Something_else_behind_the_gzip_data_is_found_out()
    {
        (List<string> read, SourceException? failure) =
            await Reading.Open(_files.Write("tail.gz", [.. TemporaryFiles.Gzip("a\n"), .. new byte[100_000]])).UntilFailureAsync();

        Assert.Equal(["a"], read);
        Assert.NotNull(failure);
    }

    [Fact]
    public void What_is_named_gz_must_be_gzip()
    {
        foreach (string content in new[] { "", "{}", "\u001f" })
        {
            string path = _files.Write("plain.gz", content);
            Assert.Contains($"{path} is named .gz but is not gzip", Assert.Throws<SourceException>(() => Reading.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_missing_file_is_named_when_the_sources_are_opened()
    {
        string missing = Path.Combine(_files.Folder, "missing.ndjson");
        string there = _files.Write("there.ndjson", "{}");

        Assert.Contains($"{missing} does not exist", Assert.Throws<SourceException>(() => Reading.Open(there, missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_no_source()
    {
        Assert.Contains($"{_files.Folder} is a directory", Assert.Throws<SourceException>(() => Reading.Open(_files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions are what is tested");
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything");
        string path = _files.Write("secret.ndjson", "{}");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.Contains($"{path} may not be read", Assert.Throws<SourceException>(() => Reading.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_source_and_standard_input_twice_are_refused()
    {
        Assert.Throws<SourceException>(() => Reading.Open());
        Assert.Throws<SourceException>(() => Reading.Open("-", "-"));
    }

    [Fact]
    public async Task Standard_input_is_read_plain_or_packed()
    {
        Assert.Equal(["a", "b"], await new StandardInputSource(new MemoryStream(Bytes.Of("a\r\n\nb")), LineLimit.Default).TextsAsync());
        Assert.Equal(["a", "b"], await new StandardInputSource(new MemoryStream(TemporaryFiles.Gzip("a\nb")), LineLimit.Default).TextsAsync());
    }

    [Fact]
    public async Task Standard_input_on_which_nothing_comes_can_be_stopped()
    {
        using var server = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using var silent = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, server.ClientSafePipeHandle);
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(async () =>
        {
            await foreach (byte[] _ in new StandardInputSource(silent, LineLimit.Default).ReadAsync(stop.Token))
            {
            }
        });
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(10)));
        server.WriteByte((byte)'\n'); // lets the abandoned read go
    }

    private static string[] Lines(int number)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, number).Select(i => $"{{\"id\":{i},\"text\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(random.NextInt64().ToString()))}\"}}")];
    }
}
