using Confluent.Kafka;

namespace TweetStreams.Registry;

/// <summary>What the schemas of a topic are filed under; the names are Confluent's.</summary>
public enum SubjectNaming
{
    /// <summary><c>topic-value</c>: a topic has one type of record, which evolves.</summary>
    TopicName,

    /// <summary><c>namespace.Record</c>: a type evolves as one in all topics.</summary>
    RecordName,

    /// <summary><c>topic-namespace.Record</c>: a topic may have several types, which evolve each by itself.</summary>
    TopicRecordName,
}

/// <summary>Names subjects.</summary>
public static class SubjectNames
{
    /// <param name="naming">The strategy.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="component">Whether the schema is of its keys or of its values.</param>
    /// <param name="record">Full name of the record.</param>
    public static string Subject(this SubjectNaming naming, string topic, MessageComponentType component, string record) => naming switch
    {
        SubjectNaming.TopicName => $"{topic}-{(component == MessageComponentType.Key ? "key" : "value")}",
        SubjectNaming.RecordName => record,
        SubjectNaming.TopicRecordName => $"{topic}-{record}",
        _ => throw new ArgumentOutOfRangeException(nameof(naming), naming, "not a naming strategy"),
    };
}
