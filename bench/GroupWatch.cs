using System.Diagnostics;

namespace TweetStreams.Bench;

/// <summary>
/// Measures a program from outside: from when its group has a member, so that what it needs to start does not count, until the group has committed everything. Of its
/// memory it tells the most that was resident by then.
/// </summary>
internal sealed class GroupWatch(BenchTopics topics)
{
    // Marks of transactions are records, of which the last ones of a partition are not read.
    private const int SlackOfTransactions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15), Look = TimeSpan.FromMilliseconds(100);

    /// <param name="program">The program, just started.</param>
    /// <param name="name">What it is called where it fails.</param>
    /// <param name="job">Its group and guarantee.</param>
    /// <param name="read">Parts of the names of topics that it reads.</param>
    /// <param name="log">The file that its output goes to.</param>
    /// <param name="messages">How many there are.</param>
    /// <exception cref="BenchException">It ended before, or is not done in a quarter of an hour.</exception>
    public async Task<Measurement> MeasureAsync(Process program, string name, JobOptions job, IReadOnlyCollection<string> read, string log, long messages)
    {
        long asked = Stopwatch.GetTimestamp(), peak = 0;
        while (!await topics.HasMembersAsync(job.ApplicationId)) await WaitAsync();
        long started = Stopwatch.GetTimestamp();
        TimeSpan cpu = program.TotalProcessorTime;
        // Three times in a row, since a lag of nothing may be that of a moment.
        (double Seconds, TimeSpan Cpu) caughtUp = default;
        for (int times = 0; times < 3;)
        {
            await WaitAsync();
            if (await topics.LagAsync(job.ApplicationId, read, job.ExactlyOnce ? SlackOfTransactions : 0) != 0) times = 0;
            else if (times++ == 0) caughtUp = (Stopwatch.GetElapsedTime(started).TotalSeconds, program.TotalProcessorTime - cpu);
        }
        return new Measurement(messages, 0, caughtUp.Seconds, caughtUp.Cpu.TotalSeconds, 0, 0, peak);

        async Task WaitAsync()
        {
            await Task.Delay(Look);
            if (program.HasExited) throw new BenchException($"{name} ended with {program.ExitCode} before it was seen to be done: {string.Join('\n', File.ReadLines(log).TakeLast(5))}");
            if (Stopwatch.GetElapsedTime(asked) > Patience) throw new BenchException($"{name} was not done within {Patience}");
            program.Refresh();
            peak = program.PeakWorkingSet64;
        }
    }
}
