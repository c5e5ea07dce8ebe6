using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Runtime.InteropServices;
using TweetStreams.Chaos;
using TweetStreams.Processor;
using TweetStreams.Streams;

var seed = new Option<int>("--seed") { Description = "decides the messages and the faults", DefaultValueFactory = _ => 1 };
var duration = new Option<TimeSpan>("--duration")
{
    Description = "how long there are faults, as 90s or 10m",
    DefaultValueFactory = _ => new ChaosOptions().Duration,
    CustomParser = result =>
    {
        string text = result.Tokens[0].Value;
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount) && text[^1] is 's' or 'm') return TimeSpan.FromSeconds(amount * (text[^1] == 'm' ? 60 : 1));
        result.AddError($"'{text}' is wrong: a time is a number and a unit, as 90s or 10m");
        return default;
    },
};
var kills = new Option<int?>("--kills") { Description = "instead of a duration: so many kill -9 of processors at work, on one broker, and nothing else" };
var gentle = new Option<bool>("--gentle") { Description = "instances only come, go and stop cleanly; all must then be exact under either guarantee" };
Option<string> guarantee = new Option<string>("--guarantee") { DefaultValueFactory = _ => new ChaosOptions().Guarantee }.AcceptOnlyFromAmong(ChaosOptions.ExactlyOnce, ChaosOptions.AtLeastOnce);
Option<string> release = new Option<string>("--release") { Description = "of Kafka", DefaultValueFactory = _ => new ChaosOptions().Release }.AcceptOnlyFromAmong("3.9.1", "4.1.1");
Option<string> protocol = new Option<string>("--group-protocol") { DefaultValueFactory = _ => new ChaosOptions().GroupProtocol }.AcceptOnlyFromAmong("classic", "consumer");
Option<string> dedupe = new Option<string>("--dedupe") { Description = "15m: an id counts once; off: each delivery counts", DefaultValueFactory = _ => "15m" }.AcceptOnlyFromAmong("15m", "off");
var keep = new Option<bool>("--keep") { Description = "keep the work folder also where all is well" };
var processor = new Argument<string[]>("processor options") { Description = "after --: further options of the processor", Arity = ArgumentArity.ZeroOrMore };

using var stop = new CancellationTokenSource();
// Every further signal too: cut short, it would leave processes behind.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var command = new RootCommand("Faults against running processors and their Kafka, and a check of what came out. Exit codes: 0 all was well, 1 not, 130 stopped, 64 wrong options.")
{
    seed, duration, kills, gentle, guarantee, release, protocol, dedupe, keep, processor,
};
command.SetAction(async (parsed, _) =>
{
    var options = new ChaosOptions
    {
        Seed = parsed.GetValue(seed),
        Duration = parsed.GetValue(duration),
        Kills = parsed.GetValue(kills),
        Gentle = parsed.GetValue(gentle),
        Guarantee = parsed.GetRequiredValue(guarantee),
        Release = parsed.GetRequiredValue(release),
        GroupProtocol = parsed.GetRequiredValue(protocol),
        Dedupe = parsed.GetValue(dedupe) != "off",
        Keep = parsed.GetValue(keep),
        Kafka = Environment.GetEnvironmentVariable("KAFKA") is { Length: > 0 } address ? address : null,
        ProcessorOptions = parsed.GetValue(processor) ?? [],
    };
    try
    {
        return await new ChaosRun(options, Console.Out).RunAsync(stop.Token) ? 0 : 1;
    }
    catch (Exception) when (stop.IsCancellationRequested)
    {
        return 130;
    }
});
var point = new Argument<CommitPoint>("point") { Description = "of the commit" };
var after = new Argument<int>("after") { Description = "how often it passes there before" };
var kafka = new Option<string>("--kafka") { Required = true };
var application = new Option<string>("--application-id") { Required = true };
var state = new Option<string>("--state-dir") { Required = true };
var port = new Option<int>("--port") { Required = true };
var die = new Command("die", "A processor that dies at a point of a commit, as by kill -9.") { point, after, kafka, application, state, port };
die.SetAction((parsed, _) => DyingProcessor.RunAsync(
    new ProcessorSettings
    {
        Kafka = parsed.GetRequiredValue(kafka),
        ApplicationId = parsed.GetRequiredValue(application),
        StateDir = parsed.GetRequiredValue(state),
        Port = parsed.GetValue(port),
        CommitInterval = TimeSpan.FromMilliseconds(100),
        Grace = TimeSpan.FromHours(1),
        StaticMembership = true,
    },
    parsed.GetValue(point), parsed.GetValue(after)));
command.Add(die);
var parsed = command.Parse(args);
int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
return parsed.Errors.Count > 0 ? 64 : code;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
