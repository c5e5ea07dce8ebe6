namespace TweetStreams.Streams.State;

/// <summary>A value and the event time (ms since 1970) of the newest record in it.</summary>
public class ValueAndTimestamp<V>
{
    private ValueAndTimestamp(V value, long timestamp) => (Value, Timestamp) = (value, timestamp);

    public V Value { get; }
    public long Timestamp { get; }

    /// <summary>Pairs a value with its time; null where the value is null.</summary>
    public static ValueAndTimestamp<V> Make(V value, long timestamp) => value is null ? null! : new ValueAndTimestamp<V>(value, timestamp);
}
