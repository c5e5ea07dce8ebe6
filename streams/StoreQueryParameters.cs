using TweetStreams.Streams.State;

namespace TweetStreams.Streams;

/// <summary>Names a store and the type that it is asked as.</summary>
public static class StoreQueryParameters
{
    public static StoreQueryParameters<T, K, V> FromNameAndType<T, K, V>(string storeName, IQueryableStoreType<T, K, V> queryableStoreType) where T : class => new(storeName, queryableStoreType);
}

/// <inheritdoc cref="StoreQueryParameters"/>
public class StoreQueryParameters<T, K, V> where T : class
{
    internal StoreQueryParameters(string storeName, IQueryableStoreType<T, K, V> type) => (StoreName, QueryableStoreType) = (storeName, type);

    public string StoreName { get; }
    public IQueryableStoreType<T, K, V> QueryableStoreType { get; }
}
