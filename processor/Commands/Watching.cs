using TweetStreams.Processor.Live;

namespace TweetStreams.Processor.Commands;

/// <summary>Shows a job's figures while it runs.</summary>
internal static class Watching
{
    public static async Task RunAsync(Job job, IDisplay display, TimeProvider time, CancellationToken stop)
    {
        await foreach (LiveFigures figures in job.Live.FiguresAsync(stop).ConfigureAwait(false)) display.Show(figures, time.GetUtcNow());
    }
}
