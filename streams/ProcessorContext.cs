using Confluent.Kafka;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams;

/// <summary>The task and the record that user code is called with.</summary>
public class ProcessorContext
{
    private readonly TaskAssembly assembly;

    internal ProcessorContext(TaskAssembly assembly) => this.assembly = assembly;

    public string ApplicationId => assembly.Config.ApplicationId;
    public virtual TaskId Id => assembly.Id;

    /// <summary>Event time of the record, ms since 1970; negative where it has none.</summary>
    public virtual long Timestamp => assembly.Context.Timestamp;
    public string Topic => assembly.Context.Topic;
    public long Offset => assembly.Context.Offset;
    public Headers Headers => assembly.Context.Headers;
    public Partition Partition => assembly.Context.Partition;

    /// <summary>The task's own directory.</summary>
    public virtual string StateDir => assembly.StateDirectory;

    /// <summary>Now, ms since 1970, by the application's clock.</summary>
    public virtual long WallClockTime => assembly.WallClock();

    public void ChangeTimestamp(long ts) => assembly.Context.ChangeTimestamp(ts);
    public void SetHeaders(Headers headers) => assembly.Context.SetHeaders(headers);

    /// <summary>A store that the processor is connected to.</summary>
    /// <exception cref="TopologyException">The processor is connected to no store of that name.</exception>
    public virtual IStateStore GetStateStore(string storeName) => assembly.Stores.FirstOrDefault(store => store.Name == storeName)
        ?? throw new TopologyException($"no state store '{storeName}' here; name it where the processor or transformer is added to the stream");
}
