using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Metrics;

namespace TweetStreams.Producer;

/// <summary>The program's options: what they are called, what they mean, and what they become.</summary>
internal sealed class ProducerCommand
{
    private const string Json = "json";

    private const string About = """
        Writes a social stream into Kafka exactly as it arrived, one message a line.

        Examples:
          tweetstreams-producer --kafka localhost:9092
              made-up messages, 200 a second, until Ctrl-C
          tweetstreams-producer --kafka localhost:9092 --source 2019-07-*.ndjson.gz
              recorded streams, plain or gzip, one after the other, as fast as Kafka takes them
          tweetstreams-producer --kafka localhost:9092 --source day.gz --speed 10x
              the same ten times as fast as it happened; gaps of more than a minute are skipped
          curl -sN https://example.com/stream | tweetstreams-producer --kafka localhost:9092 --source -
              whatever another program receives
          tweetstreams-producer --kafka localhost:9092 --source jetstream
              Bluesky, live; goes on where it was; control API at http://127.0.0.1:4711/
          tweetstreams-producer --kafka localhost:9092 --source x:filtered --rule x:coffee
              X, with the token in X_BEARER_TOKEN
          tweetstreams-producer --kafka broker:9093 --set security.protocol=ssl --set ssl.ca.location=ca.pem
              any setting of librdkafka

        Ctrl-C and SIGTERM stop it cleanly: what has been read is delivered first. SIGUSR1 reconnects a live source.
        Exit codes: 0 done or stopped, 2 gave up reconnecting, 3 the service was never there, 64 wrong options, 66 a file cannot be read, 69 Kafka does not answer or does not take a
        message, 100 the service refuses the credentials, 101 no such stream, 102 it refuses the parameters, 1 anything else.
        """;

    private readonly Option<string?> _kafka;

    private readonly Option<string> _topic = new("--topic")
    {
        Description = "the topic to write to; created where it does not exist",
        HelpName = "name",
        DefaultValueFactory = _ => FeedOptions.DefaultTopic,
    };

    private readonly Option<int> _partitions = new("--partitions")
    {
        Description = "partitions of a topic that is created",
        HelpName = "number",
        DefaultValueFactory = _ => 4,
    };

    private readonly Option<short?> _replicationFactor = new("--replication-factor")
    {
        Description = "replicas of a topic that is created [default: the cluster's]",
        HelpName = "number",
    };

    private readonly Option<double> _retention = new("--retention-hours")
    {
        Description = "how long a topic that is created keeps its messages",
        HelpName = "hours",
        DefaultValueFactory = _ => 72,
    };

    private readonly Option<KeyValuePair<string, string>[]> _settings = new("--set")
    {
        Description = "a setting of librdkafka, handed on as it is; may be repeated",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseSettings,
    };

    private readonly Option<string?> _settingsFile = new("--set-file")
    {
        Description = "a file with settings of librdkafka, one key=value a line: for what must not be on a command line",
        HelpName = "file",
    };

    private readonly Option<MetricsAddress?> _metrics = new("--metrics")
    {
        Description = "show Prometheus metrics at http://address:port/metrics, as 127.0.0.1:4712; 0.0.0.0 for all addresses [default: nowhere]",
        HelpName = "address:port",
        CustomParser = ParseAddress,
    };

    private readonly Option<bool> _waitForBroker = new("--wait-for-broker") { Description = "keep trying until a broker answers" };

    private readonly Option<string> _log = new Option<string>("--log") { Description = "how the log is written on standard error: plain lines, or a JSON object a line", HelpName = "text|json", DefaultValueFactory = _ => "text" }.AcceptOnlyFromAmong("text", Json);

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "say on standard error what happens, not only what goes wrong" };

    private readonly FeedingCommand _feeding;
    private readonly RootCommand _command;

    /// <param name="defaultKafka">What is used where --kafka is not given.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    public ProducerCommand(string? defaultKafka, Func<string, string?>? environment = null)
    {
        _feeding = new FeedingCommand(environment ?? Environment.GetEnvironmentVariable);
        _kafka = new Option<string?>("--kafka", "-k")
        {
            Description = "the Kafka brokers; or set the environment variable KAFKA",
            HelpName = "host:port",
            Required = string.IsNullOrWhiteSpace(defaultKafka),
        };
        if (!_kafka.Required)
            _kafka.DefaultValueFactory = _ => defaultKafka;
        _command = new RootCommand(About);
        foreach (Option option in (Option[])[_kafka, .. _feeding.Options, _topic, _partitions, _replicationFactor, _retention, _settings, _settingsFile, _metrics, _waitForBroker, _log, _verbose])
            _command.Add(option);
    }

    /// <summary>Parses the arguments and runs what they ask for; answers --help and --version itself.</summary>
    public async Task<int> InvokeAsync(
        string[] args, Func<ProducerArguments, CancellationToken, Task<int>> run, TextWriter output, TextWriter error, CancellationToken stop)
    {
        _command.SetAction((parsed, cancellationToken) => RunAsync(parsed, run, error, cancellationToken));
        ParseResult parsed = _command.Parse(args);
        if (parsed.Action is ParseErrorAction)
            return Refuse(error, parsed.Errors.Select(mistake => mistake.Message));

        // Signals are the program's own affair: the library would cut a clean stop short.
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(
        ParseResult parsed, Func<ProducerArguments, CancellationToken, Task<int>> run, TextWriter error, CancellationToken cancellationToken)
    {
        ProducerArguments arguments;
        try
        {
            arguments = Bind(parsed);
        }
        catch (Exception wrong) when (wrong is InvalidSettingException or ArgumentOutOfRangeException or OverflowException)
        {
            return Refuse(error, [wrong.Message]);
        }
        return await run(arguments, cancellationToken).ConfigureAwait(false);
    }

    private ProducerArguments Bind(ParseResult parsed) => new(
        _feeding.Bind(parsed),
        new FeedOptions
        {
            BootstrapServers = parsed.GetValue(_kafka) ?? "",
            Topic = parsed.GetRequiredValue(_topic),
            Speed = _feeding.Speed(parsed),
            Partitions = parsed.GetValue(_partitions),
            ReplicationFactor = parsed.GetValue(_replicationFactor),
            Retention = TimeSpan.FromHours(parsed.GetValue(_retention)),
            WaitForBroker = parsed.GetValue(_waitForBroker),
            ClientSettings = SettingsFile.Read(parsed.GetValue(_settingsFile)).Concat(parsed.GetValue(_settings) ?? []).GroupBy(setting => setting.Key).ToDictionary(same => same.Key, same => same.Last().Value),
        },
        parsed.GetValue(_metrics),
        parsed.GetRequiredValue(_log) == Json,
        parsed.GetValue(_verbose));

    private static MetricsAddress? ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (MetricsAddress.TryParse(text, out MetricsAddress? address))
            return address;
        result.AddError($"'{text}' is wrong: --metrics takes address:port, as 127.0.0.1:4712");
        return null;
    }

    private static int Refuse(TextWriter error, IEnumerable<string> mistakes)
    {
        foreach (string mistake in mistakes)
            error.WriteLine($"tweetstreams-producer: {mistake} (--help shows all options)");
        return ExitCode.Usage;
    }

    private static KeyValuePair<string, string>[] ParseSettings(ArgumentResult result)
    {
        var settings = new List<KeyValuePair<string, string>>();
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is [{ Length: > 0 } key, var value])
                settings.Add(new(key, value));
            else
                result.AddError($"'{token.Value}' is wrong: a setting is key=value, as linger.ms=100");
        }
        return [.. settings];
    }
}
