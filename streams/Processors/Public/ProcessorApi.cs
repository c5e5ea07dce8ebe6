using TweetStreams.Streams.Errors;
using TweetStreams.Streams.State;

namespace TweetStreams.Streams.Processors.Public;

/// <summary>A step written by hand, with access to stores and schedules. Each task has an instance of its own.</summary>
public interface IProcessor<K, V>
{
    /// <summary>Called once, before the first record and after the stores were restored.</summary>
    void Init(ProcessorContext<K, V> context);
    void Process(Record<K, V> record);
    void Close();
}

/// <summary>A step written by hand that makes a record of a record; more can be forwarded through the context.</summary>
public interface ITransformer<K, V, K1, V1>
{
    /// <summary>Called once, before the first record and after the stores were restored.</summary>
    void Init(ProcessorContext<K1, V1> context);

    /// <summary>What goes on downstream; null for nothing.</summary>
    Record<K1, V1>? Process(Record<K, V> record);
    void Close();
}

/// <summary>How tasks come by their instance of a processor.</summary>
public class ProcessorSupplier<K, V>
{
    internal ProcessorSupplier(Func<IProcessor<K, V>> create, IStoreBuilder? storeBuilder) => (Create, StoreBuilder) = (create, storeBuilder);

    internal Func<IProcessor<K, V>> Create { get; }
    public IStoreBuilder? StoreBuilder { get; }
}

/// <summary>How tasks come by their instance of a transformer.</summary>
public class TransformerSupplier<K, V, K1, V1>
{
    internal TransformerSupplier(Func<ITransformer<K, V, K1, V1>> create, IStoreBuilder? storeBuilder) => (Create, StoreBuilder) = (create, storeBuilder);

    internal Func<ITransformer<K, V, K1, V1>> Create { get; }
    public IStoreBuilder? StoreBuilder { get; }
}

/// <summary>Starts the description of a processor.</summary>
public class ProcessorBuilder
{
    public static ProcessorBuilder<K, V> New<K, V>() => new();
}

/// <summary>Describes a processor: its class or function, and a store of its own.</summary>
public class ProcessorBuilder<K, V>
{
    private Func<IProcessor<K, V>>? create;
    private IStoreBuilder? storeBuilder;

    /// <summary>The processor's class; each task makes an instance with these constructor parameters.</summary>
    /// <exception cref="TopologyException">The class has no such constructor.</exception>
    public ProcessorBuilder<K, V> Processor<Pr>(params object[] parameters) where Pr : IProcessor<K, V>, new()
    {
        create = Instances.Factory<IProcessor<K, V>>(typeof(Pr), parameters);
        return this;
    }

    public ProcessorBuilder<K, V> Processor(Action<Record<K, V>> processor)
    {
        create = () => new FunctionProcessor<K, V>(processor);
        return this;
    }

    public ProcessorBuilder<K, V> StateStore(IStoreBuilder storeBuilder)
    {
        this.storeBuilder = storeBuilder;
        return this;
    }

    public ProcessorSupplier<K, V> Build() => new(create ?? throw new TopologyException("a processor needs a class or a function: call Processor(…) before Build()"), storeBuilder);
}

/// <summary>Starts the description of a transformer.</summary>
public class TransformerBuilder
{
    public static TransformerBuilder<K, V, K1, V1> New<K, V, K1, V1>() => new();
}

/// <summary>Describes a transformer: its class or function, and a store of its own.</summary>
public class TransformerBuilder<K, V, K1, V1>
{
    private Func<ITransformer<K, V, K1, V1>>? create;
    private IStoreBuilder? storeBuilder;

    /// <summary>The transformer's class; each task makes an instance with these constructor parameters.</summary>
    /// <exception cref="TopologyException">The class has no such constructor.</exception>
    public TransformerBuilder<K, V, K1, V1> Transformer<Tr>(params object[] parameters) where Tr : ITransformer<K, V, K1, V1>, new()
    {
        create = Instances.Factory<ITransformer<K, V, K1, V1>>(typeof(Tr), parameters);
        return this;
    }

    public TransformerBuilder<K, V, K1, V1> Transformer(Func<Record<K, V>, Record<K1, V1>?> transformer)
    {
        create = () => new FunctionTransformer<K, V, K1, V1>(transformer);
        return this;
    }

    public TransformerBuilder<K, V, K1, V1> StateStore(IStoreBuilder storeBuilder)
    {
        this.storeBuilder = storeBuilder;
        return this;
    }

    public TransformerSupplier<K, V, K1, V1> Build() => new(create ?? throw new TopologyException("a transformer needs a class or a function: call Transformer(…) before Build()"), storeBuilder);
}

internal sealed class FunctionProcessor<K, V>(Action<Record<K, V>> process) : IProcessor<K, V>
{
    public void Init(ProcessorContext<K, V> context) { }
    public void Process(Record<K, V> record) => process(record);
    public void Close() { }
}

internal sealed class FunctionTransformer<K, V, K1, V1>(Func<Record<K, V>, Record<K1, V1>?> transform) : ITransformer<K, V, K1, V1>
{
    public void Init(ProcessorContext<K1, V1> context) { }
    public Record<K1, V1>? Process(Record<K, V> record) => transform(record);
    public void Close() { }
}

internal static class Instances
{
    /// <summary>Makes instances of a type; a parameter list that fits no constructor is an error here, while the topology is written.</summary>
    internal static Func<T> Factory<T>(Type type, object[] parameters)
    {
        if (!type.GetConstructors().Any(constructor => Fits(constructor.GetParameters(), parameters)))
            throw new TopologyException($"{type.Name} has no public constructor for ({string.Join(", ", parameters.Select(value => value?.GetType().Name ?? "null"))})");
        return () => (T)Activator.CreateInstance(type, parameters)!;
    }

    private static bool Fits(System.Reflection.ParameterInfo[] declared, object[] given) =>
        declared.Length == given.Length && declared.Zip(given).All(pair => pair.Second is null ? !pair.First.ParameterType.IsValueType : pair.First.ParameterType.IsInstanceOfType(pair.Second));
}
