using System.Collections.Concurrent;
using TweetStreams.Streams.Processors.Internal;

namespace TweetStreams.Streams.Runtime;

/// <summary>The tasks that an application has now, for queries, and what each has done, for metrics.</summary>
internal sealed class TaskRegistry
{
    private readonly ConcurrentDictionary<TaskId, TaskMetrics> metrics = new();
    private readonly ConcurrentDictionary<TaskId, StreamTask> tasks = new();

    internal IEnumerable<StreamTask> Tasks => tasks.Values.OrderBy(task => task.Id.Id).ThenBy(task => task.Id.Partition);
    internal int Count => tasks.Count;
    internal IEnumerable<TaskMetrics> AllMetrics => metrics.Values;

    internal TaskMetrics Metrics(TaskId id) => metrics.GetOrAdd(id, static id => new TaskMetrics(id));
    internal StreamTask? Find(TaskId id) => tasks.GetValueOrDefault(id);
    internal void Add(StreamTask task) => tasks[task.Id] = task;
    internal void Remove(StreamTask task) => tasks.TryRemove(new KeyValuePair<TaskId, StreamTask>(task.Id, task));
}
