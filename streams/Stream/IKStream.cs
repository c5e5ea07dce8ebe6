using Confluent.Kafka;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.Table;

namespace TweetStreams.Streams.Stream;

/// <summary>A stream of records: each one is a fact of its own.</summary>
/// <remarks>
/// The names are Kafka Streams'; the signatures are Streamiz 1.8's. The optional <c>named</c> gives a node, and where the operation makes an internal
/// topic that topic, a stable name.
/// </remarks>
public interface IKStream<K, V>
{
    /// <summary>Splits the stream: each record goes to the first branch whose predicate takes it, and ends where none does.</summary>
    IKStream<K, V>[] Branch(params Func<K, V, IRecordContext, bool>[] predicates);
    IKStream<K, V>[] Branch(string named, params Func<K, V, IRecordContext, bool>[] predicates);

    /// <summary>The records of both streams.</summary>
    IKStream<K, V> Merge(IKStream<K, V> stream, string? named = null);

    /// <summary>The records that the predicate takes.</summary>
    IKStream<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>The records that the predicate does not take.</summary>
    IKStream<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>Writes the records to a topic, with the time and headers that they have.</summary>
    void To(string topicName, string? named = null);
    void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null);
    void To(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null);
    void To(string topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);
    void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);

    /// <summary>Writes each record to the topic that the extractor names.</summary>
    void To(Func<K, V, IRecordContext, string> topicExtractor, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null);
    void To(Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null);
    void To(ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null);
    void To<KS, VS>(string topicName, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();
    void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();

    /// <summary>Any number of records of each record; their keys may be others, so a grouping or join behind it repartitions.</summary>
    IKStream<KR, VR> FlatMap<KR, VR>(IKeyValueMapper<K, V, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null);
    IKStream<KR, VR> FlatMap<KR, VR>(Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null);

    /// <summary>Any number of values of each value, under the same key.</summary>
    IKStream<K, VR> FlatMapValues<VR>(IValueMapper<V, IEnumerable<VR>> mapper, string? named = null);
    IKStream<K, VR> FlatMapValues<VR>(Func<V, IRecordContext, IEnumerable<VR>> mapper, string? named = null);
    IKStream<K, VR> FlatMapValues<VR>(IValueMapperWithKey<K, V, IEnumerable<VR>> mapper, string? named = null);
    IKStream<K, VR> FlatMapValues<VR>(Func<K, V, IRecordContext, IEnumerable<VR>> mapper, string? named = null);

    /// <summary>Calls the action with each record; the stream ends here.</summary>
    void Foreach(Action<K, V, IRecordContext> action, string? named = null);

    /// <summary>A new record of each record; its key may be another, so a grouping or join behind it repartitions.</summary>
    IKStream<KR, VR> Map<KR, VR>(IKeyValueMapper<K, V, KeyValuePair<KR, VR>> mapper, string? named = null);
    IKStream<KR, VR> Map<KR, VR>(Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, string? named = null);

    /// <summary>A new value of each value, under the same key.</summary>
    IKStream<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null);
    IKStream<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null);
    IKStream<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null);
    IKStream<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null);

    /// <summary>Calls the action with each record and passes it on.</summary>
    IKStream<K, V> Peek(Action<K, V, IRecordContext> action, string? named = null);

    /// <summary>Gives each record another key; a grouping or join behind it repartitions.</summary>
    IKStream<KR, V> SelectKey<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null);
    IKStream<KR, V> SelectKey<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null);

    /// <summary>Groups by a key of the selector's, through an internal topic; <paramref name="named"/> names that topic.</summary>
    IKGroupedStream<KR, V> GroupBy<KR>(IKeyValueMapper<K, V, KR> keySelector, string? named = null);
    IKGroupedStream<KR, V> GroupBy<KR>(Func<K, V, IRecordContext, KR> keySelector, string? named = null);
    IKGroupedStream<KR, V> GroupBy<KR, KRS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new();
    IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() where VS : ISerDes<V>, new();
    IKGroupedStream<KR, V> GroupBy<KR, KRS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new();
    IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) where KRS : ISerDes<KR>, new() where VS : ISerDes<V>, new();

    /// <summary>Groups by the key that the records have; through an internal topic only where an operation before may have changed it.</summary>
    IKGroupedStream<K, V> GroupByKey(string? named = null);
    IKGroupedStream<K, V> GroupByKey<KS, VS>(string? named = null) where KS : ISerDes<K>, new() where VS : ISerDes<V>, new();

    /// <summary>Joins each record with the table's value of its key; records that find none end here.</summary>
    IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null);
    IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null);
    IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null);
    IKStream<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null);
    IKStream<K, VR> Join<VT, VR, VTS, VRS>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new();
    IKStream<K, VR> Join<VT, VR, VTS, VRS>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new();

    /// <summary>Joins each record with the table's value of its key, or <c>default</c> where there is none.</summary>
    IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null);
    IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null);
    IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null);
    IKStream<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, StreamTableJoinProps<K, V, VT> streamTableJoinProps, string? named = null);
    IKStream<K, VR> LeftJoin<VT, VR, VTS, VRS>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new();
    IKStream<K, VR> LeftJoin<VT, VR, VTS, VRS>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) where VTS : ISerDes<VT>, new() where VRS : ISerDes<VR>, new();

    /// <summary>Hands each record to a processor of the author's; the stream ends here.</summary>
    void Process(ProcessorSupplier<K, V> processorSupplier, string? named = null, params string[] storeNames);

    /// <summary>Hands each record to a transformer of the author's, and goes on with what it makes.</summary>
    IKStream<K1, V1> Transform<K1, V1>(TransformerSupplier<K, V, K1, V1> transformerSupplier, string? named = null, params string[] storeNames);

    /// <summary>As <see cref="Transform"/>, but the key stays as it is.</summary>
    IKStream<K, V1> TransformValues<V1>(TransformerSupplier<K, V, K, V1> transformerSupplier, string? named = null, params string[] storeNames);

    /// <summary>Gives each record another event time.</summary>
    IKStream<K, V> WithRecordTimestamp(Func<K, V, IRecordContext, long> timestampExtractor, string? named = null);

    /// <summary>Writes the stream to an internal topic and reads it again, partitioned by its key.</summary>
    IKStream<K, V> Repartition(Repartitioned<K, V>? repartitioned = null);
}
