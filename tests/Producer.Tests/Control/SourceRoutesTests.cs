using System.Text.Json;
using TweetStreams.Producer.Control;

namespace TweetStreams.Producer.Tests.Control;

public sealed class SourceRoutesTests
{
    [Fact]
    public async Task What_is_not_live_cannot_be_paused()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(source: new ListSource([])));
        foreach (string action in (string[])["pause", "resume", "reconnect"])
        {
            Reply reply = await control.SendAsync(HttpMethod.Post, $"/api/source/{action}");
            Assert.Equal((409, $"list is not live: there is no connection to {action}"), (reply.Status, reply.Reason));
        }
        Assert.Equal("""{"name":"list","live":false,"paused":false,"progress":null,"counters":{"messages":0,"bytes":0,"delivered":0,"missed":0}}""", (await control.GetAsync("/api/source")).Text);
    }

    [Fact]
    public async Task A_live_source_is_paused_resumed_and_reconnected()
    {
        var source = new FakeLiveSource();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(source: source));
        Assert.True((await control.SendAsync(HttpMethod.Post, "/api/source/pause")).Json.GetProperty("paused").GetBoolean());
        Assert.True((await control.GetAsync("/api/source")).Json.GetProperty("paused").GetBoolean());
        Assert.False((await control.SendAsync(HttpMethod.Post, "/api/source/resume")).Json.GetProperty("paused").GetBoolean());
        Assert.Equal(200, (await control.SendAsync(HttpMethod.Post, "/api/source/reconnect")).Status);
        Assert.Equal(["pause", "resume", "reconnect"], source.Asked);
        Assert.Contains(control.Log.Lines, line => line.Contains("asked over HTTP to pause", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_health_says_why_it_does_not_feed()
    {
        var health = new FakeHealth();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(health: health), rate: 1);
        for (int i = 0; i < 20; i++) Assert.Equal((200, """{"status":"ok"}"""), await StateAsync(control));
        health.Trouble = "waiting for x:filtered since 12:00";
        (int status, string text) = await StateAsync(control);
        Assert.Equal(503, status);
        Assert.Contains("waiting for x:filtered since 12:00", text, StringComparison.Ordinal);
        static async Task<(int, string)> StateAsync(ControlHarness control) => await control.GetAsync("/health") is var reply ? (reply.Status, reply.Text) : default;
    }

    [Fact]
    public async Task Gaps_are_shown_between_times()
    {
        var gaps = new OneGap();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts() with { Gaps = gaps });
        Reply reply = await control.GetAsync("/api/gaps?from=2026-01-31T12:00:00Z&to=1769864400000");
        Assert.Equal("""{"coverage":{"percent":99.5,"received":199,"missed":1},"gaps":[{"from":"2026-01-31T12:00:00Z","to":null,"connection":"x:sample/1","cause":"stall","backfilled":false,"missed":null}]}""", reply.Text);
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(1769860800), DateTimeOffset.FromUnixTimeSeconds(1769864400)), gaps.Asked);
        await control.GetAsync("/api/gaps");
        Assert.Equal((null, null), gaps.Asked);
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("to=99999999999999999999")]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z")]
    [InlineData("from=%00")]
    public async Task What_is_no_time_is_refused(string query)
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts() with { Gaps = new OneGap() });
        Assert.Equal(400, (await control.GetAsync("/api/gaps?" + query)).Status);
    }

    [Fact]
    public async Task Statistics_are_shown_as_they_are()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts() with { Statistics = new OneStatistic() });
        Assert.Equal("""{"a":1}""", (await control.GetAsync("/api/statistics")).Text);
    }

    private sealed class OneGap : IGaps
    {
        public (DateTimeOffset?, DateTimeOffset?) Asked { get; private set; }

        public CoverageView Coverage => new(99.5, 199, 1);

        public IReadOnlyList<GapView> Between(DateTimeOffset? from, DateTimeOffset? to)
        {
            Asked = (from, to);
            return [new GapView(DateTimeOffset.FromUnixTimeSeconds(1769860800), null, "x:sample/1", "stall", false, null)];
        }
    }

    private sealed class OneStatistic : IStatistics
    {
        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteNumber("a", 1);
            writer.WriteEndObject();
        }
    }
}
