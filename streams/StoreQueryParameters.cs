using TweetStreams.Streams.State;

namespace TweetStreams.Streams;

/// <summary>Names a store and the type that it is asked as.</summary>
public static class StoreQueryParameters
{
    public static StoreQueryParameters<T, K, V> FromNameAndType<T, K, V>(string storeName, IQueryableStoreType<T, K, V> queryableStoreType) where T : class => new(storeName, queryableStoreType, null);
}

/// <inheritdoc cref="StoreQueryParameters"/>
public class StoreQueryParameters<T, K, V> where T : class
{
    internal StoreQueryParameters(string storeName, IQueryableStoreType<T, K, V> type, IReadOnlyCollection<int>? partitions) => (StoreName, QueryableStoreType, Partitions) = (storeName, type, partitions);

    public string StoreName { get; }
    public IQueryableStoreType<T, K, V> QueryableStoreType { get; }

    /// <summary>The partitions that are asked; null for all that this instance has.</summary>
    public IReadOnlyCollection<int>? Partitions { get; }

    /// <summary>Asks one partition only: answered if this instance has it, else refused.</summary>
    public StoreQueryParameters<T, K, V> WithPartition(int partition) => WithPartitions([partition]);

    /// <summary>Asks these partitions only: answered if this instance has them all, else refused.</summary>
    public StoreQueryParameters<T, K, V> WithPartitions(IEnumerable<int> partitions) => new(StoreName, QueryableStoreType, [.. partitions.Distinct()]);
}
