namespace TweetStreams.Bench;

/// <summary>How long it takes to read the state back from Kafka where its directory is gone, until the job is at work again.</summary>
internal sealed class Restore(Bench bench)
{
    public async Task RunAsync()
    {
        BenchOptions options = bench.Options;
        Workload workload = await bench.LoadAsync(options.Partitions);
        await bench.Topics.ClearAsync();
        JobOptions job = bench.Job(JobOptions.Whole, exactlyOnce: true);
        bench.Check(job, await Child.RunAsync(job), workload);
        var rounds = new List<Measurement>();
        for (int round = 1; round <= options.Rounds; round++)
        {
            Directory.Delete(job.StateDir, recursive: true);
            JobOptions again = job with { Kind = JobOptions.Restore };
            Measurement one = await Child.RunAsync(again);
            bench.Check(again, one, workload);
            Bench.Say($"round {round}  {one.Restored:N0} changes restored {one.Seconds:0.0} s after the start of the threads, {one.Restored / one.Seconds:N0} a second; {one.CpuSeconds:0.0} s of CPU, {one.PeakBytes / 1e6:N0} MB peak");
            rounds.Add(one);
        }
        Bench.Remove(job);
        Bench.Say($"restore: {Spread.Of(rounds.Select(one => one.Restored / one.Seconds)).Text("N0")} changes a second");
        Report.Write(options, "restore", rounds);
    }
}
