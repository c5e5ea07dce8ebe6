using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Processor.Doctor;
using TweetStreams.Processor.Messages;
using TweetStreams.Producer.Kafka;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Kafka;

/// <summary>Creates the topics that people read on a real cluster, and checks those that are there.</summary>
/// <remarks>
/// Topics that expire go by log-append time. A record's own time is its event time, and a broker that went by that would delete a replay of
/// 2019's stream minutes after it was written.
/// </remarks>
internal sealed partial class OutputTopics(ProcessorSettings settings, TimeProvider time, ILogger logger)
{
    private const string ThreeDays = "259200000";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(45);

    /// <returns>What the topics of the kinds take.</returns>
    /// <exception cref="StreamsException">No broker answers, a topic cannot be created, or one that exists would lose data; the message says what to do.</exception>
    public async Task<TopicLimits> EnsureAsync(CancellationToken stop)
    {
        using (IAdminClient admin = ClientSettings.Made(Connect))
        {
            for (long started = time.GetTimestamp(); ;)
            {
                // Each attempt asks for the metadata anew: from them the client knows the controller, which may be another one by now.
                HashSet<string> existing;
                try
                {
                    existing = [.. (await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(8)), stop).ConfigureAwait(false)).Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic)];
                }
                catch (KafkaException e)
                {
                    throw new StreamsException($"no Kafka broker answers at {settings.Kafka}: {e.Error.Reason}; is it running, and is the address right?", e);
                }
                try
                {
                    Dictionary<string, Dictionary<string, string>> wanted = Wanted();
                    await CreateAsync(admin, wanted.Where(topic => !existing.Contains(topic.Key))).ConfigureAwait(false);
                    await TopicReadiness.AwaitAsync(settings.Kafka!, ClientSettings.For(null, settings.ClientSettings), wanted.Keys, Patience, logger, time, stop).ConfigureAwait(false);
                    return await CheckAsync(admin, wanted).ConfigureAwait(false);
                }
                catch (KafkaException e) when (e is not CreateTopicsException && e.Error.IsLocalError && time.GetElapsedTime(started) < Patience)
                {
                    // A broker has gone in the midst of it; another one may answer.
                    await Task.Delay(TimeSpan.FromMilliseconds(200), time, stop).ConfigureAwait(false);
                }
                catch (KafkaException e)
                {
                    throw new StreamsException($"the topics cannot be created or looked at: {e.Error.Reason} ({e.Error.Code})", e);
                }
            }
        }
    }

    private IAdminClient Connect() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = settings.Kafka, ClientId = settings.ApplicationId }.With(null, settings.ClientSettings)).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    private Dictionary<string, Dictionary<string, string>> Wanted()
    {
        var topics = MessageKinds.All.Select(kind => kind.Topic()).Append(Topics.Raw).ToDictionary(topic => topic, _ => Config("delete"));
        topics[Topics.WordTotals] = new() { ["cleanup.policy"] = "compact" };
        topics[Topics.WordCounts] = Config("compact,delete");
        topics[Topics.TopWords] = Config("compact,delete");
        if (settings.Trends)
            foreach (string topic in Topics.Trends) topics[topic] = Config("compact,delete");
        // What one producer got through may be more when another one compresses it. And a message of 1 MB may be one word, which a count holds twice.
        foreach (string topic in topics.Keys.Except([Topics.Raw])) topics[topic]["max.message.bytes"] = "8388608";
        return topics;

        static Dictionary<string, string> Config(string policy) => new() { ["cleanup.policy"] = policy, ["retention.ms"] = ThreeDays, ["message.timestamp.type"] = "LogAppendTime" };
    }

    private async Task CreateAsync(IAdminClient admin, IEnumerable<KeyValuePair<string, Dictionary<string, string>>> missing)
    {
        TopicSpecification[] topics = [.. missing.Select(topic => new TopicSpecification
        {
            Name = topic.Key, NumPartitions = settings.Partitions, ReplicationFactor = settings.ReplicationFactor ?? -1, Configs = topic.Value,
        })];
        if (topics.Length == 0) return;
        try
        {
            await admin.CreateTopicsAsync(topics, new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).ConfigureAwait(false);
            Created(string.Join(", ", topics.Select(topic => topic.Name)));
        }
        catch (CreateTopicsException e)
        {
            if (e.Results.FirstOrDefault(result => result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists) is { } failed)
                throw new StreamsException($"topic '{failed.Topic}' cannot be created: {failed.Error.Reason}; create it by hand, or change --partitions or --replication-factor", e);
        }
    }

    /// <summary>Looks at the topics that are there, and changes nothing.</summary>
    public async Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken stop)
    {
        using IAdminClient admin = ClientSettings.Made(Connect);
        Dictionary<string, Dictionary<string, string>> wanted = Wanted();
        HashSet<string> existing = [.. (await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(8)), stop).ConfigureAwait(false)).Topics.Where(topic => !topic.Error.IsError).Select(topic => topic.Topic)];
        string[] present = [.. wanted.Keys.Where(existing.Contains)];
        var found = new List<Finding>();
        if (present.Length > 0)
        {
            foreach (DescribeConfigsResult topic in await DescribeAsync(admin, present).ConfigureAwait(false))
            {
                if (Fault(topic, wanted) is { } fault) found.Add(new Finding(Verdict.Wrong, "topic", fault));
                else if (ExpiresByEventTime(topic)) found.Add(new Finding(Verdict.Look, "topic", $"'{topic.ConfigResource.Name}' expires messages by their own time, so a replay of an old stream is deleted as it is written; set message.timestamp.type=LogAppendTime"));
            }
        }
        int good = present.Length - found.Count;
        if (good > 0) found.Add(new Finding(Verdict.Good, "topics", $"{good} are there and as they should be"));
        if (present.Length < wanted.Count) found.Add(new Finding(Verdict.Good, "topics", $"{string.Join(", ", wanted.Keys.Except(present))} will be created"));
        return found;
    }

    private async Task<TopicLimits> CheckAsync(IAdminClient admin, Dictionary<string, Dictionary<string, string>> wanted)
    {
        IReadOnlyList<DescribeConfigsResult> described = await DescribeAsync(admin, wanted.Keys).ConfigureAwait(false);
        foreach (DescribeConfigsResult topic in described)
        {
            if (Fault(topic, wanted) is { } fault) throw new StreamsException(fault);
            if (ExpiresByEventTime(topic)) Expires(topic.ConfigResource.Name);
        }
        int client = ClientSettings.For("producer.", settings.ClientSettings).TryGetValue("message.max.bytes", out string? own) && int.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out int most) ? most : int.MaxValue;
        return new TopicLimits(described.ToDictionary(topic => topic.ConfigResource.Name, topic => Math.Min(client, int.Parse(topic.Entries["max.message.bytes"].Value, CultureInfo.InvariantCulture))));
    }

    private static async Task<IReadOnlyList<DescribeConfigsResult>> DescribeAsync(IAdminClient admin, IEnumerable<string> topics) =>
        await admin.DescribeConfigsAsync(topics.Select(topic => new ConfigResource { Name = topic, Type = ResourceType.Topic }), new DescribeConfigsOptions { RequestTimeout = Timeout }).ConfigureAwait(false);

    /// <summary>What would lose data, and what to do; null where nothing would.</summary>
    private static string? Fault(DescribeConfigsResult topic, Dictionary<string, Dictionary<string, string>> wanted)
    {
        string name = topic.ConfigResource.Name, policy = topic.Entries["cleanup.policy"].Value;
        if (name == Topics.WordTotals && policy != "compact")
            return $"topic '{name}' has cleanup.policy={policy}, so it would lose totals; set cleanup.policy=compact, or delete the topic and have it created anew";
        if (wanted[name]["cleanup.policy"] == "delete" && policy.Contains("compact", StringComparison.Ordinal))
            return $"topic '{name}' has cleanup.policy={policy}, so it would keep one message an id; set cleanup.policy=delete, or delete the topic and have it created anew";
        return null;
    }

    private static bool ExpiresByEventTime(DescribeConfigsResult topic) => topic.Entries["cleanup.policy"].Value.Contains("delete", StringComparison.Ordinal)
        && topic.Entries["message.timestamp.type"].Value == "CreateTime" && topic.Entries["retention.ms"].Value != "-1";

    [LoggerMessage(LogLevel.Information, "created topics {Topics}")]
    private partial void Created(string topics);

    [LoggerMessage(LogLevel.Warning, "topic {Topic} expires messages by their own time (message.timestamp.type=CreateTime), so a replay of an old stream is deleted as it is written; set message.timestamp.type=LogAppendTime")]
    private partial void Expires(string topic);
}
