using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TweetStreams;

/// <summary>When internal topics are made: Streamiz makes them at the start.</summary>
public enum TopicCreation
{
    CreateAndCheck,

    /// <summary>The way of the embedded broker, which Streamiz cannot use.</summary>
    OnFirstUse,
}

/// <summary>The settings that a job has for its engine, and what they are in Streamiz.</summary>
public class StreamConfig
{
    private readonly Dictionary<string, string> clientSettings = [];

    public string ApplicationId { get; set; } = "";
    public string BootstrapServers { get; set; } = "";
    public int NumStreamThreads { get; set; } = 1;
    public long CommitIntervalMs { get; set; } = 30_000;
    public string StateDir { get; set; } = Path.Combine(Path.GetTempPath(), "tweetstreams");
    public int ReplicationFactor { get; set; } = -1;
    public TopicCreation TopicCreation { get; set; }
    public bool SingleInstance { get; set; }
    public ProcessingGuarantee Guarantee { get; set; }
    public bool StaticMembership { get; set; }
    public int NumStandbyReplicas { get; set; }
    public Action<CommitPoint>? AtCommitPoint { get; set; }
    public ILoggerFactory Logger { get; set; } = NullLoggerFactory.Instance;
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Nobody is told: on Streamiz an instance answers for itself alone.</summary>
    public string ApplicationServer { get; set; } = "";

    public void AddConfig(string key, string value) => clientSettings[key] = value;

    internal IReadOnlyDictionary<string, string> ClientSettings => clientSettings;

    /// <exception cref="StreamConfigException">Streamiz has not got what is asked for.</exception>
    internal Streamiz.Kafka.Net.StreamConfig Of(Action<Exception> failed)
    {
        if (SingleInstance || TopicCreation == TopicCreation.OnFirstUse) throw new StreamConfigException("Streamiz does not run on the embedded broker, which keeps no consumer groups that it could rely on; name a Kafka with --kafka host:port");
        if (NumStandbyReplicas > 0) throw new StreamConfigException("Streamiz keeps no standby copies; leave --standby out, or build without Engine=Streamiz");
        if (StaticMembership) throw new StreamConfigException("Streamiz closes tasks as it leaves, whoever comes back; leave --membership out, or build without Engine=Streamiz");
        if (AtCommitPoint is not null) throw new StreamConfigException("a commit of Streamiz tells nobody where it is");
        var config = new Streamiz.Kafka.Net.StreamConfig(null, Logger)
        {
            ApplicationId = ApplicationId,
            BootstrapServers = BootstrapServers,
            NumStreamThreads = NumStreamThreads,
            StateDir = StateDir,
            ReplicationFactor = ReplicationFactor,
            // Streamiz begins at the end of a topic unless it is told.
            AutoOffsetReset = AutoOffsetReset.Earliest,
            InnerExceptionHandler = e =>
            {
                failed(e);
                return ExceptionHandlerResponse.FAIL;
            },
        };
        // It locks settings of its clients, and shortens the interval.
        config.Guarantee = Guarantee;
        config.CommitIntervalMs = CommitIntervalMs;
        return config;
    }
}
