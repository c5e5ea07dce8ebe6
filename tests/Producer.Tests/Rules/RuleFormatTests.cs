using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleFormatTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("{", "no JSON")]
    [InlineData("""{"value":"x"}""", "no type")]
    [InlineData("""{"type":5,"value":"x"}""", "no type")]
    [InlineData("""{"type":"colour","value":"x"}""", "track, follow, locations, keyword, hashtag, username, geo, x")]
    [InlineData("""{"type":"track"}""", "no value")]
    [InlineData("""{"type":"track","value":null}""", "no value")]
    [InlineData("""{"type":"track","value":" "}""", "no value")]
    [InlineData("""{"type":"track","value":{"a":1}}""", "no value")]
    [InlineData("""{"type":"follow","value":[1]}""", "no value")]
    [InlineData("""{"type":"track","value":"x","tag":1}""", "no text")]
    [InlineData("""{"type":"track","value":"\ud800"}""", "half a character")]
    [InlineData("""{"type":"\ud800","value":"x"}""", "half a character")]
    public void What_is_no_rule_is_refused_with_a_reason(string json, string reason)
    {
        Assert.False(RuleFormat.TryRead(Encoding.UTF8.GetBytes(json), out _, out string? said));
        Assert.Contains(reason, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_comes_back_as_it_was_written_with_all_its_fields()
    {
        const string json = """{"id":"a:1","type":"hashtag","value":"#caf\u00E9","tag":"places","appid":"x","campaign_id":7,"nested":{"b":[1,2.50,null]}}""";

        Rule rule = Read(json);

        Assert.Equal(("a:1", RuleType.Hashtag, "#café", "places"), (rule.Id, rule.Type, rule.Value, rule.Tag));
        Assert.Equal(json, Encoding.UTF8.GetString(RuleFormat.Write(rule)));
    }

    [Theory]
    [InlineData("""{"rule_id":"5","rule_type":"track","orig_type":"hashtag","value":"x"}""", RuleType.Hashtag)]
    [InlineData("""{"rule_id":"5","orig_type":"keyword","rule_type":"track","value":"x"}""", RuleType.Keyword)]
    [InlineData("""{"rule_id":"5","rule_type":"follow","orig_type":"userid","value":"x"}""", RuleType.Follow)]
    [InlineData("""{"rule_id":"5","rule_type":"follow","orig_type":"username","value":"x"}""", RuleType.Username)]
    [InlineData("""{"rule_id":5,"rule_type":"locations","value":"x"}""", RuleType.Locations)]
    [InlineData("""{"id":"5","type":"TRACK","value":"x"}""", RuleType.Track)]
    public void Traptors_names_are_read(string json, RuleType type)
    {
        Rule rule = Read(json);

        Assert.Equal(("5", type, "x", 0), (rule.Id, rule.Type, rule.Value, rule.Further.Count));
    }

    [Theory]
    [InlineData("""{"type":"follow","value":2244994945}""", "2244994945")]
    [InlineData("""{"type":"locations","value":[-74,40,-73,41]}""", "-74,40,-73,41")]
    [InlineData("""{"type":"geo","value":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0]]]}}""", """{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0]]]}""")]
    public void A_value_may_be_a_number_a_list_or_an_object(string json, string value)
    {
        Rule rule = Read(json);

        Assert.Equal(value, rule.Value);
        Assert.Null(RuleCheck.Check(rule)?.Reason);
    }

    [Fact]
    public void A_rule_without_an_id_gets_one_that_is_its_own_and_the_same_each_time()
    {
        string id = Read("""{"type":"track","value":"x"}""").Id;

        Assert.Null(RuleCheck.OfId(id));
        Assert.Equal(id, Read("""{"type":"track","value":"x","id":""}""").Id);
        Assert.NotEqual(id, Read("""{"type":"keyword","value":"x"}""").Id);
        Assert.NotEqual(id, Read("""{"type":"track","value":"y"}""").Id);
    }

    [Fact]
    public void Rules_of_X_have_no_type_of_their_own()
    {
        Assert.True(RuleFormat.TryRead("""{"id":"1518831215612096512","value":"cat has:images","tag":"cats"}"""u8.ToArray(), out Rule? rule, out _, type: RuleType.X));
        Assert.Equal(("1518831215612096512", RuleType.X, "cat has:images", "cats"), (rule.Id, rule.Type, rule.Value, rule.Tag));
    }

    [Fact]
    public async Task Lines_are_written_and_read_and_wrong_ones_are_named()
    {
        Rule[] rules = [Read("""{"id":"a","type":"track","value":"x\ny","more":true}"""), Read("""{"id":"b","type":"follow","value":"3"}""")];
        using var lines = new MemoryStream();
        await RuleFormat.WriteLinesAsync(rules, lines, Stop);
        lines.Write("\r\nnothing\n{\"type\":\"track\"}\r\n\n"u8);
        lines.Position = 0;

        (IReadOnlyList<Rule> read, IReadOnlyList<RuleProblem> problems) = await RuleFormat.ReadLinesAsync(lines, Stop);

        Assert.Equal(rules.Select(Text), read.Select(Text));
        Assert.Equal(["line 4", "line 5"], problems.Select(problem => problem.Id));
        Assert.Equal("nothing", problems[0].Value);

        static string Text(Rule rule) => Encoding.UTF8.GetString(RuleFormat.Write(rule));
    }

    [Fact]
    public void Further_fields_outlive_the_document_they_came_from()
    {
        Rule rule;
        using (JsonDocument document = JsonDocument.Parse("""{"type":"track","value":"x","more":{"a":1}}"""))
            Assert.True(RuleFormat.TryRead(document.RootElement, out rule!, out _));

        Assert.Equal(1, rule.Further["more"].GetProperty("a").GetInt32());
    }

    private static Rule Read(string json)
    {
        Assert.True(RuleFormat.TryRead(Encoding.UTF8.GetBytes(json), out Rule? rule, out string? reason), reason);
        return rule;
    }
}
