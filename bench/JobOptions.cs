using System.CommandLine;
using System.Globalization;
using TweetStreams.Streams;

namespace TweetStreams.Bench;

/// <summary>What a process of its own is to do while it is measured; on a command line, so that it can be started by hand, and profiled.</summary>
internal sealed record JobOptions
{
    public const string Consume = "consume", Copy = "copy", Split = "split", Totals = "totals", Windows = "windows", Whole = "whole", Restore = "restore", Serve = "serve";

    public required string Kind { get; init; }
    public required string Kafka { get; init; }

    /// <summary>Names the consumer group and the internal topics.</summary>
    public string ApplicationId { get; init; } = $"bench-{Guid.NewGuid():N}";
    public string StateDir { get; init; } = "";

    /// <summary>Where the counts are left: totals.tsv, windows.tsv.</summary>
    public string Out { get; init; } = "";
    public int Threads { get; init; } = 2;
    public int Partitions { get; init; } = 4;
    public bool ExactlyOnce { get; init; }
    public int CommitIntervalMs { get; init; } = 1000;

    /// <summary>An id counts once.</summary>
    public bool Dedupe { get; init; } = true;
    public bool Trends { get; init; } = true;

    public ProcessingGuarantee Guarantee => ExactlyOnce ? ProcessingGuarantee.EXACTLY_ONCE : ProcessingGuarantee.AT_LEAST_ONCE;

    public IEnumerable<string> Arguments =>
    [
        "job", Kind, "--kafka", Kafka, "--application-id", ApplicationId, "--state-dir", StateDir, "--out", Out, "--threads", Text(Threads), "--partitions", Text(Partitions),
        "--guarantee", ExactlyOnce ? "exactly-once" : "at-least-once", "--commit-interval", Text(CommitIntervalMs), "--dedupe", Dedupe ? "15m" : "off", "--trends", Trends ? "on" : "off",
    ];

    /// <summary>The command that takes these.</summary>
    public static Command Command(Func<JobOptions, Task<int>> run)
    {
        Argument<string> kind = new Argument<string>("kind") { Description = "what is measured" }.AcceptOnlyFromAmong(Consume, Copy, Split, Totals, Windows, Whole, Restore, Serve);
        var kafka = new Option<string>("--kafka") { Description = "host:port", Required = true };
        var application = new Option<string?>("--application-id") { Description = "names group and topics" };
        var state = new Option<string>("--state-dir") { Description = "of the stores", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "tweetstreams-bench") };
        var directory = new Option<string>("--out") { Description = "folder for the counts", DefaultValueFactory = _ => "." };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 2 };
        var partitions = new Option<int>("--partitions") { DefaultValueFactory = _ => 4 };
        Option<string> guarantee = new Option<string>("--guarantee") { DefaultValueFactory = _ => "exactly-once" }.AcceptOnlyFromAmong("exactly-once", "at-least-once");
        var interval = new Option<int>("--commit-interval") { Description = "ms", DefaultValueFactory = _ => 1000 };
        Option<string> dedupe = new Option<string>("--dedupe") { DefaultValueFactory = _ => "15m" }.AcceptOnlyFromAmong("15m", "off");
        Option<string> trends = new Option<string>("--trends") { DefaultValueFactory = _ => "on" }.AcceptOnlyFromAmong("on", "off");
        var command = new Command("job", "what a process of its own does while it is measured") { kind, kafka, application, state, directory, threads, partitions, guarantee, interval, dedupe, trends };
        command.Hidden = true;
        command.SetAction((parsed, _) => run(new JobOptions
        {
            Kind = parsed.GetRequiredValue(kind),
            Kafka = parsed.GetRequiredValue(kafka),
            ApplicationId = parsed.GetValue(application) ?? $"bench-{Guid.NewGuid():N}",
            StateDir = parsed.GetRequiredValue(state),
            Out = parsed.GetRequiredValue(directory),
            Threads = parsed.GetValue(threads),
            Partitions = parsed.GetValue(partitions),
            ExactlyOnce = parsed.GetValue(guarantee) == "exactly-once",
            CommitIntervalMs = parsed.GetValue(interval),
            Dedupe = parsed.GetValue(dedupe) != "off",
            Trends = parsed.GetValue(trends) != "off",
        }));
        return command;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
