using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer;

/// <summary>The program's options: what they are called, what they mean, and what they become.</summary>
internal sealed class ProducerCommand
{
    private const string Unlimited = "max";

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
          tweetstreams-producer --kafka broker:9093 --set security.protocol=ssl --set ssl.ca.location=ca.pem
              any setting of librdkafka

        Ctrl-C and SIGTERM stop it cleanly: what has been read is delivered first.
        Exit codes: 0 done or stopped, 2 Kafka does not answer or does not take a message, 64 wrong options, 66 the source cannot be read, 1 anything else.
        """;

    private readonly Option<string[]> _sources = new("--source", "-s")
    {
        Description = "sample, the path of a file (plain or gzip), or - for standard input; several are read one after the other",
        HelpName = "sample|file|-",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [SourceSpec.Sample],
    };

    private readonly Option<string?> _kafka;

    private readonly Option<string> _topic = new("--topic")
    {
        Description = "the topic to write to; created where it does not exist",
        HelpName = "name",
        DefaultValueFactory = _ => FeedOptions.DefaultTopic,
    };

    private readonly Option<double> _speed = new("--speed")
    {
        Description = "how fast a recording is replayed: max, or a multiple of real time such as 1x, 10x, 0.5x [default: max]",
        HelpName = "max|1x|10x",
        CustomParser = result => ParsePositive(result, "x", "a speed is max, or a number above 0 such as 1x, 10x, 0.5x"),
    };

    private readonly Option<double> _rate = new("--rate")
    {
        Description = "messages a second of the sample, or max",
        HelpName = "number|max",
        DefaultValueFactory = _ => SampleOptions.DefaultRate,
        CustomParser = result => ParsePositive(result, "", "a rate is max, or a number above 0"),
    };

    private readonly Option<int?> _seed = new("--seed") { Description = "make the same sample each time", HelpName = "number" };

    private readonly Option<long?> _count = new("--count") { Description = "end the sample after so many messages", HelpName = "number" };

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

    private readonly RootCommand _command;

    /// <param name="defaultKafka">What is used where --kafka is not given.</param>
    public ProducerCommand(string? defaultKafka)
    {
        _kafka = new Option<string?>("--kafka", "-k")
        {
            Description = "the Kafka brokers; or set the environment variable KAFKA",
            HelpName = "host:port",
            Required = string.IsNullOrWhiteSpace(defaultKafka),
        };
        if (!_kafka.Required)
            _kafka.DefaultValueFactory = _ => defaultKafka;
        _command = new RootCommand(About)
        {
            _kafka, _sources, _topic, _speed, _rate, _seed, _count, _partitions, _replicationFactor, _retention, _settings, _settingsFile, _metrics, _waitForBroker,
        };
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
        parsed.GetRequiredValue(_sources),
        new SampleOptions { Seed = parsed.GetValue(_seed), Rate = parsed.GetValue(_rate), Count = parsed.GetValue(_count) },
        new FeedOptions
        {
            BootstrapServers = parsed.GetValue(_kafka) ?? "",
            Topic = parsed.GetRequiredValue(_topic),
            Speed = parsed.GetValue(_speed) is > 0 and var speed ? speed : null,
            Partitions = parsed.GetValue(_partitions),
            ReplicationFactor = parsed.GetValue(_replicationFactor),
            Retention = TimeSpan.FromHours(parsed.GetValue(_retention)),
            WaitForBroker = parsed.GetValue(_waitForBroker),
            ClientSettings = SettingsFile.Read(parsed.GetValue(_settingsFile)).Concat(parsed.GetValue(_settings) ?? []).GroupBy(setting => setting.Key).ToDictionary(same => same.Key, same => same.Last().Value),
        },
        parsed.GetValue(_metrics));

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

    /// <summary>A number above 0, or 0 for max; the library cannot pass a null on.</summary>
    private static double ParsePositive(ArgumentResult result, string unit, string expected)
    {
        string text = result.Tokens[0].Value;
        if (text == Unlimited)
            return 0;
        string digits = text.EndsWith(unit, StringComparison.Ordinal) ? text[..^unit.Length] : text;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number))
            return number;
        result.AddError($"'{text}' is wrong: {expected}");
        return 0;
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
