namespace TweetStreams;

/// <summary>What went wrong in a streams application; Streamiz' own, with the constructors that every exception has.</summary>
public class StreamsException : Streamiz.Kafka.Net.Errors.StreamsException
{
    public StreamsException() : base("") { }
    public StreamsException(string message) : base(message) { }
    public StreamsException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A setting that cannot work; the message says which and what to do.</summary>
public class StreamConfigException : StreamsException
{
    public StreamConfigException() { }
    public StreamConfigException(string message) : base(message) { }
    public StreamConfigException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A record that cannot be read.</summary>
public class DeserializationException : StreamsException
{
    public DeserializationException() { }
    public DeserializationException(string message) : base(message) { }
    public DeserializationException(string message, Exception innerException) : base(message, innerException) { }
}
