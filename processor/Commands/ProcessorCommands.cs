using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using TweetStreams.Processor.Web;
using TweetStreams.Producer;
using TweetStreams.Producer.Feeding;
using TweetStreams.Registry;

namespace TweetStreams.Processor.Commands;

/// <summary>The program's commands and options: what they are called, what they mean, and what they become.</summary>
internal sealed class ProcessorCommands
{
    private const string Program = "tweetstreams-processor";

    private const string About = """
        Splits a social stream by kind and counts its words, in total and in windows of event time, with Kafka as the only store.

        Examples:
          tweetstreams-processor run
              everything in one process: an embedded broker, made-up messages, the counts and a page; until Ctrl-C
          tweetstreams-processor run --source day.ndjson.gz --export counts
              a recording to its end, then a summary and the tables of counts in counts/
          tweetstreams-processor run --source day.ndjson.gz --kafka localhost:9092
              the same on a real cluster; missing topics are created
          tweetstreams-processor process --kafka localhost:9092
              the counting alone; others write to tweets.raw
          tweetstreams-processor doctor --kafka localhost:9092
              what is wrong, in plain words
          tweetstreams-processor topic word-totals
              print a topic of the job that runs here

        Ctrl-C and SIGTERM stop it cleanly: everything that was read is committed first; a second one ends it at once.
        Exit codes: 0 done or stopped, 2 Kafka or the schema registry does not answer, does not take a record, or a topic or schema does not fit, 64 wrong options or settings, 66 the source cannot be read,
        73 the state directory cannot be used, 1 anything else.
        """;

    private const string ExactlyOnce = "exactly-once", AtLeastOnce = "at-least-once", Static = "static", Dynamic = "dynamic", DeadLetter = "dead-letter", Stop = "stop", On = "on", OffWord = "off", Json = "json", Avro = "avro";

    // No time that can be written.
    private static readonly TimeSpan Off = TimeSpan.MinValue;

    private static readonly char[] Units = ['s', 'm', 'h', 'd'];

