namespace TweetStreams.Producer.EventLogs;

/// <summary>Where the whole lines of a file end: behind them is what was cut off when the writer died, or is still being written.</summary>
internal static class LogTail
{
    private const int Step = 64 * 1024;

    /// <summary>The length of all lines that have their end.</summary>
    public static long WholeLines(FileStream file)
    {
        byte[] buffer = new byte[Step];
        for (long end = file.Length; end > 0;)
        {
            long begin = Math.Max(0, end - Step);
            Span<byte> part = buffer.AsSpan(0, (int)(end - begin));
            file.Position = begin;
            file.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var at) return begin + at + 1;
            end = begin;
        }
        return 0;
    }
}
