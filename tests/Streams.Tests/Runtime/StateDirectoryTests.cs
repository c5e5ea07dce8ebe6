using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class StateDirectoryTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tweetstreams-lock-").FullName;

    [Fact]
    public void A_second_use_fails_with_what_to_do()
    {
        using var first = new StateDirectory(root, "app");
        var failure = Assert.Throws<ProcessorStateException>(() => new StateDirectory(root, "app"));
        Assert.Contains(Path.Combine(root, "app"), failure.Message);
        Assert.Contains("in use", failure.Message);
        Assert.Contains("state directory of its own", failure.Message);
    }

    [Fact]
    public void Other_applications_have_directories_of_their_own()
    {
        using var first = new StateDirectory(root, "app");
        using var other = new StateDirectory(root, "app2");
        Assert.NotEqual(first.For(new TaskId { Id = 1, Partition = 2 }), other.For(new TaskId { Id = 1, Partition = 2 }));
        Assert.EndsWith(Path.Combine("app", "1_2"), first.For(new TaskId { Id = 1, Partition = 2 }));
    }

    [Fact]
    public void It_can_be_taken_again_when_it_is_let_go()
    {
        new StateDirectory(root, "app").Dispose();
        new StateDirectory(root, "app").Dispose();
    }

    [Fact]
    public void A_task_is_taken_by_one_thread_at_a_time()
    {
        using var directory = new StateDirectory(root, "app");
        Assert.True(directory.TryTake(new TaskId { Id = 0, Partition = 1 }));
        Assert.False(directory.TryTake(new TaskId { Id = 0, Partition = 1 }));
        Assert.True(directory.TryTake(new TaskId { Id = 0, Partition = 2 }));
        directory.Release(new TaskId { Id = 0, Partition = 1 });
        Assert.True(directory.TryTake(new TaskId { Id = 0, Partition = 1 }));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_says_so()
    {
        string file = Path.Combine(root, "file");
        File.WriteAllText(file, "");
        Assert.Contains("cannot be made", Assert.Throws<ProcessorStateException>(() => new StateDirectory(file, "app")).Message);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
