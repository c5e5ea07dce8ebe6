namespace TweetStreams.Streams.Errors;

/// <summary>Base of all errors of the runtime. The message says what is wrong and, where there is something to do, what.</summary>
public class StreamsException : Exception
{
    public StreamsException() { }
    public StreamsException(string message) : base(message) { }
    public StreamsException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The topology as written cannot work: a name used twice, a store that nobody added, streams that cannot be joined.</summary>
public class TopologyException : StreamsException
{
    public TopologyException() { }
    public TopologyException(string message) : base(message) { }
    public TopologyException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A setting is missing or has a value that cannot work.</summary>
public class StreamConfigException : StreamsException
{
    public StreamConfigException() { }
    public StreamConfigException(string message) : base(message) { }
    public StreamConfigException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A record's key or value could not be read; the message names topic, partition and offset.</summary>
public class DeserializationException : StreamsException
{
    public DeserializationException() { }
    public DeserializationException(string message) : base(message) { }
    public DeserializationException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A record could not be delivered to Kafka; the message names the topic and Kafka's reason.</summary>
public class ProductionException : StreamsException
{
    public ProductionException() { }
    public ProductionException(string message) : base(message) { }
    public ProductionException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A state store cannot be queried now (not there, closed, not yet restored), or not as the asked type.</summary>
public class InvalidStateStoreException : StreamsException
{
    public InvalidStateStoreException() { }
    public InvalidStateStoreException(string message) : base(message) { }
    public InvalidStateStoreException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A state store could not be opened, read or written.</summary>
public class ProcessorStateException : StreamsException
{
    public ProcessorStateException() { }
    public ProcessorStateException(string message) : base(message) { }
    public ProcessorStateException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>An operation that the present state of the application does not allow.</summary>
public class IllegalStateException : StreamsException
{
    public IllegalStateException() { }
    public IllegalStateException(string message) : base(message) { }
    public IllegalStateException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>A test driver's output topic was read although it holds no further record.</summary>
public class NotMoreValueException : StreamsException
{
    public NotMoreValueException() { }
    public NotMoreValueException(string message) : base(message) { }
    public NotMoreValueException(string message, Exception innerException) : base(message, innerException) { }
}
