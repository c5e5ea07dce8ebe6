using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Tests;

public sealed class TaskStatesTests : IDisposable
{
    private static readonly TaskId Task = new() { Id = 0, Partition = 3 };

    private readonly string root = Directory.CreateTempSubdirectory("tweetstreams-states-").FullName;
    private readonly RocksDbMemory memory = new(1 << 20, 1 << 20);
    private readonly FakeTimeProvider clock = new();
    private readonly StateDirectory directory;

    public TaskStatesTests() => directory = new StateDirectory(root, "app");

    [Fact]
    public void What_was_written_is_there_again_with_the_offset_that_it_stands_for()
    {
        Write(States("A"), "a", 7);
        ITaskState state = States("A").TryOpen(Task, Counting(), begun: true)!;
        Assert.Equal("1", Text(state.Store("counts").Get("a"u8)));
        Assert.Equal(7, state.ChangelogPosition("counts"));
        state.Close();
    }

    [Theory]
    [InlineData("CURRENT", "garbage")]
    [InlineData("MANIFEST-*", "garbage")]
    [InlineData("MANIFEST-*", null)]
    public void A_damaged_directory_is_set_aside_and_begun_anew(string file, string? content)
    {
        Write(States("A"), "a", 7);
        foreach (string path in Directory.GetFiles(directory.For(Task), file))
        {
            if (content is null) File.Delete(path);
            else File.WriteAllText(path, content);
        }
        ITaskState state = States("A").TryOpen(Task, Counting(), begun: true)!;
        Assert.Null(state.Store("counts").Get("a"u8));
        Assert.Null(state.ChangelogPosition("counts"));
        Assert.Single(Directory.GetDirectories(directory.Root, "0_3.damaged-*"));
        state.Close();
    }

    [Fact]
    public void Only_the_last_damaged_directory_is_kept()
    {
        for (int i = 0; i < 3; i++)
        {
            Write(States("A"), "a", 7);
            File.WriteAllText(Path.Combine(directory.For(Task), "CURRENT"), "garbage");
            States("A").TryOpen(Task, Counting(), begun: true)!.Close();
            clock.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.Single(Directory.GetDirectories(directory.Root, "0_3.damaged-*"));
    }

    [Fact]
    public void State_of_another_layout_of_rows_is_emptied()
    {
        Write(States("A"), "a", 7);
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(10)).Count(RocksDbWindows.As<string, long>("counts"));
        ITaskState state = States("A").TryOpen(Task, builder.Build().Subtopologies[0], begun: true)!;
        Assert.Null(state.Store("counts").Get("a"u8));
        Assert.Null(state.ChangelogPosition("counts"));
        state.Close();
    }

    [Fact]
    public void State_of_a_changelog_that_is_gone_stops_an_application_that_has_begun()
    {
        Write(States("A"), "a", 7);
        string message = Assert.Throws<StreamsException>(() => States("B").TryOpen(Task, Counting(), begun: true)).Message;
        Assert.Contains("store counts of task 0_3 stood at offset 7 of a changelog topic that is gone", message);
        // Nothing was touched, so that the topic may be brought back.
        ITaskState state = States("A").TryOpen(Task, Counting(), begun: true)!;
        Assert.Equal("1", Text(state.Store("counts").Get("a"u8)));
        state.Close();
    }

    [Fact]
    public void State_of_a_changelog_that_is_gone_is_emptied_where_the_application_was_reset()
    {
        Write(States("A"), "a", 7);
        ITaskState state = States("B").TryOpen(Task, Counting(), begun: false)!;
        Assert.Null(state.Store("counts").Get("a"u8));
        state.Close();
    }

    [Fact]
    public void A_standby_keeps_away_from_a_state_that_a_thread_waits_for()
    {
        TaskStates states = States("A");
        ITaskState standby = states.TryOpenStandby(Task, Counting())!;
        Assert.False(states.Wanted(Task));
        Assert.Null(states.TryOpen(Task, Counting(), begun: true));
        Assert.True(states.Wanted(Task));
        standby.Close();
        Assert.Null(states.TryOpenStandby(Task, Counting()));
        states.TryOpen(Task, Counting(), begun: true)!.Close();
        Assert.False(states.Wanted(Task));
        states.TryOpenStandby(Task, Counting())!.Close();
    }

    [Fact]
    public void A_standby_clears_nothing()
    {
        Write(States("A"), "a", 7);
        Assert.Null(States("B").TryOpenStandby(Task, Counting()));
        ITaskState state = States("A").TryOpen(Task, Counting(), begun: true)!;
        Assert.Equal(7, state.ChangelogPosition("counts"));
        state.Close();
    }

    [Fact]
    public void The_process_keeps_its_name_in_the_directory()
    {
        string name = directory.ProcessId;
        directory.Dispose();
        using (var again = new StateDirectory(root, "app")) Assert.Equal(name, again.ProcessId);
        File.WriteAllText(Path.Combine(root, "app", ".process"), "");
        using (var emptied = new StateDirectory(root, "app")) Assert.NotEqual(name, emptied.ProcessId);
    }

    public void Dispose()
    {
        directory.Dispose();
        memory.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private TaskStates States(string changelogId) => new(directory, memory, _ => changelogId, clock, NullLogger.Instance);

    private static Subtopology Counting()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey().Count(RocksDb.As<string, long>("counts"));
        return builder.Build().Subtopologies[0];
    }

    private static void Write(TaskStates states, string key, long position)
    {
        ITaskState state = states.TryOpen(Task, Counting(), begun: false)!;
        state.Write([new StoreChanges("counts", [new(Encoding.UTF8.GetBytes(key), "1"u8.ToArray())], null, null, position)]);
        state.Close();
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
