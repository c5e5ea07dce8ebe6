using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Live;

/// <summary>The running job on a terminal, redrawn in place.</summary>
internal sealed class TerminalScreen : IDisplay
{
    private readonly IAnsiConsole console;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task live;
    private readonly Lock gate = new();
    private LiveDisplayContext? context;

    public TerminalScreen(IAnsiConsole console)
    {
        this.console = console;
        live = console.Live(new Text("starting …")).AutoClear(false).StartAsync(display =>
        {
            lock (gate) context = display;
            return ended.Task;
        });
    }

    public void Show(LiveFigures figures, DateTimeOffset now)
    {
        lock (gate) context?.UpdateTarget(Draw(figures));
    }

    public void Dispose()
    {
        ended.TrySetResult();
        live.GetAwaiter().GetResult();
    }

    private Rows Draw(LiveFigures figures)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        var kinds = new Grid().AddColumns(7);
        kinds.AddRow([.. figures.Kinds.Keys.Prepend("messages").Select(name => new Markup($"[grey]{name}[/]").RightJustified())]);
        kinds.AddRow([.. figures.Kinds.Values.Prepend(figures.Messages).Select(count => new Text(count.ToString("N0", c)).RightJustified())]);
        kinds.AddRow([.. figures.KindsPerSecond.Values.Prepend(figures.PerSecond).Select(rate => new Markup($"[green]{rate.ToString("N0", c)}/s[/]").RightJustified())]);
        string time = figures.StreamTime is { } reached ? $"stream time {reached:yyyy-MM-dd HH:mm:ss}" : "no event time yet";
        List<IRenderable> rows =
        [
            new Rule($"[bold]TweetStreams[/]  {figures.State.ToLowerInvariant()}  {time}  lag {figures.Lag.ToString("N0", c)}  late {figures.Late.ToString("N0", c)}  duplicates {figures.Duplicates.ToString("N0", c)}").LeftJustified(),
            kinds,
            new Columns(
                Table(figures.Window is { } window ? $"window {window.Start:HH:mm:ss}–{window.End:HH:mm:ss}" : "window", figures.Window?.Words ?? []),
                Table("all time", figures.Top)),
        ];
        if (figures.Progress is { } progress)
        {
            int width = Math.Clamp(console.Profile.Width - 10, 10, 100), done = (int)(progress * width);
            rows.Add(new Markup($"[green]{new string('━', done)}[/][grey]{new string('━', width - done)}[/] {progress.ToString("P0", c)}"));
        }
        return new Rows(rows);
    }

    private static Spectre.Console.Table Table(string title, IReadOnlyList<WordTotal> words)
    {
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded).Title(title).AddColumn(new TableColumn("word").Width(24)).AddColumn(new TableColumn("count").RightAligned());
        foreach (WordTotal word in words) table.AddRow(new Text(Printable.Of(word.Word, 30)), new Text(word.Count.ToString("N0", CultureInfo.InvariantCulture)));
        return table;
    }
}
