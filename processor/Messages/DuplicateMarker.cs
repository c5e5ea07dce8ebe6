using Confluent.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Messages;

/// <summary>
/// Marks a tweet or retweet whose id was seen within an interval of event time before, so that its words count once. The mark is on the message, for
/// the steps behind, and in a header, for who reads the topic of its kind.
/// </summary>
/// <remarks>
/// Times are the partition's stream time: a message is seen when it comes, whatever time it bears. An id's sightings lie in buckets as long as the
/// interval, so a look-up asks this bucket and the one before, and the store drops a bucket at a time.
/// </remarks>
internal sealed class DuplicateMarker(TimeSpan interval) : ITransformer<byte[], Message, byte[], Message>
{
    public const string Header = "duplicate";
    private const string StoreName = "seen";

    // Each bucket has under the key that no id is, and that is its first, the stream time. A restart goes on from there.
    private static readonly byte[] Clock = [];

    private readonly long intervalMs = (long)interval.TotalMilliseconds;
    private ProcessorContext<byte[], Message> context = null!;
    private IWindowStore<byte[], Sighting> seen = null!;

    // Where no time is known yet it is 1, since 0 is what the store says of an id that it does not have.
    private long now = 1;

    // The runtime makes its own with the parameters; the DSL asks that the class could be made without.
    public DuplicateMarker() : this(TimeSpan.FromMinutes(15)) { }

    private long Bucket => now - now % intervalMs;

    public static TransformerSupplier<byte[], Message, byte[], Message> Supplier(TimeSpan interval) => TransformerBuilder
        .New<byte[], Message, byte[], Message>()
        .Transformer<DuplicateMarker>(interval)
        .StateStore(Stores.WindowStoreBuilder(Stores.PersistentWindowStore(StoreName, 2 * interval, interval), new ByteArraySerDes(), new SightingSerDes()))
        .Build();

    public void Init(ProcessorContext<byte[], Message> context)
    {
        this.context = context;
        seen = (IWindowStore<byte[], Sighting>)context.GetStateStore(StoreName);
        // From bucket to bucket, by the first row of each.
        for (long from = 0; ;)
        {
            using var rows = seen.FetchAll(Time(from), DateTimeOffset.MaxValue.UtcDateTime);
            if (!rows.MoveNext() || rows.Current is not { } first) break;
            if (first.Key.Key.Length == 0) now = first.Value.At;
            from = first.Key.Window.StartMs + 1;
        }

        static DateTime Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
    }

    public Record<byte[], Message>? Process(Record<byte[], Message> record)
    {
        Message message = record.Value;
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) return record;
        if (context.Timestamp > now)
        {
            now = context.Timestamp;
            seen.Put(Clock, new Sighting(now, context.Offset), Bucket);
        }
        byte[] id = message.Id!;
        Sighting last = seen.Fetch(id, Bucket);
        if (last == default) last = seen.Fetch(id, Bucket - intervalMs);
        // After a crash the store may be ahead of the offsets. A sighting that is no earlier than this delivery is then its own: its words may never
        // have been counted.
        bool duplicate = last != default && now - last.At <= intervalMs && last.Offset < context.Offset;
        if (!duplicate || last.At < now) seen.Put(id, new Sighting(now, duplicate ? last.Offset : context.Offset), Bucket);
        return duplicate ? Record<byte[], Message>.Create(record.Key, message.AsDuplicate(), Marked(record.Headers)) : record;
    }

    public void Close() { }

    private static Headers Marked(Headers received)
    {
        var headers = new Headers();
        foreach (IHeader header in received) headers.Add(header.Key, header.GetValueBytes());
        headers.Add(Header, "true"u8.ToArray());
        return headers;
    }
}
