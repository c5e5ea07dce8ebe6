using System.Collections.Frozen;
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Feeding;

/// <summary>The options that say what is fed and how, for every program that feeds.</summary>
internal sealed class FeedingCommand(Func<string, string?> environment)
{
    /// <summary>For who is asked what a rate or speed without a limit is called.</summary>
    public const string Unlimited = "max";

    private readonly Option<string[]> sources = new("--source", "-s")
    {
        Description = "sample; a file, plain or gzip; - for standard input; jetstream; x:filtered, x:sample, x:compliance; http:URL; kafka:host:port/topic; event-log:dir. Those that end are read one after the other",
        HelpName = "source",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [SourceSpec.Sample],
    };

    private readonly Option<double> speed = new("--speed")
    {
        Description = "how fast a recording is replayed: max, or a multiple of real time such as 1x, 10x, 0.5x [default: max]",
        HelpName = "max|1x|10x",
        CustomParser = result => PositiveOrMax(result, "x", "a speed is max, or a number above 0 such as 1x, 10x, 0.5x"),
    };

    private readonly Option<double> rate = new("--rate")
    {
        Description = "messages a second of the sample, or max",
        HelpName = "number|max",
        DefaultValueFactory = _ => SampleOptions.DefaultRate,
        CustomParser = result => PositiveOrMax(result, "", "a rate is max, or a number above 0"),
    };

