using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Subscriptions;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Control;

public sealed class FlamingoRoutesTests
{
    private static readonly HttpMethod Post = HttpMethod.Post, Put = HttpMethod.Put, Delete = HttpMethod.Delete;

    [Fact]
    public async Task A_stream_shows_its_parameters()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(new FakeRuleBook(
            new Rule("1", RuleType.Track, "b"), new Rule("2", RuleType.Track, "a"), new Rule("3", RuleType.Follow, "7"), new Rule("4", RuleType.Hashtag, "h"), new Rule("5", RuleType.Track, "a", "again"))));
        Assert.Equal("""{"name":"filter","resource":"statuses/filter","params":{"track":["b","a"],"follow":["7"]}}""", (await control.GetAsync("/streams/filter.json")).Text);
        Assert.Equal("""{"name":"sample","resource":"statuses/sample","params":{}}""", (await control.GetAsync("/streams/sample.json")).Text);
        Assert.Equal("""["b","a"]""", (await control.GetAsync("/streams/filter/track.json")).Text);
        Assert.Equal("[]", (await control.GetAsync("/streams/filter/locations.json")).Text);
    }

    [Fact]
    public async Task Values_are_added_and_removed_as_Flamingo_did()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Assert.Equal(["#今日", "a", "b c"], Values(await control.FormAsync(Post, "/streams/filter/track.json", "values=a,b%20c,%23%E4%BB%8A%E6%97%A5, a,,")));
        Assert.Equal(["b c", "d"], Values(await control.FormAsync(Post, "/streams/filter/track.json", "add=d&remove=a,%23%E4%BB%8A%E6%97%A5,nobody")));
        Assert.Equal(["d"], Values(await control.FormAsync(Post, "/streams/filter/track.json", "remove=b+c")));
        Assert.Equal(["d", "e"], Values(await control.FormAsync(Put, "/streams/filter/track.json", "values=d,e")));
        Assert.Equal(["d"], Values(await control.FormAsync(Delete, "/streams/filter/track.json", "values=e")));
        Assert.Equal(["f"], Values(await control.SendAsync(Post, "/streams/filter/track.json?add=f&remove=d")));
        Assert.Equal(["7"], Values(await control.FormAsync(Post, "/streams/filter/follow.json", "values=7")));
        Assert.Empty(Values(await control.SendAsync(Delete, "/streams/filter/track.json")));
        Assert.Equal("follow", RuleFormat.WordOf(Assert.Single(rules.Current.Rules).Type));
    }

    [Fact]
    public async Task Parameters_that_are_named_are_replaced_and_the_others_stay()
    {
        var rules = new FakeRuleBook(new Rule("mine", RuleType.Track, "a", "tag"), new Rule("z", RuleType.Track, "z"), new Rule("f", RuleType.Follow, "1"), new Rule("h", RuleType.Hashtag, "h"));
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Reply reply = await control.FormAsync(Put, "/streams/filter.json", "track=a,b&locations=-122.75,36.8,-121.75,37.8,-74,40,-73.0,41");
        Assert.Equal("""{"track":["a","b"],"follow":["1"],"locations":["-122.75,36.8,-121.75,37.8","-74,40,-73,41"]}""", reply.Json.GetProperty("params").GetRawText());
        Assert.Equal(1, rules.Changes);
        // What was there and is wanted is left as it is.
        Assert.Equal("tag", rules.Current.Rules.Single(rule => rule.Id == "mine").Tag);
        Assert.Contains(rules.Current.Rules, rule => rule.Id == "h");
    }

    [Fact]
    public async Task A_box_is_the_same_however_its_numbers_are_written()
    {
        var rules = new FakeRuleBook(new Rule("box", RuleType.Locations, "-1.50, 2,3.0,4"));
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Assert.Single(Values(await control.FormAsync(Post, "/streams/filter/locations.json", "add=-1.5,2,3,4.00")));
        Assert.Empty(Values(await control.FormAsync(Post, "/streams/filter/locations.json", "remove=-1.5,2,3,4")));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_not_taken_from_its_rule()
    {
        var rules = new FakeRuleBook(new Rule(RuleFormat.IdOf(RuleType.Track, "a"), RuleType.Track, "changed"));
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Assert.Equal(["a", "changed"], Values(await control.FormAsync(Post, "/streams/filter/track.json", "add=a")));
    }

    [Theory]
    [InlineData("POST", "/streams/filter/track.json", "", 400)]
    [InlineData("POST", "/streams/filter/track.json", "values=", 400)]
    [InlineData("POST", "/streams/filter/track.json", "add=a&remove=a", 400)]
    [InlineData("PUT", "/streams/filter/track.json", "add=a", 400)]
    [InlineData("DELETE", "/streams/filter/track.json", "values=", 400)]
    [InlineData("POST", "/streams/filter/locations.json", "values=1,2,3", 400)]
    [InlineData("POST", "/streams/filter/language.json", "values=en", 404)]
    [InlineData("POST", "/streams/sample/track.json", "values=a", 409)]
    [InlineData("PUT", "/streams/sample.json", "track=a", 409)]
    [InlineData("PUT", "/streams/filter.json", "language=en", 404)]
    [InlineData("PUT", "/streams/filter.json", "", 400)]
    [InlineData("POST", "/streams/nonsense/track.json", "values=a", 404)]
    [InlineData("POST", "/streams/filter/track.json", "values=fine,wrong", 422)]
    public async Task What_cannot_be_done_is_refused_with_an_error(string method, string path, string form, int status)
    {
        var rules = new FakeRuleBook(new Rule("1", RuleType.Track, "kept"));
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Reply reply = await control.FormAsync(new HttpMethod(method), path, form);
        Assert.Equal((status, "application/json"), (reply.Status, reply.Type));
        Assert.NotEmpty(reply.Json.GetProperty("error").GetString()!);
        Assert.Equal("kept", Assert.Single(rules.Current.Rules).Value);
    }

    [Fact]
    public async Task Subscriptions_come_and_go()
    {
        var subscriptions = new FakeSubscriptions();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(subscriptions: subscriptions));
        Assert.Equal("[]", (await control.GetAsync("/subscriptions.json")).Text);
        Reply added = await control.FormAsync(Post, "/subscriptions.json", "name=archive");
        Assert.Equal((200, "archive", "subscription-archive"), (added.Status, added.Json.GetProperty("name").GetString(), added.Json.GetProperty("topic").GetString()));
        Assert.Equal("archive", Assert.Single((await control.GetAsync("/subscriptions.json")).Json.EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("archive", (await control.GetAsync("/subscriptions/archive.json")).Json.GetProperty("name").GetString());
        Assert.Equal("archive", (await control.SendAsync(Delete, "/subscriptions/archive.json")).Json.GetProperty("name").GetString());
        foreach (Reply gone in (Reply[])[await control.GetAsync("/subscriptions/archive.json"), await control.SendAsync(Delete, "/subscriptions/archive.json")])
            Assert.Equal((404, """{"error":"Subscription does not exist"}"""), (gone.Status, gone.Text));
        Assert.Empty(subscriptions.Deleted);
    }

    [Fact]
    public async Task A_subscription_has_a_filter_and_a_count()
    {
        var subscriptions = new FakeSubscriptions();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(subscriptions: subscriptions));
        await control.FormAsync(Post, "/subscriptions.json", "name=a.b_c-1&kinds=tweet,retweet&rules=r1,r2&words=Apple,%D0%96%D1%83%D0%BA&partitions=8");
        Assert.Equal(8, subscriptions.Partitions);
        const string Filter = """
            "kinds":["tweet","retweet"],"rules":["r1","r2"],"words":["apple","жук"],"messages":0,"bytes":0}
            """;
        Assert.Equal("{\"name\":\"a.b_c-1\",\"topic\":\"subscription-a.b_c-1\"," + Filter, (await control.GetAsync("/subscriptions/a.b_c-1.json")).Text);
        // The name alone, as Flamingo's clients send it when they start, leaves the filter.
        Assert.EndsWith(Filter, (await control.FormAsync(Post, "/subscriptions.json", "name=a.b_c-1")).Text, StringComparison.Ordinal);
        Reply replaced = await control.JsonAsync(Post, "/subscriptions.json", """{"name":"a.b_c-1","kinds":["delete"],"partitions":3,"unknown":1}""");
        Assert.Equal("""["delete"]""", replaced.Json.GetProperty("kinds").GetRawText());
        await control.SendAsync(Delete, "/subscriptions/a.b_c-1.json?deleteTopic=true");
        Assert.Equal(["subscription-a.b_c-1"], subscriptions.Deleted);
    }

    [Theory]
    [InlineData("kinds=tweet")]
    [InlineData("name=")]
    [InlineData("name=a%2Fb")]
    [InlineData("name=..%2F..%2Fetc")]
    [InlineData("name=%E4%BB%8A%E6%97%A5")]
    [InlineData("name=a%0Ab")]
    [InlineData("name=a&kinds=nonsense")]
    [InlineData("name=a&words=two+words")]
    [InlineData("name=a&topic=tweets.raw")]
    [InlineData("name=a&topic=subscription-../x")]
    [InlineData("name=a&partitions=many")]
    [InlineData("name=a&filter=x")]
    public async Task A_subscription_that_does_not_fit_is_refused(string form)
    {
        var subscriptions = new FakeSubscriptions();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(subscriptions: subscriptions));
        Reply reply = await control.FormAsync(Post, "/subscriptions.json", form);
        Assert.Equal(422, reply.Status);
        Assert.NotEmpty(reply.Json.GetProperty("error").GetString()!);
        Assert.Empty(subscriptions.Current.All);
    }

    [Fact]
    public async Task The_figures_are_those_of_the_feed()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts() with { Meta = new SomeFigures() });
        Assert.Equal("{'events:all_count':8}", (await control.GetAsync("/meta.json")).Text.Replace('"', '\''));
    }

    private sealed class SomeFigures : IStatistics
    {
        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteNumber("events:all_count", 8);
            writer.WriteEndObject();
        }
    }

    private static string[] Values(Reply reply)
    {
        Assert.Equal(200, reply.Status);
        return [.. reply.Json.EnumerateArray().Select(value => value.GetString()!).Order(StringComparer.Ordinal)];
    }
}
