using TweetStreams.Streams.Processors;

namespace TweetStreams.Streams.Stream;

/// <summary>Gives the value that an aggregation starts from.</summary>
public interface Initializer<out VA>
{
    VA Apply();
}

/// <summary>Adds a record to an aggregate and returns the new aggregate.</summary>
public interface Aggregator<in K, in V, VA>
{
    VA Apply(K key, V value, VA aggregate);
}

/// <summary>Joins two values of a key into one; associative, because the runtime may join newer values with each other first.</summary>
public interface Reducer<V>
{
    V Apply(V value1, V value2);
}

/// <summary>A new value from a value.</summary>
public interface IValueMapper<in V, out VR>
{
    VR Apply(V value, IRecordContext context);
}

/// <summary>A new value from a key, which stays as it is, and a value.</summary>
public interface IValueMapperWithKey<in K, in V, out VR>
{
    VR Apply(K keyReadonly, V value, IRecordContext context);
}

/// <summary>Anything from a key and a value.</summary>
public interface IKeyValueMapper<in K, in V, out VR>
{
    VR Apply(K key, V value, IRecordContext context);
}

/// <summary>One value from the values of the two sides of a join.</summary>
public interface IValueJoiner<in V1, in V2, out VR>
{
    VR Apply(V1 value1, V2 value2);
}
