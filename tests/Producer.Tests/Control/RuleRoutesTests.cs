using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Control;

public sealed class RuleRoutesTests
{
    private static readonly Rule[] Three = [new("a", RuleType.Track, "apple", "fruit"), new("b", RuleType.Hashtag, "#今日中国"), new("c", RuleType.Follow, "12", "fruit")];

    private static Task<ControlHarness> StartAsync(FakeRuleBook rules, bool dry = true) =>
        ControlHarness.StartAsync(ControlHarness.Parts(rules) with { RuleDryRun = dry ? rules : null });

    [Fact]
    public async Task A_rule_that_does_not_fit_is_named_and_nothing_is_changed()
    {
        var rules = new FakeRuleBook(Three);
        await using ControlHarness control = await StartAsync(rules);
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/api/rules", """[{"id":"d","type":"track","value":"fine"},{"id":"e","type":"track","value":"wrong one"},{"id":"f","type":"track","value":"wrong two"}]""");
        Assert.Equal((422, "application/problem+json"), (reply.Status, reply.Type));
        Assert.Contains("wrong one: it is wrong; make it right, and 1 more", reply.Reason, StringComparison.Ordinal);
        Assert.Equal(["e", "f"], reply.Json.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("id").GetString()!));
        Assert.Equal(3, rules.Current.Rules.Length);
    }

    [Fact]
    public async Task All_that_are_no_rules_are_named_with_their_places()
    {
        await using ControlHarness control = await StartAsync(new FakeRuleBook());
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/api/rules", """
            [{"id":"a","type":"track","value":"fine"},{"id":"a b","type":"track","value":"x"},{"id":"../b","type":"track","value":"x"},{"id":"..","type":"track","value":"x"},{"id":"é","type":"track","value":"x"},
             {"id":"c","type":"Truck","value":"x"},{"id":"d","type":"track","value":" "},{"id":"e","type":"track"},{"id":"f","value":"x"},{"id":"g","type":"track","value":"x","tag":1},7,{"id":"a","type":"track","value":"again"}]
            """);
        Assert.Equal(422, reply.Status);
        JsonElement[] problems = [.. reply.Json.GetProperty("problems").EnumerateArray()];
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], problems.Select(problem => problem.GetProperty("index").GetInt32()));
        Assert.All(problems, problem => Assert.NotEmpty(problem.GetProperty("reason").GetString()!));
    }

    [Fact]
    public async Task Of_very_many_problems_the_first_are_shown()
    {
        await using ControlHarness control = await StartAsync(new FakeRuleBook());
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/api/rules", $"[{string.Join(',', Enumerable.Repeat("1", 20_000))}]");
        Assert.Equal((422, 500, 19_500), (reply.Status, reply.Json.GetProperty("problems").GetArrayLength(), reply.Json.GetProperty("more").GetInt32()));
        Assert.Equal(422, (await control.JsonAsync(HttpMethod.Post, "/api/rules", $"[{string.Join(',', Enumerable.Repeat("1", 30_000))}]")).Status);
    }

    [Fact]
    public async Task Rules_are_added_and_shown_with_all_their_fields()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await StartAsync(rules);
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/api/rules", """{"id":"p:1.a_b-c","type":"follow","value":12,"tag":"t","project":{"n":[1,"é"]},"date":"2026"}""");
        Assert.Equal(201, reply.Status);
        Reply shown = await control.GetAsync("/api/rules/p:1.a_b-c");
        Assert.Equal((200, """{"id":"p:1.a_b-c","type":"follow","value":"12","tag":"t","date":"2026","project":{"n":[1,"é"]}}"""), (shown.Status, shown.Text));
        Assert.Equal(RuleType.Follow, rules.Current.Rules[0].Type);
    }

    [Fact]
    public async Task A_rule_without_an_id_gets_the_same_one_each_time()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await StartAsync(rules);
        string[] ids = [.. (await control.JsonAsync(HttpMethod.Post, "/api/rules", """[{"type":"track","value":"a"},{"type":"keyword","value":"a"}]""")).Json.EnumerateArray().Select(rule => rule.GetProperty("id").GetString()!)];
        Assert.Equal(201, (await control.JsonAsync(HttpMethod.Post, "/api/rules", """{"type":"track","value":"a"}""")).Status);
        Assert.Equal(ids.Order(StringComparer.Ordinal), rules.Current.Rules.Select(rule => rule.Id));
        Assert.StartsWith("track:", ids[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_found_by_type_and_tag()
    {
        await using ControlHarness control = await StartAsync(new FakeRuleBook(Three));
        Assert.Equal("a b c", Ids(await control.GetAsync("/api/rules")));
        Assert.Equal("b", Ids(await control.GetAsync("/api/rules?type=hashtag")));
        Assert.Equal("a c", Ids(await control.GetAsync("/api/rules?tag=fruit")));
        Assert.Equal("c", Ids(await control.GetAsync("/api/rules?tag=fruit&type=follow")));
        Assert.Equal(400, (await control.GetAsync("/api/rules?type=nonsense")).Status);
        static string Ids(Reply reply) => string.Join(' ', reply.Json.EnumerateArray().Select(rule => rule.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_rule_is_put_and_removed_under_its_address()
    {
        var rules = new FakeRuleBook(Three);
        await using ControlHarness control = await StartAsync(rules);
        Assert.Equal(201, (await control.JsonAsync(HttpMethod.Put, "/api/rules/new", """{"type":"track","value":"pear"}""")).Status);
        Assert.Equal(200, (await control.JsonAsync(HttpMethod.Put, "/api/rules/new", """{"id":"new","type":"track","value":"plum"}""")).Status);
        Assert.Equal("plum", rules.Current.Rules.Single(rule => rule.Id == "new").Value);
        Assert.Equal(400, (await control.JsonAsync(HttpMethod.Put, "/api/rules/new", """{"id":"other","type":"track","value":"plum"}""")).Status);
        Assert.Equal(422, (await control.JsonAsync(HttpMethod.Put, "/api/rules/a%2fb", """{"type":"track","value":"plum"}""")).Status);
        Assert.Equal(204, (await control.SendAsync(HttpMethod.Delete, "/api/rules/new")).Status);
        Assert.Equal(404, (await control.SendAsync(HttpMethod.Delete, "/api/rules/new")).Status);
        Assert.Equal(404, (await control.GetAsync("/api/rules/new")).Status);
        Assert.Equal(3, rules.Current.Rules.Length);
    }

    [Fact]
    public async Task What_is_exported_can_be_imported()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness from = await StartAsync(new FakeRuleBook(Three));
        await using ControlHarness to = await StartAsync(rules);
        Reply exported = await from.GetAsync("/api/rules/export");
        Assert.Equal((200, "application/x-ndjson", 3), (exported.Status, exported.Type, exported.Text.Count(c => c == '\n')));
        Reply imported = await to.SendAsync(HttpMethod.Post, "/api/rules/import", exported.Text.Replace("\n", "\r\n\r\n", StringComparison.Ordinal), "application/x-ndjson");
        Assert.Equal((200, """{"imported":3}"""), (imported.Status, imported.Text));
        Assert.Equal(Three.Select(rule => (rule.Id, rule.Type, rule.Value, rule.Tag)), rules.Current.Rules.Select(rule => (rule.Id, rule.Type, rule.Value, rule.Tag)));
    }

    [Fact]
    public async Task A_bad_line_is_named_by_its_number()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await StartAsync(rules);
        Reply reply = await control.SendAsync(HttpMethod.Post, "/api/rules/import", "{\"type\":\"track\",\"value\":\"a\"}\n\n{\"type\"\n{\"type\":\"track\"}\n", "application/x-ndjson");
        Assert.Equal(422, reply.Status);
        Assert.Equal([3, 4], reply.Json.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("line").GetInt32()));
        Assert.Equal(400, (await control.SendAsync(HttpMethod.Post, "/api/rules/import", "\n \n", "application/x-ndjson")).Status);
        Assert.Equal(0, rules.Changes);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_and_changes_nothing()
    {
        var rules = new FakeRuleBook(Three);
        await using ControlHarness control = await StartAsync(rules);
        const string Rule = """{"type":"track","value":"a"}""";
        foreach (Reply reply in (Reply[])[await control.JsonAsync(HttpMethod.Post, "/api/rules?dryRun=true", Rule), await control.JsonAsync(HttpMethod.Put, "/api/rules/z?dryRun=1", Rule), await control.JsonAsync(HttpMethod.Post, "/api/rules/import?dryRun=true", Rule)])
            Assert.Equal((200, """{"dryRun":true,"set":1,"removed":0}"""), (reply.Status, reply.Text));
        Assert.Equal("""{"dryRun":true,"set":0,"removed":1}""", (await control.SendAsync(HttpMethod.Delete, "/api/rules/a?dryRun=true")).Text);
        Assert.Equal(422, (await control.JsonAsync(HttpMethod.Post, "/api/rules?dryRun=true", """{"type":"track","value":"wrong"}""")).Status);
        Assert.Equal(400, (await control.JsonAsync(HttpMethod.Post, "/api/rules?dryRun=maybe", Rule)).Status);
        Assert.Equal(0, rules.Changes);
        await using ControlHarness without = await StartAsync(rules, dry: false);
        Assert.Equal(409, (await without.JsonAsync(HttpMethod.Post, "/api/rules?dryRun=true", Rule)).Status);
        Assert.Equal(0, rules.Changes);
    }

    [Fact]
    public async Task Very_many_rules_are_listed_whole()
    {
        await using ControlHarness control = await StartAsync(new FakeRuleBook([.. Enumerable.Range(0, 25_000).Select(i => new Rule($"r{i:D5}", RuleType.Follow, i.ToString(System.Globalization.CultureInfo.InvariantCulture)))]));
        Assert.Equal(25_000, (await control.GetAsync("/api/rules")).Json.GetArrayLength());
        Assert.Equal(25_000, (await control.GetAsync("/api/rules/export")).Text.Count(c => c == '\n'));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_JSON()
    {
        using JsonDocument document = RequestBody.Parse(Encoding.UTF8.GetBytes("\uFEFF[1]"), "it");
        Assert.Equal(1, document.RootElement.GetArrayLength());
    }
}
