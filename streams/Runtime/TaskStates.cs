using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using TweetStreams.Streams.Errors;
using TweetStreams.Streams.Processors.Internal;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Streams.Runtime;

/// <summary>Opens the tasks' states in the state directory. What cannot be used is put out of the way, and rebuilt from the changelogs.</summary>
/// <param name="directory">Where they are.</param>
/// <param name="memory">The application's budget for RocksDB.</param>
/// <param name="changelogIds">For a changelog topic the broker's id of it, which a topic of the same name made anew does not share.</param>
internal sealed partial class TaskStates(StateDirectory directory, RocksDbMemory memory, Func<StoreDefinition, string> changelogIds, TimeProvider time, ILogger logger)
{
    private const string SetAside = ".damaged-";

    // Tasks that a thread waits for; a standby lets go of them.
    private readonly ConcurrentDictionary<TaskId, bool> wanted = new();

    /// <summary>Opens a task's state for a thread; null where another thread, a standby or a query has not yet let go of it.</summary>
    /// <param name="begun">Whether the task has committed positions: what its stores held is then not to be had by reading its input again.</param>
    /// <exception cref="ProcessorStateException">It can be neither opened nor set aside, as on a full disk; or what it held cannot be rebuilt.</exception>
    internal ITaskState? TryOpen(TaskId id, Subtopology subtopology, bool begun)
    {
        wanted[id] = true;
        if (TryTake(id, subtopology) is not { } state) return null;
        wanted.TryRemove(id, out _);
        foreach (ForeignStore store in state.Foreign)
        {
            if (begun && ChangelogOf(store.Identity) != changelogIds(subtopology.Stores.First(definition => definition.Name == store.Name)))
            {
                state.Close();
                throw new StreamsException(
                    $"store {store.Name} of task {id} stood at offset {store.ChangelogPosition} of a changelog topic that is gone: it was deleted, or another one is in its place, while the application's positions are still there. "
                    + "What the store held cannot be rebuilt. Bring the topic back, or reset the application: delete its consumer group, its internal topics and its state directories, or use another application id");
            }
            Foreign(store.Name, id.ToString());
            state.Clear(store.Name);
        }
        return state;
    }

    /// <summary>Opens a task's state for a standby; null where somebody has it, or waits for it.</summary>
    internal ITaskState? TryOpenStandby(TaskId id, Subtopology subtopology)
    {
        if (wanted.ContainsKey(id) || TryTake(id, subtopology) is not { } state) return null;
        if (state.Foreign.Count == 0) return state;
        // Whether it may be cleared is for the thread that runs the task.
        state.Close();
        return null;
    }

    /// <summary>Whether a thread waits for a task's state.</summary>
    internal bool Wanted(TaskId id) => wanted.ContainsKey(id);

    /// <summary>The task went to another instance before its state was free.</summary>
    internal void NotWanted(TaskId id) => wanted.TryRemove(id, out _);

    private TaskState? TryTake(TaskId id, Subtopology subtopology)
    {
        if (!directory.TryTake(id)) return null;
        try
        {
            TaskStore[] stores = [.. subtopology.Stores.Select(store => new TaskStore(store.Name, store.Persistent, $"{changelogIds(store)} {store.Format}"))];
            try
            {
                return Open(id, stores);
            }
            catch (StateDamagedException damage)
            {
                Damaged(id.ToString(), damage.Message, MoveAside(id));
                return Open(id, stores);
            }
        }
        catch
        {
            directory.Release(id);
            throw;
        }
    }

    private TaskState Open(TaskId id, TaskStore[] stores) => new(directory.For(id), stores, memory, () => directory.Release(id));

    private static string ChangelogOf(string identity) => identity.Split(' ')[0];

    private string MoveAside(TaskId id)
    {
        // One is kept for whoever looks for the cause; more would fill the disk.
        foreach (string older in Directory.GetDirectories(directory.Root, id + SetAside + "*")) Directory.Delete(older, recursive: true);
        string aside = directory.For(id) + SetAside + time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Directory.Move(directory.For(id), aside);
        return aside;
    }

    [LoggerMessage(LogLevel.Warning, "the state of task {Task} is damaged ({Reason}): set aside as {Directory}, and rebuilt from the changelogs")]
    private partial void Damaged(string task, string reason, string directory);

    [LoggerMessage(LogLevel.Warning, "store {Store} of task {Task} was written for another topology or another changelog: emptied, and rebuilt from the changelog")]
    private partial void Foreign(string store, string task);
}
