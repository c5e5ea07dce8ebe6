using Spectre.Console;
using TweetStreams.Processor.Commands;
using TweetStreams.Producer;

using var signals = new StopSignals();
var commands = new ProcessorCommands(
    Environment.GetEnvironmentVariable("KAFKA"),
    () => new Surroundings(Console.Out, Console.Error, Console.IsOutputRedirected ? null : AnsiConsole.Console, TimeProvider.System));
return await commands.InvokeAsync(args, Console.Out, Console.Error, signals.Stop);
