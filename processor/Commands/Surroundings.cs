using Spectre.Console;
using TweetStreams.Processor.Live;

namespace TweetStreams.Processor.Commands;

/// <summary>What a command has around it: where it writes, its log and its clock.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error: what goes wrong, a line each.</param>
/// <param name="Log">What of the log is written to standard error.</param>
/// <param name="Json">Whether it is JSON.</param>
/// <param name="Console">The terminal, where there is one.</param>
internal sealed record Surroundings(TextWriter Output, TextWriter Error, IAnsiConsole? Console, TimeProvider Time, LogLevel Log = LogLevel.Warning, bool Json = false)
{
    public ILoggerProvider LineLog => field ??= Json ? new JsonLineLoggerProvider(Error, Log, Time) : new LineLoggerProvider(Error, Log);
    public ILoggerFactory Logs => field ??= LoggerFactory.Create(builder => builder.AddProvider(LineLog).SetMinimumLevel(Log));

    /// <summary>The last line of a program that fails.</summary>
    public void Fail(string program, string message)
    {
        if (Json) LineLog.CreateLogger(program).Failed(message);
        else Error.WriteLine($"{program}: {message}");
    }

    /// <summary>A screen that is redrawn on a terminal, plain lines elsewhere.</summary>
    public IDisplay Display() => Console is { } console ? new TerminalScreen(console) : new PlainLines(Output);
}

/// <summary>The end of a program, in its log.</summary>
internal static partial class ProgramLog
{
    [LoggerMessage(LogLevel.Critical, "{Reason}")]
    internal static partial void Failed(this ILogger logger, string reason);
}
