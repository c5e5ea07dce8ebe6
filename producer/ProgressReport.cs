using System.Globalization;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer;

/// <summary>Says every few seconds, and at the end, how far a feed has come.</summary>
internal sealed class ProgressReport(FeedCounters counters, IMessageSource source, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Writes a line every few seconds until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        long last = time.GetTimestamp(), lastMessages = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                long messages = counters.Messages, now = time.GetTimestamp();
                if (messages == 0)
                    continue; // nothing to tell before the broker answers
                string line = Line(messages, counters.Bytes, messages - lastMessages, time.GetElapsedTime(last, now));
                await output.WriteLineAsync(line).ConfigureAwait(false);
                (last, lastMessages) = (now, messages);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>As in <c>97217 messages, 149 MB in 3.2 s, 30,380/s</c>.</summary>
    public static string Summary(FeedResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Messages} messages, {Megabytes(result.Bytes)} in {result.Elapsed.TotalSeconds:0.0} s, {Rate(result.Messages, result.Elapsed):N0}/s");

    private string Line(long messages, long bytes, long recent, TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture,
        $"{messages} messages, {Megabytes(bytes)}, {Rate(recent, elapsed):N0}/s{(source.Progress is { } progress ? $", {Math.Floor(progress * 100)} %" : "")}");

    private static string Megabytes(long bytes) =>
        (bytes / 1e6).ToString(bytes < 10_000_000 ? "0.0 MB" : "0 MB", CultureInfo.InvariantCulture);

    private static double Rate(long messages, TimeSpan elapsed) => elapsed > TimeSpan.Zero ? messages / elapsed.TotalSeconds : 0;
}
