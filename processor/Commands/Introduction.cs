namespace TweetStreams.Processor.Commands;

/// <summary>Says, when a job has started, where everything is and how to look at it.</summary>
internal static class Introduction
{
    public static void Write(TextWriter output, Job job, bool embedded)
    {
        output.WriteLine($"page    {job.PageAddress}/");
        output.WriteLine($"kafka   {job.BootstrapServers}{(embedded ? "  (embedded: in memory, gone when this stops; KAFKA=host:port uses a real one)" : "")}");
        output.WriteLine(job.Guarantee == ProcessingGuarantee.EXACTLY_ONCE
            ? "counts  exactly once; readers of the topics set isolation.level=read_committed"
            : $"counts  at least once{(embedded ? ": the embedded broker keeps no transactions" : ": after a crash the last interval may count twice")}");
        if (job.Registry is { } registry)
        {
            output.WriteLine($"read    kcat -C -b {job.BootstrapServers} -t {Topics.WordTotals} -s value=avro -r {registry.Urls[0].AbsoluteUri.TrimEnd('/')} -K '\\t' -e");
            return;
        }
        output.WriteLine($"read    kcat -C -b {job.BootstrapServers} -t {Topics.WordTotals} -K '\\t' -e");
        output.WriteLine(embedded
            ? $"        make topic NAME={Topics.WordTotals}"
            : $"        kafka-console-consumer.sh --bootstrap-server {job.BootstrapServers} --topic {Topics.WordTotals} --from-beginning --isolation-level read_committed --property print.key=true");
    }
}
