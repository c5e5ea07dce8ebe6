using System.Globalization;

namespace TweetStreams.Bench;

/// <summary>The job built with another engine: a program that takes the options of this one's <c>job</c> command, prints the same line and leaves the same files.</summary>
internal sealed class OtherEngine(Bench bench, string engine)
{
    /// <summary>The program of an engine that this checkout knows, or a program by its path.</summary>
    private string Program => engine == "streamiz" ? Repository.Program(Path.Combine("bench", "Streamiz"), "TweetStreams.Bench.Streamiz") : Path.GetFullPath(engine);

    public static string NameOf(string engine) => engine == "streamiz" ? "Streamiz" : Path.GetFileNameWithoutExtension(engine);

    /// <exception cref="BenchException">It is not built, or it failed.</exception>
    /// <exception cref="WrongCountException">A total is wrong. Windows may lack what it dropped, which is told.</exception>
    public async Task<Measurement> MeasureAsync(JobOptions job, Workload expected)
    {
        if (!File.Exists(Program)) throw new BenchException($"{NameOf(engine)} is not at {Program}: build it, or run without ENGINE={engine}");
        await bench.Topics.ClearAsync();
        Measurement measured = await Child.RunAsync(job, Program);
        CountFiles.CheckTotals(job.Out, expected, all: !job.Dedupe);
        double dropped = CountFiles.Dropped(job.Out, expected, all: !job.Dedupe);
        Bench.Remove(job);
        return measured with { Messages = expected.All.Messages, Remark = string.Create(CultureInfo.InvariantCulture, $"dropped {dropped:0.0 %} of the windows' counts") };
    }
}
