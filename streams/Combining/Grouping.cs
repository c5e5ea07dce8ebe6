using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.SerDes;

namespace TweetStreams.Streams.Combining;

/// <summary>
/// A grouped stream and all aggregations behind it. Where every one of them is a count or a reduce, records are aggregated before the
/// repartition topic, per key and pane; else they travel one by one, packed all the same.
/// </summary>
internal sealed class Grouping<K, V>(string name, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes)
{
    private readonly List<AggregationDefinition<K, V>> aggregations = [];

    internal string Name => name;
    internal IReadOnlyList<AggregationDefinition<K, V>> Aggregations => aggregations;

    /// <summary>The functions of the reduces behind it, each once: what a <see cref="Partial{V}"/> carries besides the count.</summary>
    internal List<Func<V, V, V>> Reducers { get; } = [];

    internal bool Combines => aggregations.All(aggregation => aggregation.Combines);

    /// <summary>
    /// The largest span such that every window of every aggregation holds all of it or nothing: the greatest common divisor of the windows' sizes
    /// and advances; 0 where nothing is windowed.
    /// </summary>
    internal long PaneMs => aggregations.SelectMany(aggregation => aggregation.Windows is { } windows ? new[] { windows.Size, windows.AdvanceMs } : []).Aggregate(0L, Gcd);

    internal ISerDes<K> KeySerdes(StreamConfig config) => SerdeDefaults.Key(keySerdes, config, $"grouping {name}");
    internal ISerDes<V> ValueSerdes(StreamConfig config) => SerdeDefaults.Value(valueSerdes, config, $"grouping {name}");

    internal void Add(AggregationDefinition<K, V> aggregation) => aggregations.Add(aggregation);

    /// <summary>The index of a reducer in the partials.</summary>
    internal int Reducer(Func<V, V, V> reducer)
    {
        int index = Reducers.IndexOf(reducer);
        if (index >= 0) return index;
        Reducers.Add(reducer);
        return Reducers.Count - 1;
    }

    internal Aggregation<K, V>[] Connect(TaskAssembly assembly) => [.. aggregations.Select(assembly.Get)];

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
