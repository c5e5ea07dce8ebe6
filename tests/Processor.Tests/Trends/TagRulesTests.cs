using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Processor.Trends;

namespace TweetStreams.Processor.Tests.Trends;

public sealed class TagRulesTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();
    private readonly FakeTimeProvider clock = new();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Case_is_folded_where_there_are_no_rules() => Assert.Equal("été", TagRules.None.NameOf("ÉTÉ"));

    [Fact]
    public void Synonyms_count_as_one_and_stop_words_not_at_all()
    {
        TagRules rules = TagRules.Parse("; bands\n#Beatles = #thebeatles FabFour\r\n\n- #ff followback\n");
        Assert.Equal(("beatles", "beatles", "beatles", "other"), (rules.NameOf("TheBeatles"), rules.NameOf("fabfour"), rules.NameOf("Beatles"), rules.NameOf("other")));
        Assert.Null(rules.NameOf("FF"));
        Assert.Null(rules.NameOf("followback"));
    }

    [Theory]
    [InlineData("beatles")]
    [InlineData("beatles =")]
    [InlineData("a b = c")]
    [InlineData("a = b = c")]
    public void A_line_that_is_no_rule_is_named(string line) => Assert.Contains($"line 2, '{line}'", Assert.Throws<FormatException>(() => TagRules.Parse($"a = b\n{line}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_cannot_be_read_or_is_wrong_at_the_start_is_a_setting_that_cannot_be()
    {
        Assert.Contains("--trend-rules", Assert.Throws<SettingException>(() => TagRulesFile.Open(path + ".none", clock, NullLogger.Instance)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "what?");
        Assert.Contains("line 1", Assert.Throws<SettingException>(() => TagRulesFile.Open(path, clock, NullLogger.Instance)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_changes_is_read_again_and_one_that_becomes_wrong_changes_nothing()
    {
        File.WriteAllText(path, "a = b");
        using TagRulesFile file = TagRulesFile.Open(path, clock, NullLogger.Instance);
        Assert.Equal("a", file.Current.NameOf("b"));

        File.WriteAllText(path, "c = b ; longer");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c", file.Current.NameOf("b"));

        File.WriteAllText(path, "nonsense of another length");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c", file.Current.NameOf("b"));

        File.Delete(path);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("c", file.Current.NameOf("b"));

        File.WriteAllText(path, "d = b");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("d", file.Current.NameOf("b"));
    }
}
