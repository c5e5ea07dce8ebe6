namespace TweetStreams.Processor.Commands;

/// <summary>Says, when a job has started, where everything is and how to look at it.</summary>
internal static class Introduction
{
    public static void Write(TextWriter output, Job job, bool embedded)
    {
        output.WriteLine($"page    {job.PageAddress}/");
        output.WriteLine($"kafka   {job.BootstrapServers}{(embedded ? "  (embedded: in memory, gone when this stops; KAFKA=host:port uses a real one)" : "")}");
        output.WriteLine($"read    kcat -C -b {job.BootstrapServers} -t {Topics.WordTotals} -K '\\t' -e");
        output.WriteLine(embedded
            ? $"        make topic NAME={Topics.WordTotals}"
            : $"        kafka-console-consumer.sh --bootstrap-server {job.BootstrapServers} --topic {Topics.WordTotals} --from-beginning --property print.key=true");
    }
}
