namespace TweetStreams.Streams.Processors;

/// <summary>A store of a task's state. The runtime opens, commits and closes it.</summary>
public interface IStateStore
{
    string Name { get; }

    /// <summary>Whether it is kept on disk, so that a restart goes on from there.</summary>
    bool Persistent { get; }
    bool IsOpen { get; }
}
