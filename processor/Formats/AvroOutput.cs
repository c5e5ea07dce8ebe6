using System.Buffers;
using TweetStreams.Processor.Words;
using TweetStreams.Registry;
using TweetStreams.Schemas.Typed;

namespace TweetStreams.Processor.Formats;

/// <summary>Everything in Avro, with the schemas in a registry.</summary>
internal static class AvroOutput
{
    /// <summary>Registers or checks all schemas, so that nothing is consumed that could not be written.</summary>
    /// <exception cref="SchemaRegistryException">The registry does not answer or refuses; the message says what to do.</exception>
    public static async Task<OutputFormat> PrepareAsync(SchemaRegistryClient registry, bool raw, CancellationToken stop)
    {
        var messages = new AvroMessageSerDes(registry, raw);
        var totals = new WrittenAvroSerDes<WordTotal>(registry, AvroSchemas.WordTotal, static (total, output) => Write(new AvroWriter(output), total));
        var counts = new WrittenAvroSerDes<WordCount>(registry, AvroSchemas.WordCount, static (count, output) => Write(new AvroWriter(output), count));
        var top = new WrittenAvroSerDes<WordTotal[]>(registry, AvroSchemas.TopWords, static (words, output) => new AvroWriter(output).Array(words, static (avro, word) => Write(avro, word)));
        await messages.PrepareAsync(stop).ConfigureAwait(false);
        await totals.PrepareAsync(Topics.WordTotals, stop).ConfigureAwait(false);
        await counts.PrepareAsync(Topics.WordCounts, stop).ConfigureAwait(false);
        await top.PrepareAsync(Topics.TopWords, stop).ConfigureAwait(false);
        return new OutputFormat(messages, totals, counts, top);
    }

    private static void Write(AvroWriter avro, WordTotal total)
    {
        avro.String(total.Word);
        avro.Long(total.Count);
    }

    private static void Write(AvroWriter avro, WordCount count)
    {
        avro.String(count.Word);
        avro.Long(Milliseconds(count.Start));
        avro.Long(Milliseconds(count.End));
        avro.Long(count.Count);
    }

    private static long Milliseconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
}
