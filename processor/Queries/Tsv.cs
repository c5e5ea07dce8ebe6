using System.Globalization;
using System.Text;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>Tables of counts as tab-separated lines, sorted: word and count, or window start in ms, word and count. A word holds no whitespace, so nothing is escaped.</summary>
internal static class Tsv
{
    public static Task WriteTotalsAsync(System.IO.Stream target, IEnumerable<WordTotal> totals, CancellationToken cancellationToken) =>
        WriteAsync(target, totals, static (line, row) => line.Append(row.Word).Append('\t').Append(row.Count), cancellationToken);

    public static Task WriteWindowsAsync(System.IO.Stream target, IEnumerable<WordCount> counts, CancellationToken cancellationToken) =>
        WriteAsync(target, counts, static (line, row) =>
            line.Append(new DateTimeOffset(row.Start).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)).Append('\t').Append(row.Word).Append('\t').Append(row.Count), cancellationToken);

    private static async Task WriteAsync<T>(System.IO.Stream target, IEnumerable<T> rows, Action<StringBuilder, T> append, CancellationToken cancellationToken)
    {
        var writer = new StreamWriter(target, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            var line = new StringBuilder();
            foreach (T row in rows)
            {
                line.Clear();
                append(line, row);
                await writer.WriteAsync(line.Append('\n'), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
