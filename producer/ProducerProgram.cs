using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer;

/// <summary>One run of the program: source to topic, with progress for people and an exit code for the shell.</summary>
internal sealed class ProducerProgram(TextWriter output, TextWriter error, TimeProvider time, StopSignals? signals = null)
{
    private bool everConnected;

    public async Task<int> RunAsync(ProducerArguments arguments, CancellationToken stop)
    {
        try
        {
            await FeedAsync(arguments, stop).ConfigureAwait(false);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
        catch (StreamEndedException ended)
        {
            return Fail(ended, ended.GaveUp ? everConnected ? ExitCode.GaveUp : ExitCode.ServerUnavailable : ExitCode.Of(ended.Cause, ended.Status, everConnected));
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
#pragma warning disable CA1031 // the last resort before the shell: something that can be reported
        catch (Exception failure)
#pragma warning restore CA1031
        {
            error.WriteLine($"tweetstreams-producer: unexpected failure, please report this: {failure}");
            return ExitCode.Unknown;
        }
    }

    private async Task FeedAsync(ProducerArguments arguments, CancellationToken stop)
    {
        LogLevel least = arguments.Verbose ? LogLevel.Information : LogLevel.Warning;
        ILogger logger = arguments.JsonLog ? new JsonLineLogger(error, time, least) : new LineLogger(error, least);
        Feeding.Feeding feeding = await Feeding.Feeding.OpenAsync(arguments.Feeding, arguments.Feed, logger, time, cancellationToken: stop).ConfigureAwait(false);
        await using (feeding.ConfigureAwait(false))
        {
            using MetricsPage? page = arguments.Metrics is { } address ? MetricsPage.Start(address, feeding.Feed.Counters) : null;
            signals?.OnReconnect(feeding.Reconnect);
            // Secrets are read with each connection.
            signals?.OnReread(feeding.Reconnect);
            if (feeding.ControlAddress is { } control) await output.WriteLineAsync($"control {control}/").ConfigureAwait(false);
            using var ended = new CancellationTokenSource();
            Task progress = new ProgressReport(feeding.Feed.Counters, feeding.Source, error, time).RunAsync(ended.Token);
            try
            {
                FeedResult result = await feeding.RunAsync(stop).ConfigureAwait(false);
                await output.WriteLineAsync(ProgressReport.Summary(result)).ConfigureAwait(false);
            }
            finally
            {
                everConnected = feeding.EverConnected;
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
