using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.Table;

/// <summary>A table: the present value of each key. A record is a change of it.</summary>
public interface IKTable<K, V>
{
    /// <summary>The rows that the predicate takes; one that it no longer takes is deleted downstream.</summary>
    IKTable<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>The rows that the predicate does not take.</summary>
    IKTable<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>The table's changes as a stream.</summary>
    IKStream<K, V> ToStream(string? named = null);
    IKStream<KR, V> ToStream<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null);
    IKStream<KR, V> ToStream<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null);

    /// <summary>The table with a new value of each value.</summary>
    IKTable<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null);
    IKTable<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null);
    IKTable<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapperWithKey, string? named = null);
    IKTable<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapperWithKey, string? named = null);
}