    private readonly Option<string?> kafka;
    private readonly Option<string?> export = new("--export") { Description = "leave kinds.json, totals.tsv, windows.tsv and top.json there at the end", HelpName = "dir" };
    private readonly Option<string> applicationId = new("--application-id") { Description = "names the consumer group and the internal topics", HelpName = "name", DefaultValueFactory = _ => new ProcessorSettings().ApplicationId };
    private readonly Option<int> threads = new("--threads") { Description = "threads that share the partitions", HelpName = "number", DefaultValueFactory = _ => new ProcessorSettings().Threads };
    private readonly Option<int> partitions = new("--partitions") { Description = "partitions of topics that are created", HelpName = "number", DefaultValueFactory = _ => new ProcessorSettings().Partitions };
    private readonly Option<short?> replicationFactor = new("--replication-factor") { Description = "replicas of topics that are created [default: the cluster's]", HelpName = "number" };
    private readonly Option<string?> guarantee = OneOf("--guarantee", "what a crash may do to counts: nothing, or count an interval twice [default: exactly-once; at-least-once with the embedded broker]", ExactlyOnce, AtLeastOnce);
    private readonly Option<string?> membership = OneOf("--membership", "static: after a restart an instance gets its partitions back at once; dynamic: they move as soon as it stops [default: dynamic]", Static, Dynamic);
    private readonly Option<int> standby = new("--standby") { Description = "1: keep a warm copy of the state that other instances have, to take over from them without a restore", HelpName = "0|1" };
    private readonly Option<string?> stateDir = new("--state-dir") { Description = "where state is kept [default: the user's data directory; temporary with the embedded broker]", HelpName = "dir" };
    private readonly Option<TimeSpan?> commit = Duration("--commit-interval", "how often counts are committed and become visible", new ProcessorSettings().CommitInterval);
    private readonly Option<TimeSpan?> window = Duration("--window", "size of the windows", new ProcessorSettings().Window);
    private readonly Option<TimeSpan?> grace = Duration("--grace", "how late a message may be, against the slowest partition, and still be in its window", new ProcessorSettings().Grace);
    private readonly Option<TimeSpan?> retention = new("--retention")
    {
        Description = "how long windows are kept, in event time [default: 7d; a run over files keeps all]",
        HelpName = "time",
        CustomParser = ParseDuration,
    };
    private readonly Option<TimeSpan?> dedupe = new("--dedupe")
    {
        Description = "how long, in event time, an id that was seen is not counted again; off counts each message [default: 15m]",
        HelpName = "time|off",
        CustomParser = result => result.Tokens[0].Value == "off" ? Off : ParseDuration(result),
    };
    private readonly Option<string?> tooLarge = OneOf("--too-large", "what becomes of a message that the topic of its kind does not take: a dead letter, or a stop [default: dead-letter]", DeadLetter, Stop);
    private readonly Option<bool> normalise = new("--normalise") { Description = "count words in lower case, without the punctuation around them, and without links and mentions" };
    private readonly Option<string?> trends = OneOf("--trends", "trends of hashtags and of retweeted tweets [default: on]", On, OffWord);
    private readonly Option<TimeSpan?> trendWindow = Duration("--trend-window", "the span of event time that a trend covers", new ProcessorSettings().TrendWindow);
    private readonly Option<TimeSpan?> trendEvery = Duration("--trend-every", "how often there is a trend", new ProcessorSettings().TrendEvery);
    private readonly Option<int> trendLeast = new("--trend-least") { Description = "in how many tweets a hashtag must be to be in a trend", HelpName = "number", DefaultValueFactory = _ => new ProcessorSettings().TrendLeast };
    private readonly Option<string?> trendRules = new("--trend-rules") { Description = "synonyms and stop words for hashtags, a line each: 'name = tag tag' or '- tag tag'; read again when it changes", HelpName = "file" };
    private readonly Option<int> top = new("--top") { Description = "words of a ranking", HelpName = "number", DefaultValueFactory = _ => new ProcessorSettings().Top };
    private readonly Option<TimeSpan?> topEvery = Duration("--top-every", "how often the ranking of the totals is published while it changes", new ProcessorSettings().TopEvery);
    private readonly Option<int> port = new("--port") { Description = "port of the page and the queries; 0 for any free one", HelpName = "number", DefaultValueFactory = _ => new ProcessorSettings().Port };
    private readonly Option<IPAddress?> listen = new("--listen") { Description = "address of this machine for the page and the queries; 0.0.0.0 for all [default: 127.0.0.1]", HelpName = "address", CustomParser = ParseAddress };
    private readonly Option<HostInfo?> advertise = new("--advertise")
    {
        Description = "where other instances ask this one [default: where it listens; the machine's name for 0.0.0.0]",
        HelpName = "host:port",
        CustomParser = ParseHost,
    };
    private readonly Option<string?> tokenFile = new("--token-file") { Description = "a file with the token that who asks over HTTP must have; or the environment variable TWEETSTREAMS_TOKEN [default: none]", HelpName = "file" };
    private readonly Option<string?> tlsCertificate = new("--tls-certificate") { Description = "HTTPS with this certificate, a PEM file, which may hold the key too", HelpName = "file" };
    private readonly Option<string?> tlsKey = new("--tls-key") { Description = "the certificate's key, a PEM file", HelpName = "file" };
    private readonly Option<string?> tlsAuthorities = new("--tls-ca") { Description = "the authorities that certificates of other instances are trusted by, besides the machine's own", HelpName = "file" };
    private readonly Option<string?> format = OneOf("--format", "what is written: messages as they came and counts in JSON, or everything in Avro [default: json]", Json, Avro);
    private readonly Option<string?> registry = new("--registry") { Description = "the schema registry for Avro; several are tried in turn", HelpName = "url[,url]" };
    private readonly Option<string?> naming = OneOf("--subject-naming", "what schemas are filed under: topic-value, the record's name, or both [default: topic]", "topic", "record", "topic-record");
    private readonly Option<string?> credentials = new("--registry-credentials")
    {
        Description = "a file with user:password or a bearer token for the registry; or set TWEETSTREAMS_REGISTRY_USER and _PASSWORD, or _TOKEN",
        HelpName = "file",
    };
    private readonly Option<string?> authorities = new("--registry-ca") { Description = "a file of certificates (PEM) that the registry's must come from [default: what the system trusts]", HelpName = "file" };
    private readonly Option<bool> avroRaw = new("--avro-raw") { Description = "keep the JSON as received in each tweet's record" };
    private readonly Option<KeyValuePair<string, string>[]> settings = new("--set")
    {
        Description = "a setting of librdkafka, handed on as it is; may be repeated",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseSettings,
    };
    private readonly Option<string?> settingsFile = new("--set-file") { Description = "a file with settings of librdkafka, one key=value a line: for what must not be on a command line", HelpName = "file" };
    private readonly Option<Uri?> otlp = new("--otlp") { Description = "send metrics and traces to this collector, by OTLP over HTTP, as http://127.0.0.1:4318 [default: none]", HelpName = "url", CustomParser = ParseUrl };
    private readonly Option<string?> log = OneOf("--log", "how the log is written on standard error: plain lines, or a JSON object a line [default: text]", "text", Json);
    private readonly Option<bool> verbose = new("--verbose", "-v") { Description = "say on standard error what happens, not only what goes wrong", Recursive = true };
    private readonly Option<bool> follow = new("--follow", "-f") { Description = "go on with what comes" };
    private readonly Argument<string> topic = new("name") { Description = "the topic" };
    private readonly Func<string, string?> environment;
    private readonly FeedingCommand feeding;
    private readonly RootCommand root;

