using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>The subscriptions, kept in a compacted topic: every instance has the same ones, and they outlive all of them.</summary>
internal sealed class SubscriptionBook : ISubscriptions, IAsyncDisposable
{
    /// <summary>The topic that they are kept in.</summary>
    public const string DefaultTopic = "subscriptions";

    /// <summary>How many there may be: each is another copy of messages that is written.</summary>
    public const int Most = 64;

    private const int DefaultPartitions = 4;
    private const int MostPartitions = 1000;

    // Until then all instances know that a subscription is gone, and what was on its way into the topic is in it: deleted earlier, it would be missed by who writes.
    private static readonly TimeSpan DeletionDelay = TimeSpan.FromSeconds(5);

    private readonly CompactedTable table;
    private readonly ISubscriptionTopics topics;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim turn = new(1);
    private readonly ConcurrentDictionary<string, SubscriptionCount> counts = new(StringComparer.Ordinal);
    private volatile View view;

    private SubscriptionBook(CompactedTable table, ISubscriptionTopics topics, TimeProvider time, ILogger logger)
    {
        (this.table, this.topics, this.time, this.logger) = (table, topics, time, logger);
        view = Read(table.Current);
    }

    public SubscriptionSet Current
    {
        get
        {
            ImmutableSortedDictionary<string, byte[]> values = table.Current;
            View known = view;
            if (ReferenceEquals(known.Values, values)) return known.Subscriptions;
            // Two may read the same change at once; both come to the same.
            view = known = Read(values);
            return known.Subscriptions;
        }
    }

    /// <summary>Opens the table of subscriptions.</summary>
    /// <param name="options">The topic that they are kept in.</param>
    /// <param name="topics">Makes their topics; disposed of by who made it.</param>
    /// <param name="time">The time.</param>
    /// <param name="logger">The log.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidSettingException">librdkafka does not know a setting.</exception>
    /// <exception cref="BrokerUnavailableException">The topic cannot be created or read.</exception>
    public static async Task<SubscriptionBook> OpenAsync(KafkaTopicOptions options, ISubscriptionTopics topics, TimeProvider time, ILogger logger, CancellationToken cancellationToken) =>
        new(await CompactedTable.OpenAsync(options, logger, cancellationToken).ConfigureAwait(false), topics, time, logger);

    public async Task<string?> AddAsync(Subscription subscription, int? partitions, CancellationToken cancellationToken)
    {
        if (subscription.Problem() is { } problem) return problem;
        if (partitions is < 1 or > MostPartitions) return $"a topic has 1 to {MostPartitions} partitions";
        return await InTurnAsync(async () =>
        {
            SubscriptionSet current = Current;
            if (current.All.Length >= Most && current.Find(subscription.Name) is null) return $"there are {Most} subscriptions, and more are not taken: each is written apart; remove one, or share one";
            if (current.All.FirstOrDefault(other => other.Topic == subscription.Topic && other.Name != subscription.Name) is { } taken) return $"the topic {subscription.Topic} is that of the subscription {taken.Name}";
            // First the topic: whoever sees the subscription may write.
            if (await topics.CreateAsync(subscription.Topic, partitions ?? DefaultPartitions, cancellationToken).ConfigureAwait(false) is { } refused) return refused;
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) subscription.Write(writer);
            await table.WriteAsync([new(subscription.Name, buffer.WrittenSpan.ToArray())], cancellationToken).ConfigureAwait(false);
            logger.Subscribed(subscription.Name, subscription.Topic);
            return null;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> RemoveAsync(string name, bool deleteTopic, CancellationToken cancellationToken)
    {
        Subscription? subscription = null;
        bool removed = await InTurnAsync(async () =>
        {
            subscription = Current.Find(name);
            if (subscription is null) return false;
            await table.WriteAsync([new(name, null)], cancellationToken).ConfigureAwait(false);
            logger.Unsubscribed(name);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!removed || !deleteTopic) return removed;
        await Task.Delay(DeletionDelay, time, cancellationToken).ConfigureAwait(false);
        return await InTurnAsync(async () =>
        {
            // Somebody may have subscribed to it again meanwhile.
            if (Current.All.All(other => other.Topic != subscription!.Topic)) await topics.DeleteAsync(subscription!.Topic, cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    public SubscriptionCount CountOf(string name) => counts.GetOrAdd(name, static _ => new SubscriptionCount());

    public async ValueTask DisposeAsync()
    {
        await table.DisposeAsync().ConfigureAwait(false);
        turn.Dispose();
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await change().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    private View Read(ImmutableSortedDictionary<string, byte[]> values)
    {
        ImmutableArray<Subscription>.Builder all = ImmutableArray.CreateBuilder<Subscription>();
        foreach ((string name, byte[] value) in values)
        {
            if (Read(name, value, out Subscription subscription) is { } problem) logger.SubscriptionUnreadable(name, problem);
            else if (all.Count == Most) logger.SubscriptionUnreadable(name, $"there are more than {Most}");
            else all.Add(subscription);
        }
        foreach (string gone in counts.Keys.Where(name => !values.ContainsKey(name))) counts.TryRemove(gone, out _);
        return new View(values, new SubscriptionSet(all.ToImmutable()));
    }

    // Anybody can write into the topic; what is no subscription there is left out, and the others are not harmed.
    private static string? Read(string name, byte[] value, out Subscription subscription)
    {
        subscription = new Subscription(name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            return Subscription.TryRead(document.RootElement, out subscription) ?? (subscription.Name == name ? null : $"its key is not its name, {subscription.Name}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return e.Message;
        }
    }

    // What was read, and what it was read from.
    private sealed record View(ImmutableSortedDictionary<string, byte[]> Values, SubscriptionSet Subscriptions);
}
