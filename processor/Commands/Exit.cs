using TweetStreams.Producer;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Processor.Commands;

/// <summary>What the program tells the shell; the numbers beyond 2 are those of sysexits.h.</summary>
internal static class Exit
{
    public const int Success = 0;
    public const int Unknown = 1;
    public const int Kafka = 2;
    public const int Usage = 64;
    public const int NoInput = 66;
    public const int State = 73;

    /// <summary>The exit code of a failure, and what to say of it: one line, but for one that nobody thought of.</summary>
    public static (int Code, string Message) For(Exception failure) => failure switch
    {
        SourceException => (NoInput, failure.Message),
        SettingException or InvalidSettingException or StreamConfigException => (Usage, failure.Message),
        // Its message goes on with the parameter's name and its value, on a line of their own.
        ArgumentOutOfRangeException => (Usage, failure.Message.Split(" (Parameter")[0]),
        ProcessorStateException => (State, failure.Message),
        IllException => (Unknown, failure.Message),
        StreamsException or BrokerUnavailableException or DeliveryFailedException => (Kafka, failure.Message),
        // Whoever is told of it can do nothing without where it came from.
        _ => (Unknown, $"unexpected failure, please report this: {failure}"),
    };
}
