using System.Globalization;
using TweetStreams.Processor;

namespace TweetStreams.Bench;

/// <summary>The job built with another engine: a program that takes the options of this one's <c>job</c> command, prints the same line and leaves the same files.</summary>
internal sealed class OtherEngine
{
    private readonly Bench bench;
    private readonly string program;

    /// <param name="bench">The run.</param>
    /// <param name="engine">The path of the program.</param>
    /// <exception cref="SettingException">It is not built.</exception>
    public OtherEngine(Bench bench, string engine)
    {
        this.bench = bench;
        (Name, program) = (Path.GetFileNameWithoutExtension(engine), Path.GetFullPath(engine));
        if (!File.Exists(program)) throw new SettingException($"ENGINE is the path of a program, and there is none at {program}: name one that takes the options of this benchmark's own jobs, as docs/performance.md has them");
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
