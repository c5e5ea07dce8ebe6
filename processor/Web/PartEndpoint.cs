using TweetStreams.Processor.Queries;

namespace TweetStreams.Processor.Web;

/// <summary>Where other instances ask this one. It is answered from its own stores only, so no question goes round.</summary>
internal static class PartEndpoint
{
    public static void Map(WebApplication app, string application, LocalParts local) => app.MapPost(PartRequest.Path, IResult (PartRequest asked, HttpContext context) =>
    {
        if (asked.Application != application) return TypedResults.Problem($"this is an instance of {application}", statusCode: StatusCodes.Status421MisdirectedRequest);
        var rows = new OpenRows(local.Rows(asked.Question, asked.Partitions));
        context.Response.RegisterForDispose(rows);
        context.Response.Headers[PartRequest.CoveredHeader] = asked.Covered;
        return WholeTable.Of(context, rows, RowFormat.WriteAsync, "application/octet-stream");
    });
}
