using System.Collections.Concurrent;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>An application's part of the state directory, locked against other processes: <c>StateDir/application/task</c>.</summary>
internal sealed class StateDirectory : IDisposable
{
    private readonly string root;
    private readonly FileStream? lockFile;
    private readonly ConcurrentDictionary<TaskId, bool> taken = new();

    /// <exception cref="ProcessorStateException">Another process has it, or it cannot be written.</exception>
    internal StateDirectory(string stateDir, string applicationId)
    {
        root = Path.Combine(stateDir, applicationId);
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProcessorStateException($"the state directory {root} cannot be made: {e.Message} Set another state directory", e);
        }
        string path = Path.Combine(root, ".lock");
        try
        {
            lockFile = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ProcessorStateException($"the state directory {root} is not writable: {e.Message} Make it writable, or set another state directory", e);
        }
        catch (IOException e)
        {
            throw new ProcessorStateException($"the state directory {root} is in use by another process (or not writable): {e.Message} Stop that process, or give this one a state directory of its own", e);
        }
    }

    internal string For(TaskId task) => Path.Combine(root, task.ToString());

    /// <summary>Takes a task's directory for a thread; false where another thread, or a query, has not yet let go of it.</summary>
    internal bool TryTake(TaskId task) => taken.TryAdd(task, true);
    internal void Release(TaskId task) => taken.TryRemove(task, out _);

    public void Dispose() => lockFile?.Dispose();
}
