using System.Text;

namespace TweetStreams.Processor.Queries;

/// <summary>Tables of counts as tab-separated lines, sorted: word and count, or window start in ms, word and count. A word holds no whitespace, so nothing is escaped.</summary>
internal static class Tsv
{
    public static Task WriteTotalsAsync(System.IO.Stream target, IEnumerable<CountRow> rows, CancellationToken cancellationToken) =>
        WriteAsync(target, rows, static (line, row) => line.Append(row.Key).Append('\t').Append(row.Count), cancellationToken);

    public static Task WriteWindowsAsync(System.IO.Stream target, IEnumerable<CountRow> rows, CancellationToken cancellationToken) =>
        WriteAsync(target, rows, static (line, row) => line.Append(row.Start).Append('\t').Append(row.Key).Append('\t').Append(row.Count), cancellationToken);

    private static async Task WriteAsync(System.IO.Stream target, IEnumerable<CountRow> rows, Action<StringBuilder, CountRow> append, CancellationToken cancellationToken)
    {
        var writer = new StreamWriter(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            var line = new StringBuilder();
            foreach (CountRow row in rows)
            {
                line.Clear();
                append(line, row);
                await writer.WriteAsync(line.Append('\n'), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
