namespace TweetStreams.Registry;

/// <summary>The registry does not answer, or refuses; the message names its address or the subject, the reason, and what to do.</summary>
public class SchemaRegistryException : StreamsException
{
    public SchemaRegistryException() { }
    public SchemaRegistryException(string message) : base(message) { }
    public SchemaRegistryException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Whether the same request may succeed a moment later.</summary>
    internal bool IsPassing { get; init; }
}

/// <summary>A schema that those who read its subject could not read; the message names the subject and has the registry's reasons.</summary>
public class IncompatibleSchemaException : SchemaRegistryException
{
    public IncompatibleSchemaException() { }
    public IncompatibleSchemaException(string message) : base(message) { }
    public IncompatibleSchemaException(string message, Exception innerException) : base(message, innerException) { }
}
