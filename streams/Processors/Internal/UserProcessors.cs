using TweetStreams.Streams.Processors.Public;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Processors.Internal;

/// <summary>Runs an author's processor as a step.</summary>
internal sealed class UserProcessor<K, V> : Processor<K, V>
{
    private readonly IProcessor<K, V> processor;
    private readonly TaskContext context;

    internal UserProcessor(IProcessor<K, V> processor, TaskAssembly assembly)
    {
        this.processor = processor;
        context = assembly.Context;
        assembly.WhenRestored(() => processor.Init(new ProcessorContext<K, V>(assembly, new Downstream<K, V>([]))));
        assembly.WhenClosing(processor.Close);
    }

    internal override void Process(K key, V value)
    {
        var saved = context.Save();
        processor.Process(new Record<K, V>(context, key, value));
        context.Restore(saved);
    }
}

/// <summary>Runs an author's transformer as a step; <c>keyOf</c> tells the key that goes on, the transformer's or the one that came.</summary>
internal sealed class UserTransformer<K, V, K1, V1> : Processor<K, V>
{
    private readonly ITransformer<K, V, K1, V1> transformer;
    private readonly TaskContext context;
    private readonly Downstream<K1, V1> next;
    private readonly Func<K, K1, K1> keyOf;

    internal UserTransformer(ITransformer<K, V, K1, V1> transformer, Func<K, K1, K1> keyOf, Downstream<K1, V1> next, TaskAssembly assembly)
    {
        this.transformer = transformer;
        this.keyOf = keyOf;
        this.next = next;
        context = assembly.Context;
        assembly.WhenRestored(() => transformer.Init(new ProcessorContext<K1, V1>(assembly, next)));
        assembly.WhenClosing(transformer.Close);
    }

    internal override void Process(K key, V value)
    {
        var saved = context.Save();
        if (transformer.Process(new Record<K, V>(context, key, value)) is { } made)
        {
            if (made.HeadersIfAny is { } headers) context.SetHeaders(headers);
            next.Forward(keyOf(key, made.Key), made.Value);
        }
        context.Restore(saved);
    }
}
