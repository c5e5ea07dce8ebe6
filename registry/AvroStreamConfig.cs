namespace TweetStreams.Registry;

/// <summary>The settings of an application whose serdes find their registry in them.</summary>
public class AvroStreamConfig : StreamConfig
{
    private readonly Lock making = new();
    private SchemaRegistryClient? registry;

    /// <summary>Where the registry is and how it is used.</summary>
    public SchemaRegistryOptions? SchemaRegistry { get; set; }

    /// <summary>The registry's addresses, comma-separated, where nothing else is to be said; the name that Streamiz has for it.</summary>
    /// <exception cref="StreamConfigException">One is no address.</exception>
    public string SchemaRegistryUrl
    {
        get => SchemaRegistry is null ? "" : string.Join(',', SchemaRegistry.Urls);
        set => SchemaRegistry = new SchemaRegistryOptions(value);
    }

    /// <summary>One client for all serdes.</summary>
    internal SchemaRegistryClient Registry
    {
        get
        {
            lock (making) return registry ??= new SchemaRegistryClient(SchemaRegistry ?? throw new StreamConfigException($"{nameof(SchemaRegistry)} is not set; the topology has Avro serdes"), TimeProvider);
        }
    }
}
