using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer;

/// <summary>One run of the program: source to topic, with progress for people and an exit code for the shell.</summary>
internal sealed class ProducerProgram(TextWriter output, TextWriter error, TimeProvider time)
{
    public async Task<int> RunAsync(ProducerArguments arguments, CancellationToken stop)
    {
        try
        {
            await FeedAsync(arguments, stop).ConfigureAwait(false);
            return ExitCode.Success;
        }
        catch (SourceException failure)
        {
            return Fail(failure, ExitCode.NoInput);
        }
        catch (InvalidSettingException failure)
        {
            return Fail(failure, ExitCode.Usage);
        }
        catch (Exception failure) when (failure is BrokerUnavailableException or DeliveryFailedException)
        {
            return Fail(failure, ExitCode.Kafka);
        }
#pragma warning disable CA1031 // the last resort before the shell: a line that can be reported, and no stack trace
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error.WriteLine($"tweetstreams-producer: unexpected {failure.GetType().Name}: {failure.Message}; please report this");
            return ExitCode.Unknown;
        }
    }

    private async Task FeedAsync(ProducerArguments arguments, CancellationToken stop)
    {
        IMessageSource source = SourceSpec.Open(arguments.Sources, arguments.Sample, time);
        var feed = new Feed(arguments.Feed, source, new LineLogger(error), time);
        using MetricsPage? page = arguments.Metrics is { } address ? MetricsPage.Start(address, feed.Counters) : null;
        await using (feed.ConfigureAwait(false))
        {
            using var ended = new CancellationTokenSource();
            Task progress = new ProgressReport(feed.Counters, source, error, time).RunAsync(ended.Token);
            try
            {
                FeedResult result = await feed.RunAsync(stop).ConfigureAwait(false);
                await output.WriteLineAsync(ProgressReport.Summary(result)).ConfigureAwait(false);
            }
            finally
            {
                await ended.CancelAsync().ConfigureAwait(false);
                await progress.ConfigureAwait(false);
            }
        }
    }

    private int Fail(Exception failure, int code)
    {
        error.WriteLine($"tweetstreams-producer: {failure.Message}");
        return code;
    }
}
