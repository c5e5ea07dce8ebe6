using System.IO.Compression;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.EventLogs;

public sealed class EventLogTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFiles files = new();
    private readonly FakeTimeProvider time = new(Start);
    private readonly RecordedLog log = new();
    private readonly string folder;

    public EventLogTests() => folder = Path.Combine(files.Folder, "log");

    public void Dispose() => files.Dispose();

    private EventLogOptions Options => new() { Directory = folder, Gzip = false };

    private EventLog Open(EventLogOptions? options = null) => EventLog.Open(options ?? Options, log, time);

    private static void Receive(EventLog log, params string[] messages)
    {
        foreach (string text in messages) log.Received(MessageReader.Read(Bytes.Of(text)));
    }

    private string[] Names => [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Order(StringComparer.Ordinal)];

    private Task<List<string>> ReadAsync() => EventLogSource.Open(folder).TextsAsync();

    private async Task LeaveAsync(params string[] messages)
    {
        await using EventLog before = Open();
        Receive(before, messages);
    }

    /// <summary>The log works behind the back of the feed, when its timer calls.</summary>
    private async Task UntilAsync(Func<bool> condition, TimeSpan step = default)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"it did not come to that in time: {string.Join(", ", Names)}; {string.Join("; ", log.Lines)}");
            time.Advance(step);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_full_disk_stops_the_log_with_an_alarm_and_it_goes_on_when_there_is_room()
    {
        var disk = new Disk { Room = 25 };
        await using (EventLog full = EventLog.Open(Options, log, time, disk.Create))
        {
            Receive(full, "{\"a\":\"0123456\"}");
            await UntilAsync(() => full.Messages == 1, Tick);
            Receive(full, "{\"a\":\"1123456\"}", "{\"a\":\"2123456\"}");
            await UntilAsync(() => full.State == EventLogState.Stopped, Tick);
            await UntilAsync(() => log.Lines.Count == 1);
            Assert.Contains("stops: no space left; the stream goes on, and the log is tried again in a minute", log.Lines[0], StringComparison.Ordinal);
            Receive(full, "{\"a\":\"3123456\"}");
            Assert.Equal((1, 1, 3), (full.Errors, full.Messages, full.Lost));

            disk.Room = 1_000;
            time.Advance(TimeSpan.FromSeconds(59));
            Receive(full, "{\"a\":\"4123456\"}");
            Assert.Equal((EventLogState.Stopped, 4), (full.State, full.Lost));
            await UntilAsync(() => full.State == EventLogState.Writing, TimeSpan.FromSeconds(1));
            await UntilAsync(() => log.Lines.Count == 2);
            Assert.Contains("goes on; 4 messages are missing in it", log.Lines[1], StringComparison.Ordinal);
            Receive(full, "{\"a\":\"5123456\"}");
        }
        // Half of a message was written, and cut off again.
        Assert.Equal(["{\"a\":\"0123456\"}", "{\"a\":\"5123456\"}"], await ReadAsync());
    }

    [Fact]
    public async Task A_disk_that_stays_full_is_told_of_each_time_it_is_tried()
    {
        var disk = new Disk();
        await using EventLog full = EventLog.Open(Options, log, time, disk.Create);
        for (int i = 1; i <= 3; i++)
        {
            await UntilAsync(() => full.State == EventLogState.Writing, TimeSpan.FromSeconds(10));
            Receive(full, "{}");
            await UntilAsync(() => full.State == EventLogState.Stopped, Tick);
            Assert.Equal((i, i, 0), (full.Errors, full.Lost, full.Messages));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_created_stops_the_log_too()
    {
        await using EventLog none = EventLog.Open(Options, log, time, _ => throw new UnauthorizedAccessException("not yours"));
        Receive(none, "{}", "{}");
        await UntilAsync(() => none.State == EventLogState.Stopped, Tick);
        Assert.Equal(2, none.Lost);
    }

    [Fact]
    public async Task A_disk_that_is_too_slow_costs_messages_of_the_log_and_an_alarm()
    {
        await using EventLog slow = Open(Options with { QueueBytes = 100 });
        string message = $"{{\"a\":\"{new string('x', 40)}\"}}";
        Receive(slow, message, message, message);
        Assert.Equal(2, slow.Lost);
        await UntilAsync(() => log.Lines.Count == 1, Tick);
        Assert.Contains("cannot keep up: 2 messages are missing", log.Lines[0], StringComparison.Ordinal);
        await UntilAsync(() => slow.Messages == 1, Tick);
        Assert.Equal(EventLogState.Writing, slow.State);
    }

    [Fact]
    public async Task Directories_that_cannot_be_used_are_refused_with_the_option_and_what_to_do()
    {
        string file = files.Write("file", "x");
        Assert.Contains($"--event-log {file} is a file; name a directory", Refused(file), StringComparison.Ordinal);
        Assert.Contains("--event-log", Refused(Path.Combine(file, "below")), StringComparison.Ordinal);
        Assert.Contains("name a directory that this user may write to", Refused(Path.Combine(file, "below")), StringComparison.Ordinal);
        Assert.Contains("--event-log names no directory", Assert.Throws<InvalidSettingException>(() => new EventLogOptions { Directory = " " }).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.Contains("--event-log /proc/none", Refused("/proc/none"), StringComparison.Ordinal);

        await using EventLog open = Open();
        Assert.Contains("is in use by another program", Refused(folder), StringComparison.Ordinal);

        string own = Path.Combine(files.Folder, "own");
        Directory.CreateDirectory(own);
        await File.WriteAllTextAsync(Path.Combine(own, "event.log"), "mine", TestContext.Current.CancellationToken);
        Assert.Contains("has a file event.log of its own", Refused(own), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(own, "event.log"), TestContext.Current.CancellationToken));

        static string Refused(string directory) =>
            Assert.Throws<InvalidSettingException>(() => EventLog.Open(new EventLogOptions { Directory = directory }, NullLogger.Instance, TimeProvider.System)).Message;
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        foreach (Func<EventLogOptions> wrong in new Func<EventLogOptions>[]
        {
            () => Options with { RotateMessages = 0 }, () => Options with { RotateBytes = 0 }, () => Options with { RotateAfter = TimeSpan.Zero },
            () => Options with { KeepFor = TimeSpan.Zero }, () => Options with { KeepBytes = 0 }, () => Options with { QueueBytes = 0 },
        })
            Assert.Contains("--event-log", Assert.Throws<InvalidSettingException>(wrong).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_run_that_was_killed_all_is_cleaned_up()
    {
        Directory.CreateDirectory(folder);
        files.Write("log/event-20260101-000000-0.log", "{\"n\":0}\n{\"n\":1}\n{\"n\":");
        files.Write("log/event-20260101-000001-1.log", "{\"torn\"");
        files.Write("log/event-20260101-000002-2.log", "{\"n\":2}\n");
        files.Write("log/event-20260101-000002-2.log.gz.tmp", "half");
        files.Write("log/event-20260101-000003-3.log", "{\"n\":3}\n");
        files.Write("log/event-20260101-000003-3.log.gz", TemporaryFiles.Gzip("{\"n\":3}\n"));
        files.Write("log/notes.txt", "somebody's");

        await using EventLog again = Open(Options with { Gzip = true });
        await UntilAsync(() => Names.SequenceEqual(["event-20260101-000000-0.log.gz", "event-20260101-000002-2.log.gz", "event-20260101-000003-3.log.gz", "notes.txt"]), Tick);

        Assert.Equal(["{\"n\":0}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"], await ReadAsync());
        Assert.Equal(["event-20260101-000000-0.log: 5 bytes of a message that was not written to its end are cut off", "event-20260101-000001-1.log: 7 bytes of a message that was not written to its end are cut off"], log.Lines);
        Receive(again, "{\"n\":4}");
        await UntilAsync(() => again.Messages == 1, Tick);
        Assert.Contains("event-20260102-030", Names[3], StringComparison.Ordinal);
        Assert.EndsWith("-4.log", Names[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_line_longer_than_what_is_looked_at_at_once_is_cut_off()
    {
        Directory.CreateDirectory(folder);
        files.Write("log/event-20260101-000000-0.log", $"{new string('a', 100_000)}\n{new string('b', 200_000)}");
        await Open().DisposeAsync();
        Assert.Equal([new string('a', 100_000)], await ReadAsync());
    }

    [Fact]
    public async Task Messages_are_logged_as_they_came_and_within_a_second()
    {
        await using EventLog open = Open();
        Assert.Empty(Names);
        Receive(open, "{\"id_str\":\"1\",\"text\":\"ä\"}", "<html>", "[1,2]");
        time.Advance(Tick);
        await UntilAsync(() => open.Messages == 3);

        Assert.Equal(["{\"id_str\":\"1\",\"text\":\"ä\"}", "<html>", "[1,2]"], await ReadAsync());
        Assert.Equal(["event-20260102-030405-0.log", "event.log"], Names);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, Names[0]), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(folder, "event.log"), TestContext.Current.CancellationToken));
        Assert.Equal((new FileInfo(Path.Combine(folder, Names[0])).Length, 0), (open.Bytes, open.Lost));
    }

    [Fact]
    public async Task A_line_end_in_a_message_stays_one_line_and_the_message_is_not_touched()
    {
        byte[] raw = Bytes.Of("{\n\"id_str\":\"1\"\n}");
        await using (EventLog open = Open()) open.Received(MessageReader.Read(raw));

        Assert.Equal(["{ \"id_str\":\"1\" }"], await ReadAsync());
        Assert.Equal("{\n\"id_str\":\"1\"\n}", Bytes.Text(raw));
    }

    [Theory]
    [InlineData(262_142)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    [InlineData(1_000_000)]
    public async Task Messages_around_and_above_the_size_of_the_buffer_are_whole(int size)
    {
        string[] sent = [.. Enumerable.Range(0, 5).Select(i => $"{i}" + new string('x', size - 1)), "last"];
        await LeaveAsync(sent);
        Assert.Equal(sent, await ReadAsync());
    }

    [Fact]
    public async Task A_large_message_that_the_disk_has_no_room_for_leaves_nothing_of_itself()
    {
        var disk = new Disk { Room = 600_000 };
        await using (EventLog full = EventLog.Open(Options, log, time, disk.Create))
        {
            Receive(full, "first", new string('x', 1_000_000));
            await UntilAsync(() => full.State == EventLogState.Stopped, Tick);
            Assert.Equal((1, 1), (full.Messages, full.Lost));
        }
        Assert.Equal(["first"], await ReadAsync());
    }

    [Fact]
    public async Task Files_end_by_count_and_are_packed()
    {
        await using (EventLog open = Open(Options with { RotateMessages = 2, Gzip = true }))
        {
            Receive(open, "0", "1", "2", "3", "4");
            await UntilAsync(() => open.Messages == 5, Tick);
            await UntilAsync(() => Names.SequenceEqual(["event-20260102-030405-0.log.gz", "event-20260102-030405-1.log.gz", "event-20260102-030405-2.log", "event.log"]));
            Assert.Equal("event-20260102-030405-2.log", File.ResolveLinkTarget(Path.Combine(folder, "event.log"), false)!.Name);
        }
        Assert.Equal(["0", "1", "2", "3", "4"], await ReadAsync());
    }

    [Fact]
    public async Task The_tenth_file_of_a_second_comes_behind_the_ninth()
    {
        string[] sent = [.. Enumerable.Range(0, 25).Select(i => $"{i}")];
        await using (EventLog open = Open(Options with { RotateMessages = 1 })) Receive(open, sent);
        Assert.Equal(sent, await ReadAsync());
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_change_the_order()
    {
        await LeaveAsync("0");
        var earlier = new FakeTimeProvider(Start.AddDays(-1));
        await using (EventLog open = EventLog.Open(Options, log, earlier)) Receive(open, "1");
        Assert.Equal(["0", "1"], await ReadAsync());
    }

    [Fact]
    public async Task Files_end_before_they_are_too_large()
    {
        await using (EventLog open = Open(Options with { RotateBytes = 20 })) Receive(open, "0123456789", "012345678", "0123456789", new string('x', 50), "1");
        Assert.Equal([11, 10, 11, 51, 2], EventLogFile.In(folder).Select(file => (int)new FileInfo(file.Path).Length));
    }

    [Fact]
    public async Task Files_end_by_time_even_where_nothing_comes()
    {
        await using EventLog open = Open(Options with { RotateAfter = TimeSpan.FromMinutes(10), Gzip = true });
        Receive(open, "0");
        await UntilAsync(() => open.Messages == 1, Tick);
        await UntilAsync(() => Names.Any(name => name.EndsWith(".log.gz", StringComparison.Ordinal)), TimeSpan.FromMinutes(1));
        Assert.Equal(["0"], await ReadAsync());
    }

    [Fact]
    public async Task Old_files_are_removed()
    {
        Directory.CreateDirectory(folder);
        File.SetLastWriteTimeUtc(files.Write("log/event-20251201-000000-0.log", "old\n"), Start.AddDays(-8).UtcDateTime);
        File.SetLastWriteTimeUtc(files.Write("log/event-20260101-000000-1.log", "new\n"), Start.AddDays(-1).UtcDateTime);
        File.SetLastWriteTimeUtc(files.Write("log/other.log", "other"), Start.AddDays(-100).UtcDateTime);
        await using EventLog open = Open(Options with { KeepFor = TimeSpan.FromDays(7), Gzip = true });
        await UntilAsync(() => Names.SequenceEqual(["event-20260101-000000-1.log.gz", "other.log"]), Tick);
        // Packed, it is as old as it was.
        await UntilAsync(() => Names.SequenceEqual(["other.log"]), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task The_oldest_files_are_removed_where_all_are_too_large_and_never_the_current_one()
    {
        await using EventLog open = Open(Options with { RotateMessages = 1, KeepBytes = 12 });
        Receive(open, "0000", "1111", "2222", "3333");
        await UntilAsync(() => open.Messages == 4, Tick);
        await UntilAsync(() => Names.Length == 3, Tick);
        Assert.Equal(["2222", "3333"], await ReadAsync());

        Receive(open, new string('4', 100));
        await UntilAsync(() => Names.Length == 2, Tick);
        Assert.Equal([new string('4', 100)], await ReadAsync());
    }

    [Fact]
    public async Task Much_is_logged_whole_and_in_order_while_it_is_received()
    {
        string[] sent = [.. Enumerable.Range(0, 20_000).Select(i => $"{{\"id_str\":\"{i}\",\"text\":\"{new string('x', i % 300)}\"}}")];
        await using (EventLog open = Open(Options with { RotateBytes = 500_000, Gzip = true })) Receive(open, sent);
        Assert.Equal(sent, await ReadAsync());
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_read_to_its_last_whole_line()
    {
        Directory.CreateDirectory(folder);
        files.Write("log/event-20260101-000000-0.log.gz", TemporaryFiles.Gzip("0\n"));
        files.Write("log/event-20260101-000000-1.log", "1\n2\nunfinis");
        IMessageSource source = EventLogSource.Open(folder);
        Assert.Equal(["0", "1", "2"], await source.TextsAsync());
        Assert.Equal(1, source.Progress);
    }

    [Fact]
    public async Task A_file_that_is_packed_while_others_are_read_is_read_all_the_same()
    {
        string plain = Path.Combine(folder, "event-20260101-000000-0.log");
        Directory.CreateDirectory(folder);
        files.Write("log/event-20260101-000000-0.log", "0\n");
        IMessageSource source = EventLogSource.Open(folder);
        files.Write("log/event-20260101-000000-0.log.gz", TemporaryFiles.Gzip("0\n"));
        File.Delete(plain);
        Assert.Equal(["0"], await source.TextsAsync());
    }

    [Fact]
    public async Task A_directory_without_a_log_and_a_file_that_went_away_are_told()
    {
        Assert.Contains("cannot be read as an event log", Assert.Throws<SourceException>(() => EventLogSource.Open(folder)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        files.Write("log/event-x.log", "no");
        Assert.Contains("has no event log", Assert.Throws<SourceException>(() => EventLogSource.Open(folder)).Message, StringComparison.Ordinal);

        string gone = files.Write("log/event-20260101-000000-0.log", "0\n");
        IMessageSource source = EventLogSource.Open(folder);
        File.Delete(gone);
        (_, SourceException? failure) = await source.UntilFailureAsync();
        Assert.Contains("cannot be opened", failure!.Message, StringComparison.Ordinal);
    }

    /// <summary>A disk with so much room. What does not fit is written in part, as a disk does.</summary>
    private sealed class Disk
    {
        public long Room { get; set; }

        public Stream Create(string path) => new Limited(this, new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 0));

        private sealed class Limited(Disk disk, FileStream file) : Stream
        {
            public override bool CanRead => false;
            public override bool CanSeek => false;
            public override bool CanWrite => true;
            public override long Length => file.Length;
            public override long Position { get => file.Position; set => throw new NotSupportedException(); }
            public override void Flush() => file.Flush();
            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
            public override void SetLength(long value) => file.SetLength(value);
            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            {
                int fits = (int)Math.Min(buffer.Length, disk.Room);
                await file.WriteAsync(buffer[..fits], cancellationToken);
                disk.Room -= fits;
                if (fits < buffer.Length) throw new IOException("no space left");
            }

            protected override void Dispose(bool disposing)
            {
                if (disposing) file.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
