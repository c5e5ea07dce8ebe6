using Confluent.Kafka;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Stream.Internal;

/// <summary>The many ways to say where a stream is written to; all end in <see cref="Sink"/>.</summary>
internal sealed partial class KStream<K, V>
{
    public void To(string topicName, string? named = null) => Sink(topicName, null, keySerdes, valueSerdes, null, null, named);
    public void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) => Sink(topicName, null, keySerdes, valueSerdes, null, By(partitioner), named);
    public void To(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null) => Sink(topicName, null, keySerdes, valueSerdes, null, partitioner, named);
    public void To(string topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) => Sink(topicName, null, keySerdes, valueSerdes, null, null, named);
    public void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(topicName, null, keySerdes, valueSerdes, null, By(partitioner), named);

    public void To(Func<K, V, IRecordContext, string> topicExtractor, string? named = null) => Sink(null, topicExtractor, keySerdes, valueSerdes, null, null, named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) =>
        Sink(null, topicExtractor, keySerdes, valueSerdes, null, By(partitioner), named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) => Sink(null, topicExtractor, keySerdes, valueSerdes, null, null, named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor, keySerdes, valueSerdes, null, By(partitioner), named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null) =>
        Sink(null, topicExtractor, keySerdes, valueSerdes, recordTimestampExtractor, null, named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) =>
        Sink(null, topicExtractor, keySerdes, valueSerdes, recordTimestampExtractor, By(partitioner), named);
    public void To(Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null) =>
        Sink(null, topicExtractor, keySerdes, valueSerdes, recordTimestampExtractor, null, named);

    public void To(ITopicNameExtractor<K, V> topicExtractor, string? named = null) => Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, null, null, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) => Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, null, null, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, null, partitioner, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) => Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, null, partitioner, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null) =>
        Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, recordTimestampExtractor.Extract, null, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) =>
        Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, recordTimestampExtractor.Extract, partitioner, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null) =>
        Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, recordTimestampExtractor.Extract, null, named);
    public void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) =>
        Sink(null, topicExtractor.Extract, keySerdes, valueSerdes, recordTimestampExtractor.Extract, partitioner, named);

    public void To<KS, VS>(string topicName, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() => Sink(topicName, null, new KS(), new VS(), null, null, named);
    public void To<KS, VS>(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(topicName, null, new KS(), new VS(), null, By(partitioner), named);
    public void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor, new KS(), new VS(), null, null, named);
    public void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor, new KS(), new VS(), null, By(partitioner), named);
    public void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor, new KS(), new VS(), recordTimestampExtractor, null, named);
    public void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor, new KS(), new VS(), recordTimestampExtractor, By(partitioner), named);
    public void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor.Extract, new KS(), new VS(), null, null, named);
    public void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor.Extract, new KS(), new VS(), null, partitioner, named);
    public void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor.Extract, new KS(), new VS(), recordTimestampExtractor.Extract, null, named);
    public void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new() =>
        Sink(null, topicExtractor.Extract, new KS(), new VS(), recordTimestampExtractor.Extract, partitioner, named);

    private static FunctionPartitioner<K, V> By(Func<string, K, V, Partition, int, Partition> choose) => new(choose);

    private void Sink(
        string? topic, Func<K, V, IRecordContext, string>? topicExtractor, ISerDes<K>? sinkKeySerdes, ISerDes<V>? sinkValueSerdes,
        Func<K, V, IRecordContext, long>? timestampExtractor, IStreamPartitioner<K, V>? partitioner, string? named)
    {
        string name = graph.NameOr(named, "KSTREAM-SINK");
        var options = new SinkOptions<K, V>
        {
            TopicExtractor = topicExtractor,
            KeySerdes = sinkKeySerdes,
            ValueSerdes = sinkValueSerdes,
            TimestampExtractor = timestampExtractor,
            Partitioner = partitioner,
        };
        outlet.Add(graph.Add(new SinkDefinition<K, V>(name, topic ?? "by extractor", a => new SinkProcessor<K, V>(options, topic, name, a))));
    }
}
