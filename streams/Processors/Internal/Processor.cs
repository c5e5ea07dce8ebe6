namespace TweetStreams.Streams.Processors.Internal;

/// <summary>One step of a task's lane: takes records and hands what comes of them to the next steps, by plain calls.</summary>
internal abstract class Processor<K, V>
{
    /// <summary>Processes one record; its time, headers and origin are in the task's <see cref="TaskContext"/>.</summary>
    internal abstract void Process(K key, V value);
}

/// <summary>The steps behind a step.</summary>
internal readonly struct Downstream<K, V>(Processor<K, V>[] targets)
{
    internal void Forward(K key, V value)
    {
        foreach (Processor<K, V> target in targets) target.Process(key, value);
    }
}

/// <summary>A step that holds something back until the commit: a combiner, an aggregation.</summary>
internal interface IBuffering
{
    /// <summary>Hands on everything that is held back. Called in the order of the data flow, so that what one hands on is in the next one's.</summary>
    void Flush();
}
