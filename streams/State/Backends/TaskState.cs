namespace TweetStreams.Streams.State.Backends;

/// <summary>A store as its task's state knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Persistent">Whether it is kept on disk.</param>
/// <param name="Identity">What its content belongs to: a changelog and a layout of rows.</param>
internal readonly record struct TaskStore(string Name, bool Persistent, string Identity = "");

/// <summary>A store whose content on disk belongs to something else than it should.</summary>
internal readonly record struct ForeignStore(string Name, long ChangelogPosition, string Identity);

/// <summary>The committed state of a task: persistent stores in one RocksDB, the others in memory.</summary>
internal sealed class TaskState : ITaskState
{
    private readonly RocksDbTaskDatabase? database;
    private readonly Dictionary<string, InMemoryBackend> inMemory = [];

    /// <param name="directory">The task's directory; used only where a store is persistent.</param>
    /// <param name="stores">The stores of its subtopology.</param>
    /// <param name="memory">The application's budget for RocksDB.</param>
    /// <param name="released">Called once when the state is closed for good and its directory may be opened again.</param>
    internal TaskState(string directory, IReadOnlyCollection<TaskStore> stores, RocksDbMemory memory, Action? released = null)
    {
        TaskStore[] persistent = [.. stores.Where(store => store.Persistent)];
        if (persistent.Length > 0) database = new RocksDbTaskDatabase(directory, persistent, memory);
        foreach (var (name, _, _) in stores.Where(store => !store.Persistent)) inMemory[name] = new InMemoryBackend(Environment.CurrentManagedThreadId);
        Gate = new QueryGate(() =>
        {
            database?.Close();
            released?.Invoke();
        });
    }

    public QueryGate Gate { get; }

    /// <summary>Stores that must be cleared before use.</summary>
    internal IReadOnlyCollection<ForeignStore> Foreign => database?.Foreign ?? [];

    public IStateBackend Store(string name) => inMemory.TryGetValue(name, out InMemoryBackend? store) ? store : database!.Store(name);

    public long? ChangelogPosition(string store) => inMemory.TryGetValue(store, out InMemoryBackend? memory) ? memory.ChangelogPosition : database!.ChangelogPosition(store);

    public void Write(IReadOnlyList<StoreChanges> changes)
    {
        database?.Write(changes.Where(store => !inMemory.ContainsKey(store.Store)));
        foreach (StoreChanges store in changes)
            if (inMemory.TryGetValue(store.Store, out InMemoryBackend? memory)) memory.Write(store);
    }

    public void Clear(string store)
    {
        if (inMemory.TryGetValue(store, out InMemoryBackend? memory)) memory.Clear();
        else database!.Clear(store);
    }

    public void Close() => Gate.Leave();
}
