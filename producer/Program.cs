using TweetStreams.Producer;

using var signals = new StopSignals();
var program = new ProducerProgram(Console.Out, Console.Error, TimeProvider.System, signals);
var command = new ProducerCommand(Environment.GetEnvironmentVariable("KAFKA"));
return await command.InvokeAsync(args, program.RunAsync, Console.Out, Console.Error, signals.Stop);
