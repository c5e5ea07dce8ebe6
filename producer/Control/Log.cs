using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Control;

/// <summary>What the control API logs: what it changed, never what was sent to be let in.</summary>
internal static partial class Log
{
    [LoggerMessage(250, LogLevel.Information, "Control API at {Address}")]
    public static partial void Controlled(this ILogger logger, string address);

    [LoggerMessage(251, LogLevel.Error, "Control API: {Method} {Path} failed")]
    public static partial void ControlFailed(this ILogger logger, Exception error, string method, string path);

    [LoggerMessage(252, LogLevel.Warning, "Control API: {Method} {Path}: {Reason}")]
    public static partial void ControlUnavailable(this ILogger logger, string method, string path, string reason);

    [LoggerMessage(253, LogLevel.Information, "Rules changed over HTTP: {Set} set, {Removed} removed")]
    public static partial void RulesChanged(this ILogger logger, int set, int removed);

    [LoggerMessage(254, LogLevel.Information, "{Source} was asked over HTTP to {Action}")]
    public static partial void SourceAsked(this ILogger logger, string source, string action);
}
