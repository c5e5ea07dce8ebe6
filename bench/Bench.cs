using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>What the user chose.</summary>
internal sealed record BenchOptions
{
    /// <summary>The recording; null for the one beside the repository.</summary>
    public string? File { get; init; }
    public int Repeats { get; init; } = 5;
    public int Rounds { get; init; } = 2;
    public int Threads { get; init; } = 2;
    public int Partitions { get; init; } = 4;

    /// <summary>An id counts once.</summary>
    public bool Dedupe { get; init; } = true;
    public bool Trends { get; init; } = true;

    /// <summary>Java Kafka Streams is measured too.</summary>
    public bool Java { get; init; }

    /// <summary>The job on Streamiz.Kafka.Net is measured too.</summary>
    public bool Streamiz { get; init; }

    /// <summary>Names of rows; empty for all.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>The file for the figures; null for one of its own.</summary>
    public string? Json { get; init; }

    /// <exception cref="SettingException">There is none.</exception>
    public string Recording
    {
        get
        {
            string file = File ?? Repository.Shared("data", "v11-sample-20190703.ndjson.gz");
            return System.IO.File.Exists(file) ? file : throw new SettingException(File is null ? "no recording to measure with: name one with FILE=recording.ndjson.gz" : $"there is no file {file}");
        }
    }
}

/// <summary>What all measurements of a run share: the broker and its topics, and runs that are checked.</summary>
internal sealed class Bench : IDisposable
{
    private readonly BenchBroker broker = BenchBroker.Start();
    private readonly DirectoryInfo work = Directory.CreateTempSubdirectory("tweetstreams-bench-work-");

    private bool disposed;

    public Bench(BenchOptions options)
    {
        Options = options;
        Topics = new BenchTopics(broker.BootstrapServers);
        // A signal leaves no broker behind either.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public BenchOptions Options { get; }
    public BenchTopics Topics { get; }
    public string Kafka => broker.BootstrapServers;

    /// <summary>The recording into the raw topic, and what must come out.</summary>
    public async Task<Workload> LoadAsync(int partitions)
    {
        Workload workload = await LoadAsync(Recording.RepeatAsync(Options.Recording, Options.Repeats), partitions);
        Say($"{workload.All.Messages:N0} messages, {workload.All.Bytes / 1e6:N0} MB, {workload.Once.Totals.Count:N0} distinct words, {workload.Once.Windows.Count:N0} counts of windows");
        return workload;
    }

    /// <summary>Messages into the raw topic, and what must come out.</summary>
    public async Task<Workload> LoadAsync(IAsyncEnumerable<byte[]> messages, int partitions)
    {
        await Topics.ClearAsync();
        await Topics.MakeAsync(Processor.Topics.Raw, partitions);
        return await Workload.LoadAsync(Kafka, Processor.Topics.Raw, messages);
    }

    /// <summary>What a process is to do, with a state directory and a folder of its own.</summary>
    public JobOptions Job(string kind, bool exactlyOnce = false)
    {
        var job = new JobOptions { Kind = kind, Kafka = Kafka, ExactlyOnce = exactlyOnce, Threads = Options.Threads, Partitions = Options.Partitions, Dedupe = Options.Dedupe, Trends = Options.Trends };
        return job with { StateDir = work.CreateSubdirectory($"{job.ApplicationId}-state").FullName, Out = work.CreateSubdirectory($"{job.ApplicationId}-counts").FullName };
    }

    /// <summary>Runs it over empty topics, and checks every count.</summary>
    /// <exception cref="WrongCountException">A count is wrong.</exception>
    public async Task<Measurement> MeasureAsync(JobOptions job, Workload expected)
    {
        await Topics.ClearAsync();
        if (job.Kind == JobOptions.Copy) await Topics.MakeAsync(Ceiling.Target, job.Partitions);
        Measurement measured = await Child.RunAsync(job);
        Check(job, measured, expected);
        Remove(job);
        return measured with { Messages = expected.All.Messages };
    }

    /// <summary>Holds what a run has left against what must have come out.</summary>
    /// <exception cref="WrongCountException">A count is wrong.</exception>
    public void Check(JobOptions job, Measurement measured, Workload expected)
    {
        bool all = job.Kind is JobOptions.Totals or JobOptions.Windows || !job.Dedupe;
        if (job.Kind is JobOptions.Consume or JobOptions.Copy) Same("messages and bytes went through", new Tally(measured.Messages, measured.Bytes), expected.All);
        if (job.Kind == JobOptions.Copy) Same($"messages and bytes are in {Ceiling.Target}", Topics.Count(Ceiling.Target), expected.All);
        if (job.Kind is JobOptions.Split or JobOptions.Whole)
        {
            foreach (var (topic, tally) in expected.Kinds) Same($"messages and bytes are in {topic}", Topics.Count(topic), tally);
        }
        if (job.Kind is JobOptions.Totals or JobOptions.Whole or JobOptions.Restore) CountFiles.CheckTotals(job.Out, expected, all);
        if (job.Kind is JobOptions.Windows or JobOptions.Whole or JobOptions.Restore) CountFiles.CheckWindows(job.Out, expected, all);
    }

    /// <summary>Removes what a process has left on disk.</summary>
    public static void Remove(JobOptions job)
    {
        Directory.Delete(job.StateDir, recursive: true);
        Directory.Delete(job.Out, recursive: true);
    }

    public static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        Topics.Dispose();
        broker.Dispose();
        work.Delete(recursive: true);
    }

    private static void Same<T>(string what, T found, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected)) throw new WrongCountException($"{found} {what}, not {expected}");
    }
}
