using System.Text;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Tests;

public sealed class ChangelogTailTests : IDisposable
{
    private readonly RocksDbMemory memory = new(1 << 20, 1 << 20);
    private readonly TaskState state;

    public ChangelogTailTests() => state = new TaskState("", [new("counts", false)], memory);

    [Fact]
    public void The_last_change_of_a_key_stands_and_the_store_knows_how_far_it_goes()
    {
        var tail = Tail(packed: false, 5);
        tail.Take(Change(5, "a", "1"));
        tail.Take(Change(6, "b", "2"));
        tail.Take(Change(9, "a", "3"));
        tail.Take(Change(10, "b", null));
        Assert.Null(state.Store("counts").Get("a"u8));
        tail.Write();
        Assert.Equal("3", Text(state.Store("counts").Get("a"u8)));
        Assert.Null(state.Store("counts").Get("b"u8));
        Assert.Equal((11, 11L, 4), (state.ChangelogPosition("counts"), tail.Position, tail.Records));
    }

    [Fact]
    public void The_end_of_the_changelog_may_lie_behind_marks_of_transactions()
    {
        var tail = Tail(packed: false, 5);
        tail.Take(Change(5, "a", "1"));
        tail.Take(End(8));
        tail.Take(End(7));
        tail.Write();
        Assert.Equal(8, tail.Position);
        Assert.Equal(8, state.ChangelogPosition("counts"));
    }

    [Fact]
    public void Windows_that_have_left_the_retention_can_be_dropped()
    {
        var tail = Tail(packed: true, 0);
        byte[] old = WindowKey.Of(1_000, "a"u8), young = WindowKey.Of(9_000, "a"u8);
        new PackedChanges().Write([new(WindowKey.Clock, "t"u8.ToArray()), new(old, "1"u8.ToArray()), new(young, "2"u8.ToArray())], record =>
            tail.Take(new ConsumeResult<byte[], byte[]> { TopicPartitionOffset = new("log", 0, 0), Message = new() { Value = record.ToArray() } }));
        tail.Write();
        tail.Expire(20_000);
        Assert.NotNull(state.Store("counts").Get(old));
        tail.Expire(5_000);
        Assert.Null(state.Store("counts").Get(old));
        Assert.NotNull(state.Store("counts").Get(young));
        Assert.NotNull(state.Store("counts").Get(WindowKey.Clock));
        Assert.Equal(1, state.ChangelogPosition("counts"));
    }

    public void Dispose()
    {
        state.Close();
        memory.Dispose();
    }

    private ChangelogTail Tail(bool packed, long position) => new(state, "counts", new ChangelogPartition("log", 0, packed), position);

    private static ConsumeResult<byte[], byte[]> Change(long offset, string key, string? value) => new()
    {
        TopicPartitionOffset = new("log", 0, offset),
        Message = new() { Key = Encoding.UTF8.GetBytes(key), Value = value is null ? null! : Encoding.UTF8.GetBytes(value) },
    };

    private static ConsumeResult<byte[], byte[]> End(long offset) => new() { TopicPartitionOffset = new("log", 0, offset), IsPartitionEOF = true };
    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}
