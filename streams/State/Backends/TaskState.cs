namespace TweetStreams.Streams.State.Backends;

/// <summary>The committed state of a task: persistent stores in one RocksDB, the others in memory.</summary>
internal sealed class TaskState : ITaskState
{
    private readonly RocksDbTaskDatabase? database;
    private readonly Dictionary<string, InMemoryBackend> inMemory = [];

    /// <param name="directory">The task's directory; used only where a store is persistent.</param>
    /// <param name="stores">Names of the stores and whether each is persistent.</param>
    /// <param name="memory">The application's budget for RocksDB.</param>
    /// <param name="released">Called once when the state is closed for good and its directory may be opened again.</param>
    internal TaskState(string directory, IReadOnlyCollection<(string Name, bool Persistent)> stores, RocksDbMemory memory, Action? released = null)
    {
        string[] persistent = [.. stores.Where(store => store.Persistent).Select(store => store.Name)];
        if (persistent.Length > 0) database = new RocksDbTaskDatabase(directory, persistent, memory);
        foreach (var (name, _) in stores.Where(store => !store.Persistent)) inMemory[name] = new InMemoryBackend(Environment.CurrentManagedThreadId);
        Gate = new QueryGate(() =>
        {
            database?.Close();
            released?.Invoke();
        });
    }

    public QueryGate Gate { get; }

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
