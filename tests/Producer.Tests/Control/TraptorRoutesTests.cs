using System.Text.Json;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Control;

public sealed class TraptorRoutesTests
{
    [Theory]
    [InlineData("keyword", "apple", """{"status":"ok","tweets_per_second":1.5,"context":{"type":"keyword","value":"apple"}}""")]
    [InlineData("hashtag", "#pear", """{"status":"ok","tweets_per_second":null,"context":{"type":"hashtag","value":"#pear"}}""")]
    [InlineData("username", "@Alice_1", """{"status":"ok","userid":"12","context":{"type":"username","value":"@Alice_1"}}""")]
    [InlineData("geo", "-122.75,36.8,-121.75,37.8", """{"status":"ok","geo_type":"legacy","context":{"type":"geo","value":"-122.75,36.8,-121.75,37.8"}}""")]
    public async Task What_can_be_a_rule_is_fine(string type, string value, string answer)
    {
        await using ControlHarness control = await StartAsync();
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/v1.0/validate", JsonSerializer.Serialize(new { type, value }));
        Assert.Equal((200, answer), (reply.Status, reply.Text));
    }

    [Fact]
    public async Task A_phrase_that_is_too_long_brings_nothing()
    {
        await using ControlHarness control = await StartAsync();
        string value = string.Concat(Enumerable.Repeat("日", 21));
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/v1.0/validate", JsonSerializer.Serialize(new { type = "keyword", value }));
        Assert.Equal((400, "error", "The byte length of the track phrase is over 60.", 0, value), (reply.Status, reply.Json.GetProperty("status").GetString(), reply.Reason,
            reply.Json.GetProperty("tweets_per_second").GetInt32(), reply.Json.GetProperty("context").GetProperty("value").GetString()));
        Assert.Equal(200, (await control.JsonAsync(HttpMethod.Post, "/v1.0/validate", JsonSerializer.Serialize(new { type = "keyword", value = value[1..] }))).Status);
    }

    [Theory]
    [InlineData("""{"type":"nonsense","value":"a"}""", 400, "type")]
    [InlineData("""{"value":"a"}""", 400, "type")]
    [InlineData("""{"type":["geo"],"value":"a"}""", 400, "type")]
    [InlineData("""[]""", 400, "type")]
    [InlineData("""{"type":"keyword"}""", 400, "empty")]
    [InlineData("""{"type":"keyword","value":{}}""", 400, "empty")]
    [InlineData("""{"type":"username","value":"@"}""", 400, "name")]
    [InlineData("""{"type":"username","value":"../etc"}""", 400, "name")]
    [InlineData("""{"type":"username","value":"nobody"}""", 404, "seen")]
    [InlineData("""{"type":"geo","value":"1,2,3"}""", 400, "four")]
    [InlineData("""{"type":"geo","value":"1,2,3,north"}""", 400, "north")]
    [InlineData("""{"type":"geo","value":"NaN,2,3,4"}""", 400, "range")]
    [InlineData("""{"type":"geo","value":"1,2,3,91"}""", 400, "Lat/lon out of range: 91, 3")]
    [InlineData("""{"type":"geo","value":"-181,2,3,4"}""", 400, "Lat/lon out of range: 2, -181")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":"{"}}""", 400, "complex_value")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":"[]"}}""", 400, "Feature")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}}}""", 400, "Polygon")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":{"type":"Feature","geometry":{"type":"Polygon"}}}}""", 400, "coordinates")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[0,0],[1,1]]]}}}}""", 400, "3 positions")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1e9],[0,0]]]}}}}""", 400, "range")]
    [InlineData("""{"type":"geo","value":"x","metadata":{"complex_value":{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[1,2]]}}}}""", 400, "position")]
    public async Task What_cannot_is_refused_with_an_error_and_what_was_asked(string rule, int status, string reason)
    {
        await using ControlHarness control = await StartAsync();
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/v1.0/validate", rule);
        Assert.Equal((status, "error"), (reply.Status, reply.Json.GetProperty("status").GetString()));
        Assert.Contains(reason, reply.Reason, StringComparison.Ordinal);
        Assert.Equal(rule, reply.Json.GetProperty("context").GetRawText());
    }

    [Theory]
    [InlineData("[[0,0],[0,1],[1,1],[0,0]]")]
    [InlineData("[[0,0],[0,1],[0,1],[1,1]]")]
    [InlineData("[[0,0,5],[0,1,5],[1,1,5],[1,0,5],[0,0,5]]")]
    public async Task A_polygon_may_be_open_and_repeat_itself(string ring)
    {
        await using ControlHarness control = await StartAsync();
        string feature = $$"""{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[{{ring}}]} }""";
        foreach (string body in (string[])[$$$"""{"type":"geo","value":"x","metadata":{"complex_value":{{{JsonSerializer.Serialize(feature)}}} } }""", $$$"""{"type":"geo","value":"x","metadata":{"complex_value":{{{feature}}} } }""", $$$"""{"type":"geo","value":{{{feature}}} }"""])
        {
            Reply reply = await control.JsonAsync(HttpMethod.Post, "/v1.0/validate", body);
            Assert.Equal((200, "geo_json"), (reply.Status, reply.Json.GetProperty("geo_type").GetString()));
        }
    }

    [Fact]
    public async Task A_user_that_was_seen_has_a_name()
    {
        await using ControlHarness control = await StartAsync();
        Assert.Equal("""{"screen_name":"Alice_1","status":"ok"}""", (await control.GetAsync("/v1.0/screen_name/12")).Text);
        Reply unknown = await control.GetAsync("/v1.0/screen_name/13");
        Assert.Equal((404, "error"), (unknown.Status, unknown.Json.GetProperty("status").GetString()));
    }

    private static Task<ControlHarness> StartAsync() => ControlHarness.StartAsync(ControlHarness.Parts() with { Names = new OneName(), Rates = new OneRate() });

    private sealed class OneName : INames
    {
        public string? NameOf(string userId) => userId == "12" ? "Alice_1" : null;

        public string? IdOf(string name) => name.Equals("alice_1", StringComparison.OrdinalIgnoreCase) ? "12" : null;
    }

    private sealed class OneRate : IRateEstimate
    {
        public double? PerSecond(RuleType type, string value) => (type, value) == (RuleType.Keyword, "apple") ? 1.5 : null;
    }
}