    public ProcessorCommands(string? defaultKafka, Func<Surroundings> surroundings, Func<string, string?>? environment = null)
    {
        this.environment = environment ?? Environment.GetEnvironmentVariable;
        feeding = new FeedingCommand(this.environment);
        kafka = new Option<string?>("--kafka", "-k") { Description = "the Kafka brokers; or set the environment variable KAFKA", HelpName = "host:port", DefaultValueFactory = _ => string.IsNullOrWhiteSpace(defaultKafka) ? null : defaultKafka };
        Option[] common = [kafka, applicationId, threads, partitions, replicationFactor, guarantee, membership, standby, stateDir, commit, window, grace, retention, dedupe, tooLarge, normalise, trends, trendWindow, trendEvery, trendLeast, trendRules, top, topEvery, port, listen, advertise, tokenFile, tlsCertificate, tlsKey, tlsAuthorities, format, registry, naming, credentials, authorities, avroRaw, settings, settingsFile, otlp];
        var run = new Command("run", "Source, broker, counts and page in one process");
        foreach (Option option in (Option[])[.. feeding.Options, export, .. common]) run.Add(option);
        run.SetAction((parsed, stop) => RunAsync(surroundings, parsed, around => new RunCommand(Run(parsed), Processor(parsed, Run(parsed).Ends), around).RunAsync(stop)));
        var process = new Command("process", "The counts and the page alone, on a cluster that others feed");
        foreach (Option option in common) process.Add(option);
        process.SetAction((parsed, stop) => RunAsync(surroundings, parsed, around => parsed.GetValue(kafka) is null
            ? throw new SettingException("--kafka is missing: name the brokers as host:port, or use the run command, which brings one")
            : new ProcessCommand(Processor(parsed, keepAll: false), around).RunAsync(stop)));
        var print = new Command("topic", "Print a topic, key and value a line") { topic, kafka, port, follow };
        print.SetAction((parsed, stop) => RunAsync(surroundings, parsed, around => new TopicCommand(parsed.GetRequiredValue(topic), parsed.GetValue(kafka), parsed.GetValue(port), parsed.GetValue(follow), around).RunAsync(stop)));
        var doctor = new Command("doctor", "Look at what a processor needs, Kafka, topics, state, port, clock, registry, and say what is wrong; changes nothing");
        foreach (Option option in common) doctor.Add(option);
        doctor.SetAction((parsed, stop) => RunAsync(surroundings, parsed, around => new DoctorCommand(Processor(parsed, keepAll: false), around).RunAsync(stop)));
        log.Recursive = true;
        root = new RootCommand(About) { run, process, print, doctor, verbose, log };
    }

