using System.CommandLine;
using Confluent.Kafka;
using TweetStreams.Bench;
using TweetStreams.Bench.Micro;
using TweetStreams.Processor;
using TweetStreams.Streams.Errors;

Option<string> only = new Option<string>("--only") { Description = "table: the job and its parts against the client alone; restore: changes a second from changelogs; recovery: back at work after kill -9; latency: produce to visible count; growth: partitions and threads; words: distinct words", DefaultValueFactory = _ => "table" }
    .AcceptOnlyFromAmong("table", "restore", "recovery", "latency", "growth", "words");
var file = new Option<string?>("--file") { Description = "the recording, one message a line, plain or .gz" };
Option<int> repeats = Positive("--repeats", "how often it goes through, each time later and with other ids", new BenchOptions().Repeats);
Option<int> rounds = Positive("--rounds", "of the table and of restore", new BenchOptions().Rounds);
Option<int> threads = Positive("--threads", "of each program", new BenchOptions().Threads);
Option<int> partitions = Positive("--partitions", "of the topics", new BenchOptions().Partitions);
Option<string> dedupe = new Option<string>("--dedupe") { Description = "15m: the job counts an id once; off: each message", DefaultValueFactory = _ => "15m" }.AcceptOnlyFromAmong("15m", "off");
Option<string> trends = new Option<string>("--trends") { Description = "whether the job has trends", DefaultValueFactory = _ => "on" }.AcceptOnlyFromAmong("on", "off");
Option<string?> peer = new Option<string?>("--peer") { Description = "java: Java Kafka Streams in the same run" }.AcceptOnlyFromAmong("java");
Option<string?> engine = new Option<string?>("--engine") { Description = "streamiz: the job on Streamiz.Kafka.Net in the same run" }.AcceptOnlyFromAmong("streamiz");
var rows = new Option<string[]>("--row") { Description = "only rows of the table with this in their names, and the ceiling; may be given more than once" };
var json = new Option<string?>("--json") { Description = "file for the figures; default one of its own in bench/results" };

var command = new RootCommand("Measures the engine and the job on a real Kafka for scratch use: KAFKA=host:port, or one that is started. Topics of the job there are deleted. Exit codes: 0 done, 1 a wrong count or a failure, 2 Kafka, 64 wrong options.")
{
    only, file, repeats, rounds, threads, partitions, dedupe, trends, peer, engine, rows, json,
};
command.SetAction((parsed, _) => GuardedAsync(async () =>
{
    using var bench = new Bench(new BenchOptions
    {
        File = parsed.GetValue(file),
        Repeats = parsed.GetValue(repeats),
        Rounds = parsed.GetValue(rounds),
        Threads = parsed.GetValue(threads),
        Partitions = parsed.GetValue(partitions),
        Dedupe = parsed.GetValue(dedupe) != "off",
        Trends = parsed.GetValue(trends) != "off",
        Java = parsed.GetValue(peer) == "java",
        Streamiz = parsed.GetValue(engine) == "streamiz",
        Rows = parsed.GetValue(rows) ?? [],
        Json = parsed.GetValue(json),
    });
    switch (parsed.GetValue(only))
    {
        case "restore":
            await new Restore(bench).RunAsync();
            break;
        case "recovery":
            using (var recovery = new Recovery(bench)) await recovery.RunAsync();
            break;
        case "latency":
            await new Latency(bench).RunAsync();
            break;
        case "growth":
            await new Growth(bench).RunAsync();
            break;
        case "words":
            await new Growth(bench).RunWordsAsync();
            break;
        default:
            await new MainTable(bench).RunAsync();
            break;
    }
}));

command.Subcommands.Add(JobOptions.Command(options => GuardedAsync(async () => Console.WriteLine((options.Kind switch
{
    JobOptions.Consume => Ceiling.Run(options, produce: false),
    JobOptions.Copy => Ceiling.Run(options, produce: true),
    _ => await StreamJob.RunAsync(options),
}).ToLine()))));

var recording = new Argument<string>("recording") { Description = "one message a line, plain or .gz" };
var match = new Command("match", "what matching rules costs, without a broker") { recording };
match.SetAction((parsed, _) => GuardedAsync(() =>
{
    Matching.Run(parsed.GetRequiredValue(recording));
    return Task.CompletedTask;
}));
command.Subcommands.Add(match);

Argument<string> parts = new Argument<string>("part") { Description = "what is measured" }.AcceptOnlyFromAmong([.. MicroBenchmarks.Names]);
var micro = new Command("micro", "the parser, the tokeniser, the stores, the engine's way of a record, each alone") { parts };
micro.SetAction((parsed, _) => GuardedAsync(() =>
{
    MicroBenchmarks.Run(parsed.GetRequiredValue(parts));
    return Task.CompletedTask;
}));
command.Subcommands.Add(micro);

ParseResult given = command.Parse(args);
int code = await given.InvokeAsync();
return given.Errors.Count > 0 ? 64 : code;

static Option<int> Positive(string name, string what, int value)
{
    var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} is a number of 1 or more");
    });
    return option;
}

static async Task<int> GuardedAsync(Func<Task> action)
{
    try
    {
        await action();
        return 0;
    }
    catch (Exception e) when (e is WrongCountException or BenchException or SettingException)
    {
        Console.Error.WriteLine(e is WrongCountException ? $"wrong: {e.Message}" : e.Message);
        return e is SettingException ? 64 : 1;
    }
    catch (Exception e) when (e is KafkaException or StreamsException)
    {
        Console.Error.WriteLine($"Kafka does not answer, or not as it should: {e.Message}");
        return 2;
    }
}
