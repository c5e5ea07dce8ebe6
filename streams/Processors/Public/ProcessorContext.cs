using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Processors.Public;

/// <summary>What a processor may do besides taking records: forward, schedule, ask for a commit.</summary>
/// <typeparam name="K">Type of the keys that it forwards.</typeparam>
/// <typeparam name="V">Type of the values that it forwards.</typeparam>
public class ProcessorContext<K, V> : ProcessorContext
{
    private readonly TaskAssembly assembly;
    private readonly Downstream<K, V> next;

    internal ProcessorContext(TaskAssembly assembly, Downstream<K, V> next) : base(assembly) => (this.assembly, this.next) = (assembly, next);

    /// <summary>Hands a record on, with the time and headers of the one in hand.</summary>
    public void Forward(K key, V value) => next.Forward(key, value);

    /// <summary>Asks for a commit before the interval is over.</summary>
    public virtual void Commit() => assembly.RequestCommit();

    /// <summary>Calls <paramref name="punctuator"/> every <paramref name="interval"/>, with the time that it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is shorter than 10 ms.</exception>
    public TaskScheduled Schedule(TimeSpan interval, PunctuationType punctuationType, Action<long> punctuator)
    {
        if (interval < TimeSpan.FromMilliseconds(10)) throw new ArgumentOutOfRangeException(nameof(interval), interval, "a schedule's interval is at least 10 ms");
        return assembly.Punctuations.Add((long)interval.TotalMilliseconds, punctuationType, punctuator, assembly.WallClock());
    }
}
