using System.Diagnostics;

namespace TweetStreams.Streams.Runtime;

/// <summary>The source of traces: a span a commit, nothing a record. Where nobody listens it costs nothing.</summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new("TweetStreams.Streams");

    internal static Activity? Commit(string thread, int tasks)
    {
        Activity? span = Source.StartActivity("commit");
        span?.SetTag("thread", thread).SetTag("tasks", tasks);
        return span;
    }
}
