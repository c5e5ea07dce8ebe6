using Microsoft.AspNetCore.Http.HttpResults;
using TweetStreams.Processor.Queries;

namespace TweetStreams.Processor.Web;

/// <summary>A table as an answer: what there is of it was opened before the first byte, and should it not be whole in the end, it is cut off.</summary>
internal static class WholeTable
{
    public static PushStreamHttpResult Of(HttpContext context, OpenRows rows, Func<System.IO.Stream, IEnumerable<CountRow>, CancellationToken, Task> write, string type) => TypedResults.Stream(async target =>
    {
        try
        {
            await write(target, rows.All(), context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidStateStoreException or OperationCanceledException)
        {
            // Cut off, a table is not taken for a whole one. Or whoever asked has gone.
            context.Abort();
        }
    }, type);
}
