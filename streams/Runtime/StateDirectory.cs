using System.Collections.Concurrent;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>An application's part of the state directory, locked against other processes: <c>StateDir/application/task</c>.</summary>
internal sealed class StateDirectory : IDisposable
{
    private readonly FileStream? lockFile;
    private readonly ConcurrentDictionary<TaskId, bool> taken = new();

    /// <exception cref="ProcessorStateException">Another process has it, or it cannot be written.</exception>
    internal StateDirectory(string stateDir, string applicationId)
    {
        Root = Path.Combine(stateDir, applicationId);
        try
        {
            Directory.CreateDirectory(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProcessorStateException($"the state directory {Root} cannot be made: {e.Message} Set another state directory", e);
        }
        try
        {
            lockFile = new FileStream(Path.Combine(Root, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            ProcessId = ReadProcessId(Path.Combine(Root, ".process"));
        }
        catch (UnauthorizedAccessException e)
        {
            lockFile?.Dispose();
            throw new ProcessorStateException($"the state directory {Root} is not writable: {e.Message} Make it writable, or set another state directory", e);
        }
        catch (IOException e)
        {
            lockFile?.Dispose();
            throw new ProcessorStateException($"the state directory {Root} is in use by another process (or not writable): {e.Message} Stop that process, or give this one a state directory of its own", e);
        }
    }

    internal string Root { get; }

    /// <summary>
    /// The name under which whoever uses this directory is known to the brokers, one process after the other: a start after a crash ends the
    /// transactions and takes up the memberships that the crash has left.
    /// </summary>
    internal string ProcessId { get; }

    internal string For(TaskId task) => Path.Combine(Root, task.ToString());

    /// <summary>Takes a task's directory for a thread; false where another thread, or a query, has not yet let go of it.</summary>
    internal bool TryTake(TaskId task) => taken.TryAdd(task, true);
    internal void Release(TaskId task) => taken.TryRemove(task, out _);

    public void Dispose() => lockFile?.Dispose();

    private static string ReadProcessId(string path)
    {
        // A crash while it was written may have left it empty: nobody knows that name yet.
        if (File.Exists(path) && Guid.TryParse(File.ReadAllText(path).Trim(), out Guid known)) return known.ToString("N");
        string made = Guid.NewGuid().ToString("N");
        File.WriteAllText(path, made);
        return made;
    }
}
