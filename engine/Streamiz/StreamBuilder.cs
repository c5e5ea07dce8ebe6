namespace TweetStreams;

/// <summary>Streamiz' builder, with records that have no time.</summary>
public sealed class StreamBuilder : Streamiz.Kafka.Net.StreamBuilder
{
    private readonly ObservedTime observed = new();

    public new IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string named, ITimestampExtractor extractor) =>
        base.Stream(topic, keySerdes, valueSerdes, named, new TimedExtractor(extractor, observed));

    public new Topology Build()
    {
        GraphOfBuilder.WithoutLoops(this);
        return new(base.Build(), observed);
    }
}

/// <summary>A finished topology of Streamiz.</summary>
public sealed class Topology
{
    internal Topology(Streamiz.Kafka.Net.Stream.Topology inner, ObservedTime observed) => (Inner, Observed) = (inner, observed);

    internal Streamiz.Kafka.Net.Stream.Topology Inner { get; }
    internal ObservedTime Observed { get; }
}
