using System.Diagnostics;
using System.Text.Json;

namespace TweetStreams.Bench;

/// <summary>What a process that was measured says of itself: one line of JSON.</summary>
/// <param name="Messages">How many messages went through, where it has counted them.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Seconds">From the start of the threads until everything was committed.</param>
/// <param name="CpuSeconds">Processor time of the process in this time, all threads, the client library's included.</param>
/// <param name="AllocatedBytes">Managed memory that was allocated in this time.</param>
/// <param name="GcPauseSeconds">How long everything stood still for the garbage collector.</param>
/// <param name="PeakBytes">The most resident memory that the process ever had.</param>
internal sealed record Measurement(long Messages, long Bytes, double Seconds, double CpuSeconds, long AllocatedBytes, double GcPauseSeconds, long PeakBytes)
{
    /// <summary>Changes that were read back from changelogs.</summary>
    public long Restored { get; init; }

    /// <summary>What else there is to say, as the share of counts that was dropped.</summary>
    public string? Remark { get; init; }

    public double Rate => Messages / Seconds;

    public string ToLine() => JsonSerializer.Serialize(this);
    public static Measurement Parse(string line) => JsonSerializer.Deserialize<Measurement>(line)!;
}

/// <summary>Measures the process that it is in, from when it is made.</summary>
internal sealed class Meter
{
    private readonly long started = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes();
    private readonly TimeSpan cpu = Environment.CpuUsage.TotalTime, paused = GC.GetTotalPauseDuration();

    public Measurement Stop(long messages, long bytes = 0)
    {
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        using var self = Process.GetCurrentProcess();
        return new Measurement(messages, bytes, seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, GC.GetTotalAllocatedBytes() - allocated, (GC.GetTotalPauseDuration() - paused).TotalSeconds, self.PeakWorkingSet64);
    }
}
