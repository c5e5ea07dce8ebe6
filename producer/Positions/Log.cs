using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Positions;

internal static partial class Log
{
    [LoggerMessage(150, LogLevel.Information, "{Source} goes on from {Position}")]
    public static partial void GoesOn(this ILogger logger, string source, string position);

    [LoggerMessage(151, LogLevel.Warning, "What is kept as the position of {Key} is none; the source begins as if there were nothing")]
    public static partial void NoPosition(this ILogger logger, string key);

    [LoggerMessage(152, LogLevel.Warning, "The position of {Key} is not kept: {Reason}. The feed goes on; after a kill, what came since the last position that was kept is written again")]
    public static partial void NotKept(this ILogger logger, string key, string reason);

    [LoggerMessage(153, LogLevel.Information, "The position of {Key} is kept again")]
    public static partial void KeptAgain(this ILogger logger, string key);
}
