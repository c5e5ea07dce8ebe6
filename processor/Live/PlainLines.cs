using System.Globalization;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Live;

/// <summary>The running job as plain lines, for logs and pipes: every ten seconds what it does, and the top words sorted, as the Spark job prints them.</summary>
internal sealed class PlainLines(TextWriter output) : IDisplay
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private DateTimeOffset last = DateTimeOffset.MinValue;

    public void Show(LiveFigures figures, DateTimeOffset now)
    {
        if (now - last < Every || figures.Messages == 0) return;
        last = now;
        string progress = figures.Progress is { } part ? string.Create(CultureInfo.InvariantCulture, $", {part:P0} read") : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{figures.State}: {figures.Messages:N0} messages, {figures.PerSecond:N0}/s, lag {figures.Lag:N0}, late {figures.Late:N0}, duplicates {figures.Duplicates:N0}{progress}  [{string.Join(", ", figures.Kinds.Select(kind => $"{kind.Key} {kind.Value}"))}]"));
        if (figures.Top.Count > 0) output.WriteLine($"  totals: {Line(figures.Top)}");
        if (figures.Window is { } window) output.WriteLine($"  window {window.Start:yyyy-MM-dd'T'HH:mm:ss'Z'}: {Line(window.Words)}");

        static string Line(IEnumerable<WordTotal> words) => string.Join("  ", words.Select(word => $"{Printable.Of(word.Word, 100)} {word.Count}"));
    }

    public void Dispose() { }
}

/// <summary>Shows a running job to whoever started it.</summary>
internal interface IDisplay : IDisposable
{
    void Show(LiveFigures figures, DateTimeOffset now);
}
