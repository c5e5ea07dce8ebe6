using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Bench;
using TweetStreams.Processor;

// usage: bench [FILE [REPEATS] [ROUNDS]]: the whole job and the client library alone, on one broker, in one run; machines differ, the ratio travels.
// Then, or alone without a FILE: how long a processor takes to be back at work.
if (args is ["match", var recording])
{
    Matching.Run(recording); // what matching rules costs, without a broker
    return 0;
}
int repeats = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5, rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 2;
const int partitions = 4; int threads = int.Parse(Environment.GetEnvironmentVariable("BENCH_THREADS") ?? "2", CultureInfo.InvariantCulture);
using BenchBroker broker = BenchBroker.Start(Repository());
using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
await RecreateAsync(Topics.Raw);
if (args.Length == 0)
{
    await RecoverAsync();
    return 0;
}
Workload workload = await Workload.LoadAsync(broker.BootstrapServers, Topics.Raw, args[0], repeats);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload.Messages:N0} messages, {workload.Bytes / 1e6:N0} MB, {partitions} partitions, {threads} threads, {Environment.ProcessorCount} cores shared with the broker"));
Console.WriteLine($"{"",-34}{"messages/s",12}{"MB/s",8}{"CPU s",8}{"B/message",11}{"GC s",7}{"MB peak",9}{"ratio",8}");
for (int round = 1; round <= rounds; round++)
{
    await RecreateAsync("bench-copy");
    double ceiling = await MeasureAsync("consume and produce, client alone", null, () =>
    {
        long started = Stopwatch.GetTimestamp();
        Ceiling.ConsumeAndProduce(broker.BootstrapServers, Topics.Raw, "bench-copy", partitions, threads);
        return Task.FromResult(Stopwatch.GetElapsedTime(started));
    });
    // In turn first and second, or what the machine does beside it would always meet the same one.
    bool first = round % 2 == 1;
    await JobAsync(ceiling, first ? null : new ProcessorSettings().Dedupe);
    await JobAsync(ceiling, first ? new ProcessorSettings().Dedupe : null);
}
await RecreateAsync(Topics.Raw);
await RecoverAsync();
return 0;

async Task RecoverAsync()
{
    using var recovery = new Recovery(broker.BootstrapServers, Path.Combine(Repository(), "processor", "bin", "Release", "net10.0", "tweetstreams-processor.dll"), partitions, threads);
    await recovery.RunAsync();
}

async Task JobAsync(double ceiling, TimeSpan? dedupe)
{
    DirectoryInfo state = Directory.CreateTempSubdirectory("tweetstreams-bench-state-");
    await MeasureAsync($"whole job, {(dedupe is null ? "each message" : "each id once")}", ceiling, () => WholeJob.RunAsync(new ProcessorSettings
    {
        Kafka = broker.BootstrapServers,
        ApplicationId = $"bench-{Guid.NewGuid():N}",
        Threads = threads,
        Partitions = partitions,
        Retention = TopologyOptions.Unlimited,
        StateDir = state.FullName,
        Port = 0,
        Dedupe = dedupe,
    }, workload));
    state.Delete(recursive: true);
}

async Task RecreateAsync(string topic)
{
    var existing = admin.GetMetadata(TimeSpan.FromSeconds(10)).Topics.Select(found => found.Topic);
    if (existing.Contains(topic)) await admin.DeleteTopicsAsync([topic]);
    for (int attempt = 0; ; attempt++)
    {
        try
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, Configs = new() { ["message.timestamp.type"] = "LogAppendTime" } }]);
            return;
        }
        catch (CreateTopicsException) when (attempt < 50)
        {
            await Task.Delay(100); // its deletion is still under way
        }
    }
}

async Task<double> MeasureAsync(string name, double? ceiling, Func<Task<TimeSpan>> run)
{
    GC.Collect();
    using var self = Process.GetCurrentProcess();
    TimeSpan cpu = self.TotalProcessorTime, paused = GC.GetTotalPauseDuration();
    long allocated = GC.GetTotalAllocatedBytes();
    TimeSpan elapsed = await run();
    self.Refresh();
    double rate = workload.Messages / elapsed.TotalSeconds;
    string ratio = ceiling is { } most ? (rate / most).ToString("0.00", CultureInfo.InvariantCulture) : "";
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34}{rate,12:N0}{workload.Bytes / 1e6 / elapsed.TotalSeconds,8:N0}{(self.TotalProcessorTime - cpu).TotalSeconds,8:0.0}{(GC.GetTotalAllocatedBytes() - allocated) / workload.Messages,11:N0}{(GC.GetTotalPauseDuration() - paused).TotalSeconds,7:0.0}{self.PeakWorkingSet64 / 1e6,9:N0}{ratio,8}"));
    return rate;
}

static string Repository()
{
    for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        if (File.Exists(Path.Combine(directory.FullName, "TweetStreams.sln"))) return directory.FullName;
    throw new InvalidOperationException("run the benchmark from within the repository");
}
