using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>The job built with another engine: a program that takes the options of this one's <c>job</c> command, prints the same line and leaves the same files.</summary>
internal sealed class OtherEngine
{
    private readonly Bench bench;
    private readonly string program;

    /// <param name="bench">The run.</param>
    /// <param name="engine">An engine that this checkout knows, or the path of a program.</param>
    /// <exception cref="SettingException">It is not built.</exception>
    public OtherEngine(Bench bench, string engine)
    {
        this.bench = bench;
        (Name, program) = engine == "streamiz" ? ("Streamiz", Repository.Program(Path.Combine("bench", "Streamiz"), "TweetStreams.Bench.Streamiz")) : (Path.GetFileNameWithoutExtension(engine), Path.GetFullPath(engine));
        if (!File.Exists(program)) throw new SettingException($"{Name} is not at {program}: build it, or run without ENGINE={engine}");
    }

    public string Name { get; }

    /// <exception cref="BenchException">It failed.</exception>
    /// <exception cref="WrongCountException">A total is wrong. Windows may lack what it dropped, which is told.</exception>
    public async Task<Measurement> MeasureAsync(JobOptions job, Workload expected)
    {
        await bench.Topics.ClearAsync();
        Measurement measured = await Child.RunAsync(job, program);
        CountFiles.CheckTotals(job.Out, expected, all: !job.Dedupe);
        double dropped = CountFiles.Dropped(job.Out, expected, all: !job.Dedupe);
        Bench.Remove(job);
        return measured with { Messages = expected.All.Messages, Remark = string.Create(CultureInfo.InvariantCulture, $"dropped {dropped:0.0 %} of the windows' counts") };
    }
}
