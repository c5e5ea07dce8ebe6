namespace TweetStreams.Producer;

/// <summary>What the program tells the shell; the numbers beyond 2 are those of sysexits.h.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Unknown = 1;
    public const int Kafka = 2;
    public const int Usage = 64;
    public const int NoInput = 66;
}
