using System.Diagnostics;
using System.Globalization;

namespace TweetStreams.Chaos;

/// <summary>One run: messages flow while faults happen; then all must have recovered, and what came out must be right.</summary>
internal sealed class ChaosRun(ChaosOptions options, TextWriter output)
{
    private readonly string folder = Directory.CreateTempSubdirectory("tweetstreams-chaos-").FullName;
    private readonly long started = Stopwatch.GetTimestamp();
    private readonly Dictionary<int, Instance> instances = [];
    private readonly SortedDictionary<FaultKind, int> happened = [];
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <returns>Whether all was well.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        bool keep = options.Keep;
        try
        {
            await AttemptAsync(stop);
            return true;
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            keep = true;
            Say($"FAILED, seed {options.Seed}: {(e is ChaosException ? e.Message : e)}");
            return false;
        }
        finally
        {
            if (keep) Say($"kept in {folder}{(options.Kafka is null ? "; ../shared/kafka/kafka up " + Path.Combine(folder, "kafka") + " starts its brokers again" : "")}");
            else Directory.Delete(folder, recursive: true);
        }
    }

    private async Task AttemptAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using Cluster cluster = await Cluster.StartAsync(options, Path.Combine(folder, "kafka"));
        Say($"kafka {cluster.BootstrapServers}");
        using Running producer = Running.Logged(
            Path.Combine(folder, "producer.log"), Repository.Program("producer", "tweetstreams-producer"), "--kafka", cluster.BootstrapServers, "--source", "-", "--speed", "1x", "--partitions", "4");
        try
        {
            Task watch = WatchAsync(ended.Token);
            Task main = FeedAndCheckAsync(cluster, producer, ended.Token);
            Task first = await Task.WhenAny(main, watch, failed.Task);
            await ended.CancelAsync();
            // The first failure is the one that counts; what was begun is ended all the same, or it would start what nobody stops.
            await Task.WhenAll(main, watch).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
        }
        finally
        {
            foreach (Instance instance in instances.Values) instance.Dispose();
        }
    }

    private async Task FeedAndCheckAsync(Cluster cluster, Running producer, CancellationToken stop)
    {
        string file = Path.Combine(folder, "load.ndjson");
        var progress = new Progress(cluster);
        using var fed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var measured = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<long> feed = Task.Run(() => Load.FeedAsync(options.Seed, file, producer, fed.Token), stop);
        _ = GuardAsync(feed);
        try
        {
            foreach (int number in Enumerable.Range(1, options.Kills is null ? Schedule.Instances : Schedule.MostInstances)) At(number, cluster).Start();
            await Task.WhenAll(instances.Values.Select(instance => instance.WorksAsync(stop)));
            Say($"{instances.Count} instances at work");
            _ = GuardAsync(progress.WatchAsync(measured.Token));
            TimeSpan began = Stopwatch.GetElapsedTime(started);
            await UnleashAsync(cluster, progress, began, stop);
            for (long waiting = Stopwatch.GetTimestamp(); !progress.Recovered; await Task.Delay(100, stop))
                if (Stopwatch.GetElapsedTime(waiting) > TimeSpan.FromSeconds(120)) throw new ChaosException("the group has not recovered within 120 s of the last fault");
            TimeSpan lasted = Stopwatch.GetElapsedTime(started) - began;
            await fed.CancelAsync();
            long messages = await feed;
            if (await producer.ExitAsync() != 0) throw new ChaosException($"the producer failed: {producer}");
            Say($"{messages} messages are sent; waiting until they are consumed");
            await Drain.WaitAsync(cluster, stop);
            await Check.RunAsync(cluster.BootstrapServers, file, options);
            Say(string.Create(CultureInfo.InvariantCulture, $"""
                seed {options.Seed}, {options.Guarantee}, Kafka {options.Release}, {options.GroupProtocol}: {happened.Values.Sum()} faults ({string.Join(", ", happened.Select(kind => $"{kind.Key} {kind.Value}"))}), {messages} messages in {lasted.TotalSeconds:0} s, recovered in {progress.Summary}: {(options.DemandsEquality ? "all is exact" : "nothing is missing")}
                """));
        }
        finally
        {
            await fed.CancelAsync();
            await measured.CancelAsync();
        }
    }

    private async Task UnleashAsync(Cluster cluster, Progress progress, TimeSpan began, CancellationToken stop)
    {
        // What is done to an instance, or to the brokers, is done one after the other; to several of them at the same time.
        var under = new Dictionary<int, Task>();
        const int brokers = 0;
        try
        {
            foreach (Fault fault in options.Kills is { } kills ? Schedule.Kills(options.Seed).Take(kills) : Schedule.Of(options.Seed, cluster.Brokers, options.Gentle))
            {
                if (options.Kills is null && Stopwatch.GetElapsedTime(started) - began + fault.After > options.Duration) break;
                await Task.Delay(fault.After, stop);
                int target = fault.OfBroker ? brokers : fault.Target;
                // A kill is of use where there is work to be torn.
                if (options.Kills is not null)
                {
                    await under.GetValueOrDefault(target, Task.CompletedTask);
                    await At(target, cluster).WorksAsync(stop);
                }
                under[target] = GuardAsync(InflictAsync(fault, under.GetValueOrDefault(target, Task.CompletedTask), cluster, progress, stop));
            }
        }
        finally
        {
            await Task.WhenAll(under.Values);
        }
        await Task.WhenAll(instances.Values.Where(instance => instance.Present).Select(instance => instance.WorksAsync(stop)));
    }

    private async Task InflictAsync(Fault fault, Task before, Cluster cluster, Progress progress, CancellationToken stop)
    {
        await before;
        Say(fault.ToString());
        lock (happened) happened[fault.Kind] = happened.GetValueOrDefault(fault.Kind) + 1;
        if (fault.OfBroker)
        {
            await (fault.Kind == FaultKind.KillBroker ? cluster.KillAsync(fault.Target) : cluster.PauseAsync(fault.Target));
            await Task.Delay(fault.Lasts, stop);
            await (fault.Kind == FaultKind.KillBroker ? cluster.ReviveAsync() : cluster.ResumeAsync(fault.Target));
            return;
        }
        Instance instance = At(fault.Target, cluster);
        progress.Disturbed();
        switch (fault.Kind)
        {
            case FaultKind.Freeze:
                instance.Freeze();
                await Task.Delay(fault.Lasts, stop);
                instance.Thaw();
                break;
            case FaultKind.Kill:
            case FaultKind.Leave when fault.Unasked:
                await instance.KillAsync();
                break;
            case FaultKind.Stop:
            case FaultKind.Leave:
                await instance.StopAsync();
                break;
        }
        if (fault.Kind is FaultKind.Kill or FaultKind.Stop) await Task.Delay(fault.Lasts, stop);
        if (fault.LosesState) instance.DeleteState();
        if (fault.Kind is FaultKind.Kill or FaultKind.Stop or FaultKind.Join) instance.Start();
        if (fault.Kind != FaultKind.Leave) _ = GuardAsync(ReturnsAsync(instance, fault, stop));
    }

    private static async Task ReturnsAsync(Instance instance, Fault fault, CancellationToken stop)
    {
        // One that was frozen goes on for a moment as if nothing had been, until the group tells it otherwise.
        if (fault.Kind == FaultKind.Freeze) await Task.Delay(TimeSpan.FromSeconds(3), stop);
        await instance.WorksAsync(stop);
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        for (; ; await Task.Delay(200, stop))
        {
            Instance[] all;
            lock (instances) all = [.. instances.Values];
            foreach (Instance instance in all) instance.ThrowIfEnded();
        }
    }

    /// <summary>A failure ends the run at once.</summary>
    private async Task GuardAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The run is over, and what watched it was told so.
        }
#pragma warning disable CA1031 // handed on, whatever it is
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed.TrySetException(e);
        }
    }

    private Instance At(int number, Cluster cluster)
    {
        lock (instances) return instances.TryGetValue(number, out Instance? there) ? there : instances[number] = new Instance(number, folder, options, cluster.BootstrapServers);
    }

    private void Say(string line)
    {
        lock (output) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(started).TotalSeconds,7:0.0} s  {line}"));
    }
}
