using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Control;

public sealed class ControlServerTests
{
    private const string Token = "s3cret-t0ken-of-this-test";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    [InlineData("192.0.2.1:4711")]
    public async Task What_others_reach_is_not_started_without_a_token(string address)
    {
        var options = new ControlOptions { Address = ControlOptions.ParseAddress(address) };
        InvalidSettingException refused = await Assert.ThrowsAsync<InvalidSettingException>(() => ControlServer.StartAsync(options, ControlHarness.Parts(), new ListLogger(), Stop));
        Assert.Contains("--control ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--control-token-file", refused.Message, StringComparison.Ordinal);
        Assert.Contains("TWEETSTREAMS_CONTROL_TOKEN", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using ControlHarness there = await ControlHarness.StartAsync();
        var options = new ControlOptions { Address = new IPEndPoint(IPAddress.Loopback, new Uri(there.Server.Address).Port) };
        InvalidSettingException refused = await Assert.ThrowsAsync<InvalidSettingException>(() => ControlServer.StartAsync(options, ControlHarness.Parts(), new ListLogger(), Stop));
        Assert.Contains($"--control {options.Address}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nend")]
    [InlineData("ключ")]
    public void A_token_that_no_header_can_carry_is_refused_and_not_shown(string token)
    {
        InvalidSettingException refused = Assert.Throws<InvalidSettingException>(() => new ControlOptions { Token = token });
        if (token.Length > 0) Assert.DoesNotContain(token, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:4711", "127.0.0.1:4711")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:80", "[::1]:80")]
    public void An_address_has_a_port(string text, string address) => Assert.Equal(address, ControlOptions.ParseAddress(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("4711")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("::1")]
    [InlineData("example.org:80")]
    public void What_is_no_address_is_named(string text) => Assert.Contains("--control " + text, Assert.Throws<InvalidSettingException>(() => ControlOptions.ParseAddress(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer s3cret-t0ken-of-this-tesT")]
    [InlineData("Basic bm86d3Jvbmc=")]
    public async Task Without_the_token_nothing_is_told_and_nothing_done(string? header)
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules), Token, address: IPAddress.Any);
        foreach (Route route in control.Server.Routes.Where(route => !route.Open))
        {
            Reply reply = await control.SendAsync(new HttpMethod(route.Method), Filled(route), route.Method == "GET" ? null : "{}"u8.ToArray(), route.Method == "GET" ? null : "application/json", request =>
            {
                if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
            });
            Assert.Equal(401, reply.Status);
            Assert.Contains("Bearer", reply.Reason, StringComparison.Ordinal);
            Assert.Contains("WWW-Authenticate", reply.Headers, StringComparison.Ordinal);
        }
        Assert.Equal(401, (await control.GetAsync("/nowhere")).Status);
        Assert.Equal(200, (await control.GetAsync("/health")).Status);
        Assert.Empty(rules.Current.Rules);
    }

    [Fact]
    public async Task With_the_token_everything_is_answered_and_no_answer_or_log_holds_it()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(new FakeRuleBook { Failure = new InvalidOperationException("made up") }), Token, address: IPAddress.Any);
        foreach (string given in (string[])["Bearer " + Token, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + Token)), "Bearer x" + Token])
        {
            foreach (Route route in control.Server.Routes)
            {
                foreach (string body in (string[])["{}", """{"id":"a","type":"track","value":"a"}""", "values=a&track=a&name=a"])
                {
                    Reply reply = await control.SendAsync(new HttpMethod(route.Method), Filled(route), Encoding.UTF8.GetBytes(body), body[0] == '{' ? "application/json" : "application/x-www-form-urlencoded",
                        request => request.Headers.TryAddWithoutValidation("Authorization", given));
                    Assert.Equal(given.StartsWith("Bearer x", StringComparison.Ordinal) && !route.Open, reply.Status == 401);
                    Assert.DoesNotContain(Token, reply.Text + reply.Headers, StringComparison.Ordinal);
                }
            }
        }
        Assert.Contains(control.Log.Errors, line => line.Contains("made up", StringComparison.Ordinal));
        Assert.DoesNotContain(control.Log.Lines, line => line.Contains(Token, StringComparison.Ordinal));
        Assert.DoesNotContain(Token, new ControlOptions { Token = Token }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:4711")]
    [InlineData("192.0.2.1")]
    [InlineData("localhost.evil.example")]
    public async Task On_this_machine_a_foreign_name_is_not_answered(string host)
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        Reply reply = await control.SendAsync(HttpMethod.Get, "/api/rules", null, null, request => request.Headers.Host = host);
        Assert.Equal(421, reply.Status);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:4711")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:4711")]
    public async Task Names_of_this_machine_are_answered(string host)
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        Assert.Equal(200, (await control.SendAsync(HttpMethod.Get, "/api/rules", null, null, request => request.Headers.Host = host)).Status);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost:1", 403)]
    [InlineData("Origin", "http://localhost:4711", 200)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Sec-Fetch-Site", "none", 200)]
    public async Task A_page_of_another_site_changes_nothing(string header, string value, int status)
    {
        var source = new FakeLiveSource();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(source: source));
        foreach (string path in (string[])["/api/source/pause", "/streams/filter/track.json?values=a", "/subscriptions.json?name=a"])
        {
            Reply reply = await control.SendAsync(HttpMethod.Post, path, [], null, request =>
            {
                request.Headers.Host = "localhost:4711";
                request.Headers.TryAddWithoutValidation(header, value);
            });
            Assert.Equal(status, reply.Status);
        }
        Assert.Equal(status == 200, source.Paused);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/streams", 404)]
    [InlineData("GET", "/streams/filter", 404)]
    [InlineData("GET", "/api", 404)]
    [InlineData("GET", "/api/rules/a/b", 404)]
    [InlineData("GET", "/..%2f..%2fetc%2fpasswd", 404)]
    [InlineData("GET", "/streams/..%2f..%2fetc/passwd.json", 404)]
    [InlineData("GET", "/subscriptions/..%2f..%2fetc%2fpasswd.json", 404)]
    [InlineData("GET", "/subscriptions/%E4%BB%8A%E6%97%A5.json", 404)]
    [InlineData("GET", "/subscriptions/%FF%FE.json", 404)]
    [InlineData("GET", "/subscriptions/.json", 404)]
    [InlineData("GET", "/api/rules/%E4%BB%8A%E6%97%A5", 404)]
    [InlineData("DELETE", "/api/rules/a%00b", 404)]
    [InlineData("DELETE", "/", 405)]
    [InlineData("PATCH", "/api/rules", 405)]
    [InlineData("DELETE", "/subscriptions.json", 405)]
    [InlineData("BREW", "/api/source", 405)]
    public async Task What_is_not_there_is_said_so(string method, string path, int status)
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        Reply reply = await control.SendAsync(new HttpMethod(method), path);
        Assert.True(status == reply.Status || (status == 404 && reply.Status == 400 && reply.Text.Length == 0), $"{reply.Status} {reply.Text}");
        if (reply.Text.Length > 0) Assert.NotEmpty(reply.Reason);
    }

    [Theory]
    [InlineData("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "404")]
    [InlineData("GET /streams/../../../subscriptions.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "200")]
    [InlineData("GET /api/rules HTTP/1.0\r\n\r\n", "421")]
    [InlineData("GET /api/rules HTTP/1.1\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("GET /api/rules HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", "400")]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("POST /api/rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: x\r\n\r\n", "400")]
    [InlineData("POST /api/rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    [InlineData("POST /api/rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n", "413")]
    public async Task Odd_requests_get_an_answer(string request, string status)
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        string answer = await control.RawAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Empty(control.Log.Errors);
    }

    public static TheoryData<string> WritingRoutes => ["POST /api/rules", "PUT /api/rules/a", "POST /api/rules/import", "POST /v1.0/validate", "POST /subscriptions.json", "POST /streams/filter/track.json", "PUT /streams/filter.json"];

    [Theory]
    [MemberData(nameof(WritingRoutes))]
    public async Task A_huge_body_is_refused_with_a_reason_whether_or_not_its_size_is_announced(string route)
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        byte[] body = Encoding.UTF8.GetBytes("values=" + new string('a', 2 * 1024 * 1024));
        foreach (string type in (string[])["application/json", "application/x-www-form-urlencoded"])
        {
            foreach (bool chunked in (bool[])[false, true])
            {
                Reply reply = await control.SendAsync(new HttpMethod(route.Split(' ')[0]), route.Split(' ')[1], body, type, request => request.Headers.TransferEncodingChunked = chunked);
                Assert.True(reply.Status is 413 or 415, $"{reply.Status} {reply.Text}");
                Assert.NotEmpty(reply.Reason);
            }
        }
        Assert.Equal(0, rules.Changes);
        Assert.Empty(control.Log.Errors);
    }

    [Fact]
    public async Task Who_asks_before_sending_a_huge_body_does_not_send_it()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        string answer = await control.RawAsync("POST /api/rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2097152\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WritingRoutes))]
    public async Task Malformed_bodies_are_refused_with_a_reason(string route)
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        byte[][] bodies =
        [
            [], "{"u8.ToArray(), "null"u8.ToArray(), "[]]"u8.ToArray(), "{\"type\":1}"u8.ToArray(), "\"text\""u8.ToArray(), "[1,null,[]]"u8.ToArray(), [0xFF, 0xFE, 0x00], "{\"a\":\"\xFF\"}"u8.ToArray()[..^3],
            "{\"id\":\"a\",\"type\":\"track\",\"value\":\"\\ud83d\"}"u8.ToArray(), "{\"id\":\"a\",\"type\":\"track\",\"value\":\"a\",\"\\udc00\":1}"u8.ToArray(), "{\"name\":\"\\ud83d\"}"u8.ToArray(),
            "{\"type\":\"nonsense\",\"value\":\"a\"}"u8.ToArray(), "{\"type\":\"track\",\"value\":{\"a\":1}}"u8.ToArray(), "{\"type\":\"track\",\"value\":\"\"}"u8.ToArray(),
            Encoding.UTF8.GetBytes(new string('[', 100_000)), Encoding.UTF8.GetBytes($"{{\"type\":\"track\",\"value\":{new string('[', 500)}{new string(']', 500)}}}"),
            Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 5000).Select(i => $"a{i}=1"))), "%%%=%FF&=&&"u8.ToArray(), "name=%00"u8.ToArray(),
        ];
        string?[] types = ["application/json", "application/json; charset=utf-7", "application/x-ndjson", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "a/b/c;;", null];
        foreach (byte[] body in bodies)
        {
            foreach (string? type in types)
            {
                Reply reply = await control.SendAsync(new HttpMethod(route.Split(' ')[0]), route.Split(' ')[1], body, null, request =>
                {
                    if (type is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Type", type);
                });
                Assert.True(reply.Status is >= 400 and < 500, $"{type}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(80, body.Length)))}: {reply.Status} {reply.Text}");
                Assert.NotEmpty(reply.Reason);
            }
        }
        Assert.Equal(0, rules.Changes);
        Assert.Empty(control.Log.Errors);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task A_thousand_requests_at_once_are_all_answered(int rate)
    {
        await using ControlHarness control = await ControlHarness.StartAsync(rate: rate);
        byte[] large = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 400).Select(i => $$"""{"type":"track","value":"word {{i}}","tag":"{{new string('t', 300)}}"}"""))}]");
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => (i % 4) switch
        {
            0 => control.GetAsync("/api/source"),
            1 => control.SendAsync(HttpMethod.Post, "/api/rules", large, "application/json"),
            2 => control.FormAsync(HttpMethod.Post, "/streams/filter/track.json", $"values={i}"),
            _ => control.GetAsync("/subscriptions.json"),
        }));
        Assert.All(replies, reply => Assert.True(reply.Status is 200 or 201 or 429, $"{reply.Status} {reply.Text}"));
        Assert.All(replies.Where(reply => reply.Status == 429), reply =>
        {
            Assert.NotEmpty(reply.Reason);
            Assert.Contains("Retry-After", reply.Headers, StringComparison.Ordinal);
        });
        Assert.Contains(replies, reply => reply.Status is 200 or 201);
        if (rate == 10) Assert.Contains(replies, reply => reply.Status == 429);
        Assert.Empty(control.Log.Errors);
    }

    [Fact]
    public async Task A_thousand_changes_at_once_are_all_made_where_the_rate_lets_them()
    {
        var rules = new FakeRuleBook();
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(rules));
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            // More than may wait are refused; who is refused asks again.
            while (true)
            {
                Reply reply = await control.FormAsync(HttpMethod.Post, "/streams/filter/follow.json", $"add={i}");
                if (reply.Status != 429) return reply;
            }
        }));
        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(1000, rules.Current.Rules.Length);
    }

    [Fact]
    public async Task A_change_that_takes_too_long_is_given_up()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(new FakeRuleBook { Hangs = true }), timeout: TimeSpan.FromMilliseconds(50));
        Reply reply = await control.JsonAsync(HttpMethod.Post, "/api/rules", """{"type":"track","value":"a"}""");
        Assert.Equal(503, reply.Status);
        Assert.Contains("took too long", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_Kafka_is_away_that_is_said()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(ControlHarness.Parts(new FakeRuleBook { Failure = new BrokerUnavailableException("no broker; start one") }));
        Reply reply = await control.FormAsync(HttpMethod.Post, "/streams/filter/track.json", "add=a");
        Assert.Equal((503, "no broker; start one"), (reply.Status, reply.Reason));
        Assert.Empty(control.Log.Errors);
    }

    [Fact]
    public async Task Without_parts_their_routes_say_so()
    {
        await using ControlHarness control = await ControlHarness.StartAsync(new ControlParts { Source = new ListSource([]), Counters = new FeedCounters(), Health = new FakeHealth() });
        foreach (Route route in control.Server.Routes)
        {
            Reply reply = await control.SendAsync(new HttpMethod(route.Method), Filled(route), route.Method is "GET" or "DELETE" ? null : """{"id":"a","type":"username","value":"a"}""", route.Method is "GET" or "DELETE" ? null : "application/json");
            Assert.True(reply.Status is >= 200 and < 500, $"{route.Pattern} {reply.Status} {reply.Text}");
            if (reply.Status >= 400) Assert.NotEmpty(reply.Reason);
        }
        Assert.Empty(control.Log.Errors);
    }

    [Fact]
    public async Task The_routes_are_listed_one_a_line()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        Reply reply = await control.GetAsync("/");
        Assert.Equal((200, "text/plain"), (reply.Status, reply.Type));
        string[] lines = reply.Text.TrimEnd('\n').Split('\n');
        Assert.Equal(control.Server.Routes.Count, lines.Length);
        Assert.Contains("POST   /streams/{name}/{key}.json", lines);
        Assert.Contains("DELETE /subscriptions/{name}.json", lines);
    }

    [Fact]
    public async Task Answers_are_not_kept_and_not_taken_for_pages()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        foreach (string path in (string[])["/", "/api/rules", "/nowhere", "/health"])
        {
            string headers = (await control.GetAsync(path)).Headers;
            Assert.Contains("X-Content-Type-Options: nosniff", headers, StringComparison.Ordinal);
            Assert.Contains("no-store", headers, StringComparison.Ordinal);
            Assert.DoesNotContain("Server:", headers, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", headers, StringComparison.Ordinal);
        }
    }

    private static string Filled(Route route) => route.Pattern.Replace("{name}", route.Pattern.StartsWith("/streams", StringComparison.Ordinal) ? "filter" : "a", StringComparison.Ordinal)
        .Replace("{key}", "track", StringComparison.Ordinal).Replace("{id}", "a", StringComparison.Ordinal).Replace("{userid}", "1", StringComparison.Ordinal);
}