    private readonly Option<int?> seed = new("--seed") { Description = "make the same sample each time", HelpName = "number" };
    private readonly Option<long?> count = new("--count") { Description = "end the sample after so many messages", HelpName = "number" };
    private readonly Option<string?> xToken = new("--x-token-file") { Description = "a file with X's bearer token; or the environment variable X_BEARER_TOKEN", HelpName = "file" };
    private readonly Option<string?> xAddress = new("--x-api") { Description = "where X's API is; or the environment variable X_API [default: https://api.x.com]", HelpName = "url" };
    private readonly Option<int> xBackfill = new("--x-backfill") { Description = "after an outage, ask X to send again up to so many minutes, where the account may", HelpName = "0-5" };
    private readonly Option<int[]> xPartitions = new("--x-partition") { Description = "partitions of x:compliance [default: all 4]", HelpName = "1-4", AllowMultipleArgumentsPerToken = true };
    private readonly Option<KeyValuePair<string, string>[]> xFields = new("--x-fields") { Description = "a parameter that says which fields X sends, in place of the default one, as tweet.fields=id,text", HelpName = "name=list", Arity = ArgumentArity.OneOrMore, CustomParser = ParsePairs };
    private readonly Option<string[]> jetstreams = new("--jetstream") { Description = "instances of Jetstream, the first one first [default: Bluesky's four]", HelpName = "wss://…", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> collections = new("--jetstream-collection") { Description = "kinds of records to read [default: app.bsky.feed.post app.bsky.feed.repost]", HelpName = "name", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> dids = new("--jetstream-did") { Description = "accounts to read [default: all]", HelpName = "did", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> authorization = new("--http-authorization-file") { Description = "a file with the Authorization header for http: sources, as 'Basic …'; or the environment variable HTTP_AUTHORIZATION", HelpName = "file" };
    private readonly Option<KeyValuePair<string, string>[]> kafkaSettings = new("--source-set") { Description = "a setting of librdkafka for a kafka: source; may be repeated", HelpName = "key=value", Arity = ArgumentArity.OneOrMore, CustomParser = ParsePairs };
    private readonly Option<int?> retries = new("--max-retries") { Description = "give up after so many failures to connect in a row [default: never]", HelpName = "number" };
    private readonly Option<bool> idle = new("--idle-when-refused") { Description = "when the service refuses for good, wait for a reconnect over the control API or SIGUSR1, and do not end" };
    private readonly Option<Rule[]> rules = new("--rule")
    {
        Description = "a rule, as track:coffee, follow:123, hashtag:news, username:someone, locations:-74,40,-73,41, x:'cat has:images'; may be repeated, and comes to those that the topic rules has",
        HelpName = "type:value",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseRules,
    };

    private readonly Option<string?> enrich = new Option<string?>("--enrich") { Description = "say with each message which rules it matches: in headers, or in an object in its JSON as Traptor had it [default: not]", HelpName = "headers|traptor" }.AcceptOnlyFromAmong("headers", "traptor");
    private readonly Option<string[]> kinds = new("--only") { Description = "kinds that are written: tweets, retweets, deletes, limits, notices, dead-letters [default: all]", HelpName = "kind", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string[]> languages = new("--language") { Description = "languages of tweets that are written, as en; und for none told [default: all]", HelpName = "code", AllowMultipleArgumentsPerToken = true };
    private readonly Option<double> share = new("--keep") { Description = "the share of messages that is written, by their ids", HelpName = "0-1", DefaultValueFactory = _ => 1 };
    private readonly Option<double?> ruleRate = new("--rule-rate") { Description = "messages a second that a rule may bring; what is over that for all its rules is left out [default: any number]", HelpName = "number" };
    private readonly Option<double> ruleBurst = new("--rule-burst") { Description = "messages that a rule may bring at once, with --rule-rate", HelpName = "number", DefaultValueFactory = _ => 10 };
    private readonly Option<int> ruleCap = new("--x-rule-cap") { Description = "rules of X that the account may have", HelpName = "number", DefaultValueFactory = _ => 1_000 };
    private readonly Option<int> trackCap = new("--track-cap") { Description = "phrases that rules may track", HelpName = "number", DefaultValueFactory = _ => new RuleCaps().Track };
    private readonly Option<int> followCap = new("--follow-cap") { Description = "users that rules may follow", HelpName = "number", DefaultValueFactory = _ => new RuleCaps().Follow };
    private readonly Option<int> placeCap = new("--place-cap") { Description = "boxes and polygons that rules may have", HelpName = "number", DefaultValueFactory = _ => new RuleCaps().Locations };
    private readonly Option<(int Index, int Count)> shard = new("--rule-shard")
    {
        Description = "which of several instances this is, as 1/3, each with an account of its own: the rules of X are divided among them",
        HelpName = "n/count",
        DefaultValueFactory = _ => (0, 1),
        CustomParser = result =>
        {
            if (result.Tokens[0].Value.Split('/') is [var n, var of] && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && int.TryParse(of, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
                && number >= 1 && number <= all) return (number - 1, all);
            result.AddError($"'{result.Tokens[0].Value}' is wrong: --rule-shard takes a number and how many there are, as 1/3");
            return (0, 1);
        },
    };

    private readonly Option<string?> control = new("--control") { Description = "the control API: rules, subscriptions, gaps, pause and resume [default: none; 127.0.0.1:4711 with a live source; off for none at all]", HelpName = "address:port|off" };
    private readonly Option<string?> controlToken = new("--control-token-file") { Description = "a file with the token that who asks the control API must have; or the environment variable TWEETSTREAMS_CONTROL_TOKEN", HelpName = "file" };
    private readonly Option<string?> eventLog = new("--event-log") { Description = "also write each message as it came to files in this directory", HelpName = "dir" };
    private readonly Option<long?> eventLogCount = new("--event-log-count") { Description = "messages of a file of the event log [default: any number]", HelpName = "number" };
    private readonly Option<double> eventLogSize = new("--event-log-mb") { Description = "megabytes of a file of the event log", HelpName = "MB", DefaultValueFactory = _ => 256 };
    private readonly Option<double> eventLogHours = new("--event-log-hours") { Description = "hours that a file of the event log is written to", HelpName = "hours", DefaultValueFactory = _ => 24 };
    private readonly Option<double?> eventLogKeep = new("--event-log-keep-days") { Description = "days after which files of the event log are deleted [default: never]", HelpName = "days" };
    private readonly Option<string?> instance = new("--instance") { Description = "the name of this instance among others [default: the machine's]", HelpName = "name" };

    /// <summary>All of them, for a command to have.</summary>
    public IEnumerable<Option> Options =>
    [
        sources, speed, rate, seed, count, xToken, xAddress, xBackfill, xPartitions, xFields, ruleCap, jetstreams, collections, dids, authorization, kafkaSettings, retries, idle, rules, shard, trackCap, followCap, placeCap, enrich, kinds, languages, share, ruleRate,
        ruleBurst, control, controlToken, eventLog, eventLogCount, eventLogSize, eventLogHours, eventLogKeep, instance,
    ];

    /// <summary>How fast a recording is replayed; null for as fast as possible.</summary>
    public double? Speed(ParseResult parsed) => parsed.GetValue(speed) is > 0 and var given ? given : null;

    /// <exception cref="InvalidSettingException">A value is wrong.</exception>
    public FeedingSettings Bind(ParseResult parsed)
    {
        string[] specs = parsed.GetRequiredValue(sources);
        var given = new SourceSettings
        {
            Sample = new SampleOptions { Seed = parsed.GetValue(seed), Rate = parsed.GetValue(rate), Count = parsed.GetValue(count) },
            XAddress = Address(parsed.GetValue(xAddress) ?? environment("X_API"), "--x-api"),
            XToken = () => SecretFile.Read(parsed.GetValue(xToken), "--x-token-file", "X_BEARER_TOKEN", environment),
            XBackfillMinutes = parsed.GetValue(xBackfill),
            XPartitions = parsed.GetValue(xPartitions) is { Length: > 0 } some ? some : [.. Enumerable.Range(1, XOptions.CompliancePartitions)],
            XFields = (parsed.GetValue(xFields) ?? []).Aggregate(XOptions.AllFields, (fields, field) => fields.SetItem(field.Key, field.Value)),
            XRuleCap = parsed.GetValue(ruleCap),
            HttpAuthorization = () => SecretFile.Read(parsed.GetValue(authorization), "--http-authorization-file", "HTTP_AUTHORIZATION", environment),
            KafkaSettings = (parsed.GetValue(kafkaSettings) ?? []).GroupBy(setting => setting.Key).ToDictionary(same => same.Key, same => same.Last().Value),
            MaxRetries = parsed.GetValue(retries),
            IdleWhenRefused = parsed.GetValue(idle),
        };
        JetstreamOptions jetstream = new();
        if (parsed.GetValue(jetstreams) is { Length: > 0 } addresses) jetstream = jetstream with { Addresses = [.. addresses.Select(address => Address(address, "--jetstream")!)] };
        if (parsed.GetValue(collections) is { Length: > 0 } wanted) jetstream = jetstream with { WantedCollections = wanted };
        if (parsed.GetValue(dids) is { Length: > 0 } accounts) jetstream = jetstream with { WantedDids = accounts };
        string name = parsed.GetValue(instance) ?? Environment.MachineName;
        return new FeedingSettings(specs, given with { Jetstream = jetstream })
        {
            Instance = name,
            Rules = parsed.GetValue(rules) ?? [],
            RuleShard = parsed.GetValue(shard),
            Caps = new RuleCaps { X = parsed.GetValue(ruleCap), Track = parsed.GetValue(trackCap), Follow = parsed.GetValue(followCap), Locations = parsed.GetValue(placeCap) },
            Intake = new IntakeOptions
            {
                Kinds = parsed.GetValue(kinds) is { Length: > 0 } only ? only.Select(Kind).ToFrozenSet() : null,
                Languages = parsed.GetValue(languages) is { Length: > 0 } codes ? codes.ToFrozenSet(StringComparer.OrdinalIgnoreCase) : null,
                Sample = parsed.GetValue(share),
                RuleRate = parsed.GetValue(ruleRate) is { } perSecond ? new RuleRate { PerSecond = perSecond, Capacity = parsed.GetValue(ruleBurst) } : null,
                Enrichment = parsed.GetValue(enrich) switch { "headers" => Enrichment.Headers, "traptor" => Enrichment.Traptor, _ => Enrichment.None },
                Source = string.Join(",", specs),
                Instance = name,
            },
            Control = Controls(parsed, specs),
            EventLog = parsed.GetValue(eventLog) is { } directory
                ? new EventLogOptions
                {
                    Directory = directory,
                    RotateMessages = parsed.GetValue(eventLogCount),
                    RotateBytes = (long)(parsed.GetValue(eventLogSize) * 1e6),
                    RotateAfter = TimeSpan.FromHours(parsed.GetValue(eventLogHours)),
                    KeepFor = parsed.GetValue(eventLogKeep) is { } days ? TimeSpan.FromDays(days) : null,
                }
                : null,
        };
    }

    private ControlOptions? Controls(ParseResult parsed, string[] specs)
    {
        string? address = parsed.GetValue(control);
        if (address == "off" || (address is null && !SourceSpec.AreLive(specs))) return null;
        return new ControlOptions
        {
            Address = address is null ? ControlOptions.DefaultAddress : ControlOptions.ParseAddress(address),
            Token = SecretFile.Read(parsed.GetValue(controlToken), "--control-token-file", "TWEETSTREAMS_CONTROL_TOKEN", environment),
        };
    }

    private static MessageKind Kind(string name) => MessageKinds.All.Select(kind => (MessageKind?)kind).FirstOrDefault(kind => kind!.Value.Topic() == name)
        ?? throw new InvalidSettingException($"--only {name} is no kind; the kinds are {string.Join(", ", MessageKinds.All.Select(kind => kind.Topic()))}");

    private static Uri? Address(string? text, string option) => string.IsNullOrWhiteSpace(text) ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) ? address
        : throw new InvalidSettingException($"{option} {text} is no address; give it whole, with https:// or wss:// in front");

    private static Rule[] ParseRules(ArgumentResult result)
    {
        var made = new List<Rule>();
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Split(':', 2) is [var word, { Length: > 0 } value] && RuleFormat.TryReadType(word, out RuleType type))
                made.Add(new Rule(RuleFormat.IdOf(type, value), type, value));
            else
                result.AddError($"'{token.Value}' is wrong: a rule is type:value, as track:coffee; the types are {RuleFormat.Words}");
        }
        return [.. made];
    }

    private static KeyValuePair<string, string>[] ParsePairs(ArgumentResult result)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is [{ Length: > 0 } key, var value]) pairs.Add(new(key, value));
            else result.AddError($"'{token.Value}' is wrong: it takes name=value");
        }
        return [.. pairs];
    }

    /// <summary>A number above 0, or 0 for max; the library cannot pass a null on.</summary>
    private static double PositiveOrMax(ArgumentResult result, string unit, string expected)
    {
        string text = result.Tokens[0].Value;
        if (text == Unlimited) return 0;
        string digits = text.EndsWith(unit, StringComparison.Ordinal) ? text[..^unit.Length] : text;
        if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && double.IsFinite(number)) return number;
        result.AddError($"'{text}' is wrong: {expected}");
        return 0;
    }
}
