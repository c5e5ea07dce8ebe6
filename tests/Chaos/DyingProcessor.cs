using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Processor;
using TweetStreams.Streams;

namespace TweetStreams.Chaos;

/// <summary>A processor in this process that dies at a point of a commit, as by kill -9.</summary>
internal static class DyingProcessor
{
    /// <param name="settings">How it is started.</param>
    /// <param name="point">Where it dies.</param>
    /// <param name="after">How often it passes there before.</param>
    internal static async Task RunAsync(ProcessorSettings settings, CommitPoint point, int after)
    {
        int passed = 0;
        settings = settings with
        {
            AtCommitPoint = reached =>
            {
                if (reached == point && Interlocked.Increment(ref passed) > after) Process.GetCurrentProcess().Kill();
            },
        };
        Job job = await Job.StartAsync(settings, static () => null, NullLoggerFactory.Instance, NullLoggerProvider.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine($"page    {job.PageAddress}/");
        await job.Stream.Completion;
    }
}
