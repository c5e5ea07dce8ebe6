using System.Globalization;
using TweetStreams.Processor.Live;

namespace TweetStreams.Processor.Commands;

/// <summary>The processor alone, on a cluster that others feed, until it is stopped.</summary>
internal sealed class ProcessCommand(ProcessorSettings settings, Surroundings surroundings)
{
    public async Task RunAsync(CancellationToken stop)
    {
        Job job = await Job.StartAsync(settings, () => null, surroundings.Logs, surroundings.LineLog, surroundings.Time, stop).ConfigureAwait(false);
        await using (job.ConfigureAwait(false))
        {
            Introduction.Write(surroundings.Output, job, embedded: false);
            using (IDisplay display = surroundings.Display())
            {
                using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
                Task watch = Watching.RunAsync(job, display, surroundings.Time, watching.Token);
                await Task.WhenAny(job.Stream.Completion, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
                await watching.CancelAsync().ConfigureAwait(false);
                await watch.ConfigureAwait(false);
            }
            if (!stop.IsCancellationRequested) await job.Stream.Completion.ConfigureAwait(false);
            surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped after {job.Kinds.Total:N0} messages"));
        }
    }
}
