using Confluent.Kafka;
using TweetStreams.Streams.State.Backends;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>Takes into a store what its changelog has beyond it, in batches that record how far they go.</summary>
internal sealed class ChangelogTail(ITaskState state, string store, ChangelogPartition changelog, long position)
{
    private const int BatchRecords = 10_000;

    private readonly RowBuffer batch = [];
    private int taken;
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
        if (changelog.Packed)
        {
            taken += PackedChanges.Read(record.Message.Value, batch);
        }
        else
        {
            batch.Set(record.Message.Key, record.Message.Value);
            taken++;
        }
        Position = record.Offset + 1;
        if (taken >= BatchRecords) Write();
    }

    /// <summary>Writes what was taken: of each key the last.</summary>
    internal void Write()
    {
        if (written == Position) return;
        if (changelog.Packed)
            for (int row = 0; row < batch.Count; row++)
                if (batch.Key(row).Length >= WindowKey.StartSize) newestWindow = Math.Max(newestWindow, WindowKey.Start(batch.Key(row)));
        state.Write([new StoreChanges(store, batch, null, null, Position)]);
        Records += taken;
        taken = 0;
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
