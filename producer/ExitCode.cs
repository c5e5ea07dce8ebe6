using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer;

/// <summary>What the program tells the shell: 2, 3 and from 100 on what is wrong with a live source, from 64 on the numbers of sysexits.h.</summary>
internal static class ExitCode
{
    /// <summary>Done, or stopped.</summary>
    public const int Success = 0;

    /// <summary>Anything that has no number of its own.</summary>
    public const int Unknown = 1;

    /// <summary>The connection was lost and could not be made again.</summary>
    public const int GaveUp = 2;

    /// <summary>The service could not be reached, not even once.</summary>
    public const int ServerUnavailable = 3;

    /// <summary>Wrong options or settings.</summary>
    public const int Usage = 64;

    /// <summary>The source cannot be read.</summary>
    public const int NoInput = 66;

    /// <summary>Kafka does not answer, or does not take a message.</summary>
    public const int Kafka = 69;

    /// <summary>The first of those that starting again does not help against: somebody has to change something.</summary>
    public const int Authentication = 100;

    /// <summary>The service has no such stream.</summary>
    public const int UnknownStream = 101;

    /// <summary>The service does not accept the parameters.</summary>
    public const int BadParameters = 102;

    /// <summary>What a live source that has ended amounts to.</summary>
    /// <param name="cause">Why it has ended.</param>
    /// <param name="status">The status of the last HTTP answer.</param>
    /// <param name="everConnected">Whether it was connected in this run.</param>
    public static int Of(ConnectionCause cause, int? status, bool everConnected) => cause switch
    {
        ConnectionCause.None or ConnectionCause.Asked => Success,
        ConnectionCause.Authentication => Authentication,
        ConnectionCause.BadRequest => status == 404 ? UnknownStream : BadParameters,
        ConnectionCause.NoRules => BadParameters,
        _ => everConnected ? GaveUp : ServerUnavailable,
    };
}
