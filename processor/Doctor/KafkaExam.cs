using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Processor.Kafka;

namespace TweetStreams.Processor.Doctor;

/// <summary>Looks at a cluster as a processor would find it, and changes nothing.</summary>
internal sealed class KafkaExam(ProcessorSettings settings, OutputTopics topics, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8), ClockSlack = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken stop)
    {
        using IConsumer<byte[], byte[]> consumer = ClientSettings.Made(() => new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = settings.Kafka, GroupId = settings.ApplicationId, ClientId = $"{settings.ApplicationId}-doctor", EnableAutoCommit = false, IsolationLevel = IsolationLevel.ReadUncommitted }
            .AsReader(settings.ClientSettings)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build());
        using IAdminClient admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        Metadata cluster;
        try
        {
            cluster = await Task.Run(() => admin.GetMetadata(Patience), stop).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            return [new Finding(Verdict.Wrong, "broker", $"none answers at {settings.Kafka}: {e.Error.Reason}; is it running, is the address right, and do the security settings fit?")];
        }
        List<Finding> found = [new(Verdict.Good, "broker", $"{cluster.Brokers.Count} at {string.Join(", ", cluster.Brokers.Select(broker => $"{broker.Host}:{broker.Port}"))}")];
        try
        {
            found.AddRange(await topics.ExamineAsync(stop).ConfigureAwait(false));
            int[] partitions = [.. cluster.Topics.Where(topic => topic.Topic == Topics.Raw && !topic.Error.IsError).SelectMany(topic => topic.Partitions).Select(partition => partition.PartitionId)];
            if (partitions.Length > 0)
            {
                TopicPartition[] raw = [.. partitions.Select(partition => new TopicPartition(Topics.Raw, partition))];
                found.Add(await Task.Run(() => Lag(consumer, raw), stop).ConfigureAwait(false));
                found.Add(await Task.Run(() => Clock(consumer, raw), stop).ConfigureAwait(false));
            }
            found.Add(await GroupAsync(admin).ConfigureAwait(false));
        }
        catch (KafkaException e)
        {
            found.Add(new Finding(Verdict.Wrong, "rights", $"{e.Error.Reason} ({e.Error.Code}); docs/security.md says what the application needs"));
        }
        return found;
    }

    private static Finding Lag(IConsumer<byte[], byte[]> consumer, TopicPartition[] raw)
    {
        Dictionary<TopicPartition, long> committed = consumer.Committed(raw, Patience).ToDictionary(position => position.TopicPartition, position => position.Offset.Value);
        long messages = 0, unread = 0, lost = 0;
        foreach (TopicPartition partition in raw)
        {
            WatermarkOffsets ends = consumer.QueryWatermarkOffsets(partition, Patience);
            messages += ends.High - ends.Low;
            long position = committed[partition] >= 0 ? committed[partition] : ends.Low;
            unread += Math.Max(0, ends.High - Math.Max(position, ends.Low));
            lost += Math.Max(0, ends.Low - position);
        }
        if (lost > 0) return new Finding(Verdict.Wrong, "messages", string.Create(CultureInfo.InvariantCulture, $"{lost:N0} messages of {Topics.Raw} were deleted before they were counted; make its retention longer than the processor is ever away"));
        return new Finding(Verdict.Good, "messages", string.Create(CultureInfo.InvariantCulture, $"{messages:N0} in {Topics.Raw}, {unread:N0} of them not counted yet"));
    }

    /// <summary>The newest message's time of arrival is the broker's clock. One that lies ahead of this machine's tells that they differ; one behind tells nothing.</summary>
    private Finding Clock(IConsumer<byte[], byte[]> consumer, TopicPartition[] raw)
    {
        consumer.Assign(raw.Select(partition => new TopicPartitionOffset(partition, Math.Max(0, consumer.QueryWatermarkOffsets(partition, Patience).High - 1))));
        DateTime newest = DateTime.MinValue;
        for (long started = time.GetTimestamp(); time.GetElapsedTime(started) < TimeSpan.FromSeconds(3) && newest == DateTime.MinValue;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(500)) is { Message: { } message } && message.Timestamp.Type == TimestampType.LogAppendTime) newest = message.Timestamp.UtcDateTime;
        }
        consumer.Unassign();
        if (newest == DateTime.MinValue) return new Finding(Verdict.Good, "clock", "nothing to compare it with yet");
        TimeSpan ahead = newest - time.GetUtcNow().UtcDateTime;
        return ahead > ClockSlack
            ? new Finding(Verdict.Wrong, "clock", string.Create(CultureInfo.InvariantCulture, $"the broker's is {ahead.TotalSeconds:N0} s ahead of this machine's; let both be set by NTP"))
            : new Finding(Verdict.Good, "clock", "not behind the broker's");
    }

    private async Task<Finding> GroupAsync(IAdminClient admin)
    {
        DescribeConsumerGroupsResult result = await admin.DescribeConsumerGroupsAsync([settings.ApplicationId], new DescribeConsumerGroupsOptions { RequestTimeout = Patience }).ConfigureAwait(false);
        ConsumerGroupDescription group = result.ConsumerGroupDescriptions[0];
        return new Finding(Verdict.Good, "group", group.Members.Count == 0 ? $"{settings.ApplicationId}: no instance runs" : $"{settings.ApplicationId}: {group.State.ToString().ToLowerInvariant()}, threads {string.Join(", ", group.Members.Select(member => member.ClientId).Order(StringComparer.Ordinal))}");
    }
}
