using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources.Http;
using TweetStreams.Producer.Sources.X;

namespace TweetStreams.Producer.Sources;

/// <summary>What people write to name a source.</summary>
public static class SourceSpec
{
    /// <summary>The made-up stream.</summary>
    public const string Sample = "sample";

    /// <summary>Standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Bluesky's stream.</summary>
    public const string Jetstream = "jetstream";

    private const string X = "x:";
    private const string Http = "http:";
    private const string EventLog = "event-log:";

    /// <summary>Whether a source goes on for ever.</summary>
    public static bool IsLive(string spec) => spec is Jetstream || spec.StartsWith(X, StringComparison.Ordinal) || spec.StartsWith(Http, StringComparison.Ordinal) || KafkaTopicSpec.IsOne(spec);

    /// <summary>Whether any of them does.</summary>
    public static bool AreLive(IEnumerable<string> specs) => specs.Any(IsLive);

    /// <summary>Opens the named sources, to be read one after the other. All of them are checked here, before anything is produced.</summary>
    /// <exception cref="SourceException">A file is missing, a directory, not readable, or named .gz without being gzip.</exception>
    public static IMessageSource Open(IReadOnlyList<string> specs, SampleOptions sample, TimeProvider time) =>
        Open(specs, new SourceSettings { Sample = sample }, new ConnectionListeners(), NullLogger.Instance, time);

    /// <summary>Opens the named sources: one after the other where all of them end, and all at once where one does not.</summary>
    /// <exception cref="SourceException">A file is missing, a directory, not readable, or named .gz without being gzip.</exception>
    /// <exception cref="InvalidSettingException">A live source is named or set wrongly.</exception>
    internal static IMessageSource Open(
        IReadOnlyList<string> specs, SourceSettings settings, IConnectionListener listener, ILogger logger, TimeProvider time, IRuleBook? rules = null)
    {
        if (specs.Count == 0)
            throw new SourceException($"no source is named; give {Sample}, {Jetstream}, {StandardInput} for standard input, or the path of a file");
        if (specs.Count(spec => spec == StandardInput) > 1)
            throw new SourceException("standard input (-) is named more than once; it can be read only once");

        IMessageSource[] sources = [.. specs.SelectMany(spec => OpenOne(spec, settings, listener, logger, time, rules))];
        return sources is [var only] ? only : AreLive(specs) ? new MergedSource(sources) : new SourceSequence(sources);
    }

    /// <summary>How X is asked for a stream.</summary>
    internal static XOptions XOf(XEndpoint endpoint, SourceSettings settings, int? partition = null) => new()
    {
        Endpoint = endpoint,
        Partition = partition,
        BaseAddress = settings.XAddress ?? new Uri("https://api.x.com"),
        Token = () => settings.XToken() ?? throw new InvalidSettingException("X wants a bearer token: set X_BEARER_TOKEN, or name a file with --x-token-file; an app at developer.x.com has one"),
        BackfillMinutes = settings.XBackfillMinutes,
        Fields = settings.XFields,
        MaxRetries = settings.MaxRetries,
        IdleWhenRefused = settings.IdleWhenRefused,
        RuleCap = settings.XRuleCap,
    };

    private static IEnumerable<IMessageSource> OpenOne(string spec, SourceSettings settings, IConnectionListener listener, ILogger logger, TimeProvider time, IRuleBook? rules)
    {
        if (spec.StartsWith(X, StringComparison.Ordinal)) return XStreams(spec, settings, listener, logger, time, rules);
        return
        [
            spec switch
            {
                Sample => new SampleSource(settings.Sample, time),
                StandardInput => new StandardInputSource(Console.OpenStandardInput(), settings.Limit),
                Jetstream => new JetstreamSource(settings.Jetstream with { MaxRetries = settings.MaxRetries }, time, listener),
                _ when spec.StartsWith(Http, StringComparison.Ordinal) => new ClassicStreamSource(HttpOf(spec, settings), listener, time),
                _ when KafkaTopicSpec.IsOne(spec) => new KafkaTopicSource(new KafkaTopicSourceOptions(KafkaTopicSpec.Parse(spec)) { ClientSettings = settings.KafkaSettings }, logger, time),
                _ when spec.StartsWith(EventLog, StringComparison.Ordinal) => EventLogSource.Open(spec[EventLog.Length..]),
                _ => (IMessageSource)FileSource.Open(spec, settings.Limit),
            },
        ];
    }

    private static IEnumerable<IMessageSource> XStreams(string spec, SourceSettings settings, IConnectionListener listener, ILogger logger, TimeProvider time, IRuleBook? rules)
    {
        XOptions[] streams = spec[X.Length..] switch
        {
            "filtered" => [XOf(XEndpoint.Filtered, settings)],
            "sample" => [XOf(XEndpoint.Sample, settings)],
            "compliance" => [.. settings.XPartitions.Select(partition => XOf(XEndpoint.Compliance, settings, partition))],
            _ => throw new InvalidSettingException($"'{spec}' is no stream of X; there are x:filtered, x:sample and x:compliance"),
        };
        foreach (XOptions stream in streams)
        {
            stream.Validate();
            _ = stream.Token();
        }
        return streams.Select(stream => new XStreamSource(stream, listener, logger, time, rules));
    }

    private static ClassicOptions HttpOf(string spec, SourceSettings settings)
    {
        ClassicOptions of = ClassicOptions.Of(spec[Http.Length..].StartsWith("//", StringComparison.Ordinal) ? spec : spec[Http.Length..]);
        return of with
        {
            // A user and password in the address stand where there is no header.
            Authorization = settings.HttpAuthorization() is null ? of.Authorization : () => settings.HttpAuthorization() ?? "",
            MaxRetries = settings.MaxRetries,
            IdleWhenRefused = settings.IdleWhenRefused,
        };
    }
}
