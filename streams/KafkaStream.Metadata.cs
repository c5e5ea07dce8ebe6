using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State.Internal;

namespace TweetStreams.Streams;

/// <summary>Which instance has what of a store, for queries that cover all of them.</summary>
public sealed partial class KafkaStream
{
    private readonly GroupView group;

    /// <summary>Which instance has a key of a store. Only for stores whose keys are partitioned as Java does it by default, as behind every grouping.</summary>
    /// <param name="storeName">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="keySerdes">Writes the key as the store does.</param>
    /// <param name="fresh">Looks at the group again, instead of relying on what it was a moment ago: for when an instance that was asked has not got the key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidStateStoreException">It is not to be said now: the group is just rebalancing, or an owner has no <see cref="StreamConfig.ApplicationServer"/>. Or there is no such store.</exception>
    public async Task<KeyQueryMetadata> QueryMetadataForKeyAsync<K>(string storeName, K key, ISerDes<K> keySerdes, bool fresh = false, CancellationToken cancellationToken = default)
    {
        byte[] bytes = keySerdes.Serialize(key, new SerializationContext(MessageComponentType.Key, storeName)) ?? throw new ArgumentNullException(nameof(key));
        HostInfo?[] owners = await OwnersAsync(storeName, fresh, cancellationToken).ConfigureAwait(false);
        int partition = Murmur2.Partition(bytes, owners.Length);
        return new KeyQueryMetadata(owners[partition], IsHere(owners[partition]), partition);
    }

    /// <summary>Which instances have the partitions of a store: each partition once, none left out.</summary>
    /// <param name="storeName">The store.</param>
    /// <param name="fresh">Looks at the group again, instead of relying on what it was a moment ago: for when an instance that was asked has not got its partitions.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidStateStoreException">It is not to be said now: the group is just rebalancing, or an owner has no <see cref="StreamConfig.ApplicationServer"/>. Or there is no such store.</exception>
    public async Task<IReadOnlyList<StreamsMetadata>> MetadataForStoreAsync(string storeName, bool fresh = false, CancellationToken cancellationToken = default)
    {
        HostInfo?[] owners = await OwnersAsync(storeName, fresh, cancellationToken).ConfigureAwait(false);
        return [.. owners.Select((host, partition) => (host, partition)).GroupBy(owner => owner.host, owner => owner.partition)
            .Select(instance => new StreamsMetadata(instance.Key, IsHere(instance.Key), [.. instance]))];
    }

    private async Task<HostInfo?[]> OwnersAsync(string storeName, bool fresh, CancellationToken cancellationToken)
    {
        Subtopology subtopology = SubtopologyOf(Definition(storeName));
        if (layout is not { } known || CurrentState is not (State.STARTING or State.RESTORING or State.RUNNING)) throw new InvalidStateStoreException($"store '{storeName}' cannot be queried: the application is {CurrentState}");
        if (config.SingleInstance) return [.. Enumerable.Repeat(Own, known.Tasks(subtopology))];
        IReadOnlyList<GroupMember> members = await group.MembersAsync(fresh, cancellationToken).ConfigureAwait(false);
        return GroupView.Owners(members, [.. subtopology.Sources.Select(source => source.Topic.For(config.ApplicationId)).Select(topic => (topic, known.Partitions(topic)))]);
    }

    private HostInfo? Own => HostInfo.TryParse(config.ApplicationServer, out HostInfo? own) ? own : null;

    private bool IsHere(HostInfo? host) => config.SingleInstance || host == Own;

    private StoreDefinition Definition(string storeName) => topology.Store(storeName) ?? throw new InvalidStateStoreException($"there is no store '{storeName}'");

    private Subtopology SubtopologyOf(StoreDefinition store) => topology.Subtopologies.First(subtopology => subtopology.Stores.Contains(store));

    /// <exception cref="InvalidStateStoreException">A partition is not here, or still to be opened or restored: the answer would be a wrong number.</exception>
    private IEnumerable<BytesStore> Parts(StoreDefinition store, IReadOnlyCollection<int> partitions)
    {
        int subtopology = SubtopologyOf(store).Id;
        foreach (int partition in partitions)
        {
            // A task that runs is restored to what was last committed, whatever else its thread has still to open.
            if (tasks.Find(new TaskId { Id = subtopology, Partition = partition }) is not { Running: true } task)
                throw new InvalidStateStoreException($"partition {partition} of store '{store.Name}' is not here, or is being restored; ask again in a moment");
            yield return task.Stores.Select(part => part.Bytes).First(part => part.Name == store.Name);
        }
    }
}
