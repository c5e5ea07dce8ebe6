using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Streams.Runtime;

/// <summary>Deletes from the repartition topics what the application has committed. They expire by nothing else, so that a long stop loses nothing.</summary>
internal sealed partial class RepartitionPurge(IAdminClient admin, ILogger logger)
{
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;

    /// <summary>Asks the broker to delete what lies before the offsets; while it is still at the last request, does nothing.</summary>
    internal void Request(IReadOnlyCollection<TopicPartitionOffset> committed)
    {
        lock (gate)
        {
            if (!last.IsCompleted) return;
            last = DeleteAsync(admin, [.. committed]);
        }
    }

    private async Task DeleteAsync(IAdminClient client, TopicPartitionOffset[] offsets)
    {
        try
        {
            await client.DeleteRecordsAsync(offsets, new DeleteRecordsOptions { RequestTimeout = TimeSpan.FromSeconds(10) }).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            // The next round asks for more of the same.
            PurgeFailed(e.Error.Reason);
        }
        catch (ObjectDisposedException)
        {
            // The application has stopped meanwhile.
        }
    }

    [LoggerMessage(LogLevel.Warning, "committed records of the repartition topics could not be deleted: {Reason}; they take disk space until they can")]
    private partial void PurgeFailed(string reason);
}
