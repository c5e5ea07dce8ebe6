using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>What the client library alone does with the same bytes. Nothing that is built on it is faster.</summary>
/// <remarks>
/// Without delivery reports, which cost a third of producing: whether all has arrived is counted in the topic afterwards.
/// </remarks>
internal static class Ceiling
{
    public const string Target = "bench-copy";

    /// <summary>Consumes what is there, and produces it to another topic where that is asked for.</summary>
    public static Measurement Run(JobOptions options, bool produce)
    {
        long messages = 0, bytes = 0;
        var failures = new List<Exception>();
        var meter = new Meter();
        Thread[] lanes = [.. Enumerable.Range(0, options.Threads).Select(thread => new Thread(() => Lane([.. Enumerable.Range(0, options.Partitions).Where(partition => partition % options.Threads == thread)])))];
        foreach (Thread lane in lanes) lane.Start();
        foreach (Thread lane in lanes) lane.Join();
        Measurement measured = meter.Stop(messages, bytes);
        return failures.Count == 0 ? measured : throw new AggregateException(failures);

        void Lane(int[] partitions)
        {
            if (partitions.Length == 0) return;
            try
            {
                using var consumer = Clients.Reader(options.Kafka);
                using var producer = produce ? Clients.Writer(options.Kafka, reports: false) : null;
                long read = 0, size = 0;
                consumer.ReadAll(Topics.Raw, partitions, record =>
                {
                    read++;
                    size += record.Value.Length;
                    producer?.Send(Target, record.Key, record.Value);
                });
                producer?.FlushAll();
                Interlocked.Add(ref messages, read);
                Interlocked.Add(ref bytes, size);
            }
            catch (Exception e)
            {
                lock (failures) failures.Add(e);
            }
        }
    }
}
