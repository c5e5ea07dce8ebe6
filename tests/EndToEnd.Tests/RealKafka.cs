using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Testcontainers.Kafka;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>
/// A real Kafka: the one named by KAFKA, or one of ../shared/kafka, or one in a container; where none of these is to be had its tests are skipped.
/// Started by the first test that asks, stopped after the last.
/// </summary>
public sealed class RealKafka : IAsyncDisposable
{
    private static readonly string[] Names =
        ["tweets.raw", "tweets", "retweets", "deletes", "limits", "notices", "dead-letters", "word-totals", "word-counts", "top-words", "trends-hashtags", "trends-tweets", "rules", "subscriptions", "source-positions", "gaps", "connection-events", "heartbeats"];

    private string? bootstrap;
    private string? absent;
    private Func<Task> stop = static () => Task.CompletedTask;
    private int jobs;

    /// <summary>A name for a job, and of its internal topics.</summary>
    public string NewApplicationId() => $"{Prefix}{Interlocked.Increment(ref jobs)}";

    private static string Prefix { get; } = $"e2e-{Environment.ProcessId}-";

    /// <summary>The broker's address; none of the topics of a job is there.</summary>
    public async Task<string> EmptyAsync()
    {
        if (absent is not null) throw Repository.Skipped(absent);
        if (bootstrap is null)
        {
            (bootstrap, absent) = await StartAsync();
            if (bootstrap is null) throw Repository.Skipped(absent!);
        }
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        string[] there;
        for (int attempt = 0; (there = Existing(admin)).Length > 0; attempt++)
        {
            if (attempt > 100) throw new InvalidOperationException($"the topics {string.Join(", ", there)} are not to be deleted");
            try
            {
                await admin.DeleteTopicsAsync(there);
            }
            catch (DeleteTopicsException)
            {
                // It was already being deleted.
            }
            await Task.Delay(100);
        }
        return bootstrap;
    }

    public async ValueTask DisposeAsync()
    {
        if (bootstrap is not null && absent is null && Environment.GetEnvironmentVariable("KAFKA") is { Length: > 0 }) await EmptyAsync();
        await stop();
    }

    private async Task<(string? Bootstrap, string? Absent)> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("KAFKA") is { Length: > 0 } named)
        {
            using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = named }).Build();
            // Topics are deleted between tests, so they must be the tests' own.
            return Existing(admin) is [var first, ..] ? (null, $"the Kafka named by KAFKA, {named}, has a topic {first}: the tests would delete it") : (named, null);
        }
        if (Repository.SharedIfThere("kafka", "kafka") is { } script && !OperatingSystem.IsWindows() && await Tools.HasAsync("java", "-version"))
        {
            var data = new Temporary();
            stop = async () =>
            {
                await Running.OutputOfAsync(script, "down", data.Folder);
                data.Dispose();
            };
            return ((await Running.OutputOfAsync(script, "up", data.Folder))[^1].Trim(), null);
        }
        try
        {
            KafkaContainer container = new KafkaBuilder("confluentinc/cp-kafka:7.8.0").Build();
            await container.StartAsync();
            stop = async () => await container.DisposeAsync();
            return (container.GetBootstrapAddress(), null);
        }
#pragma warning disable CA1031 // whatever keeps it from starting, there is none
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (null, $"no real Kafka: KAFKA is not set, ../shared/kafka with java is not on this machine, and no container starts ({e.Message.Split('\n')[0]})");
        }
    }

    private static string[] Existing(IAdminClient admin) =>
        [.. admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Select(topic => topic.Topic).Where(topic => Names.Contains(topic) || topic.StartsWith(Prefix, StringComparison.Ordinal))];
}

/// <summary>Tests that share the broker, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnRealKafka : ICollectionFixture<RealKafka>
{
    public const string Name = "on a real Kafka";
}
