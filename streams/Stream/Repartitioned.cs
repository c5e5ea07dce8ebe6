using Confluent.Kafka;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Stream;

/// <summary>How a stream is repartitioned: the internal topic's name, serdes, number of partitions and partitioner.</summary>
public class Repartitioned<K, V>
{
    private Repartitioned() { }

    internal string? Named { get; private set; }
    internal ISerDes<K>? KeySerdes { get; private set; }
    internal ISerDes<V>? ValueSerdes { get; private set; }
    internal int? Partitions { get; private set; }
    internal IStreamPartitioner<K, V>? StreamPartitioner { get; private set; }

    public static Repartitioned<K, V> As(string name) => new Repartitioned<K, V>().WithName(name);
    public static Repartitioned<K, V> With(ISerDes<K> keySerdes, ISerDes<V> valueSerdes) => new Repartitioned<K, V>().WithKeySerdes(keySerdes).WithValueSerdes(valueSerdes);
    public static Repartitioned<K, V> Create<KS, VS>() where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => With(new KS(), new VS());
    public static Repartitioned<K, V> NumberOfPartitions(int numberPartitions) => new Repartitioned<K, V>().WithNumberOfPartitions(numberPartitions);
    public static Repartitioned<K, V> Partitioner(IStreamPartitioner<K, V> streamPartitioner) => new Repartitioned<K, V>().WithStreamPartitioner(streamPartitioner);
    public static Repartitioned<K, V> Partitioner(Func<string, K, V, Partition, int, Partition> streamPartitioner) => new Repartitioned<K, V>().WithStreamPartitioner(streamPartitioner);

    public Repartitioned<K, V> WithName(string name) => Set(() => Named = name);
    public Repartitioned<K, V> WithKeySerdes(ISerDes<K> keySerdes) => Set(() => KeySerdes = keySerdes);
    public Repartitioned<K, V> WithValueSerdes(ISerDes<V> valueSerdes) => Set(() => ValueSerdes = valueSerdes);
    public Repartitioned<K, V> WithNumberOfPartitions(int numberOfPartitions) => Set(() => Partitions = numberOfPartitions);
    public Repartitioned<K, V> WithStreamPartitioner(IStreamPartitioner<K, V> streamPartitioner) => Set(() => StreamPartitioner = streamPartitioner);
    public Repartitioned<K, V> WithStreamPartitioner(Func<string, K, V, Partition, int, Partition> streamPartitioner) => WithStreamPartitioner(new FunctionPartitioner<K, V>(streamPartitioner));

    private Repartitioned<K, V> Set(Action change)
    {
        change();
        return this;
    }
}

internal sealed class FunctionPartitioner<K, V>(Func<string, K, V, Partition, int, Partition> choose) : IStreamPartitioner<K, V>
{
    public void Initialize(IStreamConfig config) { }
    public Partition Partition(string topic, K key, V value, Partition sourcePartition, int numPartitions) => choose(topic, key, value, sourcePartition, numPartitions);
}

/// <summary>Serdes of a stream-table join, for the internal topic that it may need.</summary>
public class StreamTableJoinProps<K, V1, V2>(ISerDes<K> keySerdes, ISerDes<V1> valueSerdes, ISerDes<V2> otherValueSerdes)
{
    public ISerDes<K> KeySerdes { get; } = keySerdes;
    public ISerDes<V1> LeftValueSerdes { get; } = valueSerdes;
    public ISerDes<V2> RightValueSerdes { get; } = otherValueSerdes;
}
