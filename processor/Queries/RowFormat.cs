namespace TweetStreams.Processor.Queries;

/// <summary>Rows as one instance sends them to another: start and count in 7 bits a byte, the key as its length and UTF-8; whatever characters it has.</summary>
internal static class RowFormat
{
    private const int Flush = 64 * 1024;

    public static async Task WriteAsync(System.IO.Stream target, IEnumerable<CountRow> rows, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(Flush);
        using var writer = new BinaryWriter(buffer);
        foreach (CountRow row in rows)
        {
            writer.Write7BitEncodedInt64(row.Start);
            writer.Write(row.Key);
            writer.Write7BitEncodedInt64(row.Count);
            if (buffer.Length >= Flush) await SendAsync().ConfigureAwait(false);
        }
        await SendAsync().ConfigureAwait(false);

        async Task SendAsync()
        {
            await target.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken).ConfigureAwait(false);
            buffer.SetLength(0);
        }
    }

    public static IEnumerable<CountRow> Read(System.IO.Stream whole)
    {
        using var reader = new BinaryReader(whole);
        while (whole.Position < whole.Length) yield return new CountRow(reader.Read7BitEncodedInt64(), reader.ReadString(), reader.Read7BitEncodedInt64());
    }
}