    public async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (ParseError mistake in parsed.Errors) error.WriteLine($"{Program}: {mistake.Message} (--help shows all options)");
            return Exit.Usage;
        }
        // Signals are the program's own affair: the library would cut a clean stop short.
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(Func<Surroundings> make, ParseResult parsed, Func<Surroundings, Task> run)
    {
        Surroundings surroundings = make() with { Log = parsed.GetValue(verbose) ? LogLevel.Information : LogLevel.Warning, Json = parsed.GetValue(log) == Json };
        try
        {
            await run(surroundings).ConfigureAwait(false);
            return Exit.Success;
        }
        catch (OperationCanceledException)
        {
            surroundings.Output.WriteLine("stopped before it ran");
            return Exit.Success;
        }
#pragma warning disable CA1031 // the last resort before the shell: a line that says what to do
        catch (Exception failure)
#pragma warning restore CA1031
        {
            (int code, string message) = Exit.For(failure);
            surroundings.Fail(Program, message);
            return code;
        }
    }

    private RunSettings Run(ParseResult parsed) => new(feeding.Bind(parsed), feeding.Speed(parsed), parsed.GetValue(export));

    private ProcessorSettings Processor(ParseResult parsed, bool keepAll)
    {
        string? address = parsed.GetValue(kafka);
        return new ProcessorSettings
        {
            Kafka = address,
            ApplicationId = parsed.GetRequiredValue(applicationId),
            Threads = parsed.GetValue(threads),
            Partitions = parsed.GetValue(partitions),
            ReplicationFactor = parsed.GetValue(replicationFactor),
            Guarantee = parsed.GetValue(guarantee) switch { ExactlyOnce => ProcessingGuarantee.EXACTLY_ONCE, AtLeastOnce => ProcessingGuarantee.AT_LEAST_ONCE, _ => null },
            StaticMembership = parsed.GetValue(membership) == Static,
            Standby = parsed.GetValue(standby),
            StateDir = parsed.GetValue(stateDir) ?? (address is null ? null : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "tweetstreams")),
            CommitInterval = parsed.GetValue(commit) ?? new ProcessorSettings().CommitInterval,
            Window = parsed.GetValue(window) ?? new ProcessorSettings().Window,
            Grace = parsed.GetValue(grace) ?? new ProcessorSettings().Grace,
            Retention = parsed.GetValue(retention) ?? (keepAll ? TopologyOptions.Unlimited : new ProcessorSettings().Retention),
            Dedupe = parsed.GetValue(dedupe) is not { } interval ? new ProcessorSettings().Dedupe : interval == Off ? null : interval,
            TooLargeIsDeadLetter = parsed.GetValue(tooLarge) != Stop,
            Normalise = parsed.GetValue(normalise),
            Trends = parsed.GetValue(trends) != OffWord,
            TrendWindow = parsed.GetValue(trendWindow) ?? new ProcessorSettings().TrendWindow,
            TrendEvery = parsed.GetValue(trendEvery) ?? new ProcessorSettings().TrendEvery,
            TrendLeast = parsed.GetValue(trendLeast),
            TrendRules = parsed.GetValue(trendRules),
            Top = parsed.GetValue(top),
            TopEvery = parsed.GetValue(topEvery) ?? new ProcessorSettings().TopEvery,
            Port = parsed.GetValue(port),
            Token = SecretFile.Read(parsed.GetValue(tokenFile), "--token-file", "TWEETSTREAMS_TOKEN"),
            Tls = parsed.GetValue(tlsCertificate) is { } certificate ? TlsFiles.Read(certificate, parsed.GetValue(tlsKey), parsed.GetValue(tlsAuthorities)) : null,
            Otlp = parsed.GetValue(otlp),
            Listen = parsed.GetValue(listen) ?? IPAddress.Loopback,
            Advertise = parsed.GetValue(advertise),
            Registry = Registry(parsed),
            AvroRaw = parsed.GetValue(avroRaw),
            ClientSettings = SettingsFile.Read(parsed.GetValue(settingsFile)).Concat(parsed.GetValue(settings) ?? []).GroupBy(setting => setting.Key).ToDictionary(same => same.Key, same => same.Last().Value),
        };
    }

    private SchemaRegistryOptions? Registry(ParseResult parsed)
    {
        bool avro = parsed.GetValue(format) == Avro;
        if (!avro && parsed.GetValue(avroRaw)) throw new SettingException("--avro-raw has no use with JSON; add --format avro, or leave it out");
        SubjectNaming? subjects = parsed.GetValue(naming) switch { "topic" => SubjectNaming.TopicName, "record" => SubjectNaming.RecordName, "topic-record" => SubjectNaming.TopicRecordName, _ => null };
        return new RegistrySettings(avro, parsed.GetValue(registry), subjects, parsed.GetValue(credentials), parsed.GetValue(authorities)).Options(environment);
    }

    private static Option<string?> OneOf(string name, string description, params string[] values) =>
        new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) }.AcceptOnlyFromAmong(values);

    private static Option<TimeSpan?> Duration(string name, string description, TimeSpan standard) => new(name)
    {
        Description = $"{description} [default: {(standard.TotalSeconds < 1 ? $"{standard.TotalMilliseconds}ms" : $"{standard.TotalSeconds}s")}]",
        HelpName = "time",
        CustomParser = ParseDuration,
    };

    /// <summary>A time such as 500ms, 10s, 5m, 2h, 7d.</summary>
    private static TimeSpan? ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool milliseconds = text.EndsWith("ms", StringComparison.Ordinal);
        string digits = milliseconds ? text[..^2] : text.Length > 0 && Units.Contains(text[^1]) ? text[..^1] : text;
        double unit = milliseconds ? 0.001 : text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => double.NaN };
        if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount) && amount * unit < TopologyOptions.Unlimited.TotalSeconds) return TimeSpan.FromSeconds(amount * unit);
        result.AddError($"'{text}' is wrong: a time is a number and a unit, as 500ms, 10s, 5m, 2h or 7d");
        return null;
    }

    private static IPAddress? ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        // The parser would also take a lone number for an address.
        if (text.AsSpan().ContainsAny('.', ':') && IPAddress.TryParse(text, out IPAddress? address)) return address;
        result.AddError($"'{text}' is wrong: --listen takes an address of this machine, as 127.0.0.1, or 0.0.0.0 for all");
        return null;
    }

    private static HostInfo? ParseHost(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (HostInfo.TryParse(text, out HostInfo? host)) return host;
        result.AddError($"'{text}' is wrong: --advertise takes host:port, an address of IPv6 in brackets");
        return null;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https") return url;
        result.AddError($"'{text}' is wrong: --otlp takes the address of a collector, as http://127.0.0.1:4318");
        return null;
    }

    private static double PositiveOrMax(ArgumentResult result, string unit, string expected)
    {
        string text = result.Tokens[0].Value;
        if (text == "max") return 0;
        string digits = text.EndsWith(unit, StringComparison.Ordinal) ? text[..^unit.Length] : text;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number)) return number;
        result.AddError($"'{text}' is wrong: {expected}");
        return 0;
    }

    private static KeyValuePair<string, string>[] ParseSettings(ArgumentResult result)
    {
        var parsed = new List<KeyValuePair<string, string>>();
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is [{ Length: > 0 } key, var value]) parsed.Add(new(key, value));
            else result.AddError($"'{token.Value}' is wrong: a setting is key=value, as linger.ms=100");
        }
        return [.. parsed];
    }
}
