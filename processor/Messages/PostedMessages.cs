using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using TweetStreams.Processor.Kafka;

namespace TweetStreams.Processor.Messages;

/// <summary>Puts texts into the stream, as messages of the shape of version 1.1 with ids of their own.</summary>
internal sealed class PostedMessages : IDisposable
{
    private readonly Lazy<IProducer<byte[], byte[]>> producer;
    // A stream that is further behind the clock than this is a replay: a message of today would close all its windows.
    private static readonly TimeSpan Replay = TimeSpan.FromDays(1);

    private readonly TimeProvider time;
    private readonly Func<DateTime?> streamTime;

    /// <summary>Nothing is connected before the first text.</summary>
    /// <param name="settings">Those of the processor.</param>
    /// <param name="bootstrapServers">The brokers.</param>
    /// <param name="streamTime">The event time that the stream has reached; null before the first tweet.</param>
    /// <param name="time">The clock.</param>
    public PostedMessages(ProcessorSettings settings, string bootstrapServers, Func<DateTime?> streamTime, TimeProvider time)
    {
        (this.time, this.streamTime) = (time, streamTime);
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            ClientId = $"{settings.ApplicationId}-posted",
            EnableIdempotence = true,
            Acks = Acks.All,
            // As the producer has it: all deliveries of an id must be in one partition.
            Partitioner = Partitioner.Murmur2Random,
            LingerMs = 5,
            MessageTimeoutMs = 10_000,
            AllowAutoCreateTopics = false,
        };
        producer = new(() => new ProducerBuilder<byte[], byte[]>(config.With("producer.", settings.ClientSettings)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build());
    }

    /// <returns>The message's id, once Kafka has it.</returns>
    /// <exception cref="StreamsException">Kafka did not take it.</exception>
    public async Task<string> PostAsync(string text, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset at = streamTime() is { } reached && now - reached > Replay ? reached : now;
        string id = $"posted-{Guid.CreateVersion7(now):N}";
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id_str = id,
            text,
            created_at = at.ToString("ddd MMM dd HH:mm:ss +0000 yyyy", CultureInfo.InvariantCulture),
            timestamp_ms = at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        });
        try
        {
            await producer.Value.ProduceAsync(Topics.Raw, new Message<byte[], byte[]> { Key = System.Text.Encoding.UTF8.GetBytes(id), Value = message }, cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch (KafkaException e)
        {
            throw new StreamsException($"Kafka did not take the message: {e.Error.Reason}", e);
        }
    }

    public void Dispose()
    {
        if (producer.IsValueCreated) producer.Value.Dispose();
    }
}
