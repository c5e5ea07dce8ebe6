using Confluent.Kafka;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>Takes into a store what its changelog has beyond it, in batches that record how far they go.</summary>
internal sealed class ChangelogTail(ITaskState state, string store, ChangelogPartition changelog, long position)
{
    private const int BatchRecords = 10_000;

    private readonly List<KeyValuePair<byte[], byte[]?>> batch = [];
    private long written = position;
    private long newestWindow = -1;

    /// <summary>The offset of the next record.</summary>
    internal long Position { get; private set; } = position;

    internal string Store => store;
    internal TopicPartition TopicPartition => changelog.TopicPartition;

    /// <summary>Changes taken into the store.</summary>
    internal long Records { get; private set; }

    /// <summary>Takes a record, or the news that there is none before an offset.</summary>
    internal void Take(ConsumeResult<byte[], byte[]> record)
    {
        if (record.IsPartitionEOF)
        {
            Position = Math.Max(Position, record.Offset);
            return;
        }
        if (changelog.Packed) PackedChanges.Read(record.Message.Value, batch);
        else batch.Add(new(record.Message.Key, record.Message.Value));
        Position = record.Offset + 1;
        if (batch.Count >= BatchRecords) Write();
    }

    /// <summary>Writes what was taken. A key may occur more than once; the write batch applies them in order, so the last one wins.</summary>
    internal void Write()
    {
        if (written == Position) return;
        if (changelog.Packed)
            foreach (var (key, _) in batch)
                if (key.Length >= WindowKey.StartSize) newestWindow = Math.Max(newestWindow, WindowKey.Start(key));
        state.Write([new StoreChanges(store, batch, null, null, Position)]);
        Records += batch.Count;
        written = Position;
        batch.Clear();
    }

    /// <summary>Drops the windows that lie more than the retention before the newest. Their expiry is no change that a changelog tells of.</summary>
    internal void Expire(long retentionMs)
    {
        if (newestWindow <= retentionMs) return;
        state.Write([new StoreChanges(store, [], WindowKey.First, WindowKey.Of(newestWindow - retentionMs), null)]);
    }
}
