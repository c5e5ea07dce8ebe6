using Spectre.Console;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Tests.Live;

public sealed class DisplayTests
{
    private static readonly DateTime Start = new(2019, 7, 3, 6, 29, 0, DateTimeKind.Utc);

    private static LiveFigures Figures(string word = "the", double? progress = 0.5) => new(
        "RUNNING", 1234, 56, MessageKinds.All.ToDictionary(kind => kind.Topic(), _ => 2L), MessageKinds.All.ToDictionary(kind => kind.Topic(), _ => 1.0), 7, 3, 5, Start,
        new WindowTop(Start, Start.AddSeconds(10), [new WordTotal(word, 4)]), [new WordTotal(word, 1_000)], progress);

    [Fact]
    public void Plain_lines_come_every_ten_seconds_with_the_ranked_words()
    {
        var output = new StringWriter();
        using var lines = new PlainLines(output);
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        for (int second = 0; second < 20; second++) lines.Show(Figures(), now.AddSeconds(second));
        string[] shown = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, shown.Length);
        Assert.StartsWith("RUNNING: 1,234 messages, 56/s, lag 7, late 3, duplicates 5, 50 % read  [tweets 2, ", shown[0], StringComparison.Ordinal);
        Assert.Equal("  totals: the 1000", shown[1]);
        Assert.Equal("  window 2019-07-03T06:29:00Z: the 4", shown[2]);
    }

    [Fact]
    public void Nothing_is_said_before_the_first_message()
    {
        var output = new StringWriter();
        using var lines = new PlainLines(output);
        lines.Show(Figures() with { Messages = 0 }, DateTimeOffset.UnixEpoch);
        Assert.Equal("", output.ToString());
    }

    [Theory]
    [InlineData("\u001b[2Jgone")]
    [InlineData("bell\u0007")]
    [InlineData("\u009b31mred")]
    [InlineData("\u0000")]
    public void Control_characters_of_a_word_do_not_reach_the_reader(string word)
    {
        var plain = new StringWriter();
        using (var lines = new PlainLines(plain)) lines.Show(Figures(word), DateTimeOffset.UnixEpoch);
        Assert.DoesNotContain(plain.ToString(), c => char.IsControl(c) && c is not ('\r' or '\n'));
        Assert.DoesNotContain(Screen(word), c => char.IsControl(c) && c is not ('\r' or '\n'));
    }

    [Theory]
    [InlineData("[bold]")]
    [InlineData("[/]")]
    [InlineData("[[")]
    public void A_word_is_no_markup(string word) => Assert.Contains(word, Screen(word), StringComparison.Ordinal);

    [Fact]
    public void A_long_word_is_cut_on_the_screen() => Assert.DoesNotContain(new string('x', 40), Screen(new string('x', 5000)), StringComparison.Ordinal);

    [Fact]
    public void A_word_is_not_cut_within_a_character() => Assert.DoesNotMatch("[\uD800-\uDBFF](?![\uDC00-\uDFFF])", Screen(string.Concat(Enumerable.Repeat("\U0001F600", 40))));

    [Fact]
    public void The_screen_shows_kinds_words_lag_and_progress()
    {
        string shown = Screen("the");
        foreach (string part in new[] { "running", "lag 7", "late 3", "duplicates 5", "2019-07-03 06:29:00", "dead-letters", "1,234", "56/s", "the", "1,000", "50 %" }) Assert.Contains(part, shown, StringComparison.Ordinal);
    }

    private static string Screen(string word)
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 150;
        using (var screen = new TerminalScreen(console))
        {
            for (int i = 0; i < 3; i++)
            {
                screen.Show(Figures(word), DateTimeOffset.UnixEpoch);
                Thread.Sleep(20);
            }
        }
        return output.ToString();
    }
}
