using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using TweetStreams.FakeX;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>The producer with live sources, as a process on a real Kafka.</summary>
[Collection(OnRealKafka.Name)]
public sealed partial class LiveSourceTests(RealKafka kafka) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient http = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task After_kill_9_nothing_is_missing_that_Jetstream_still_holds()
    {
        string bootstrap = await kafka.EmptyAsync();
        await using FakeJetstream jetstream = await FakeJetstream.StartAsync();
        using var ending = new CancellationTokenSource();
        int posted = 0;
        Task posting = PostAsync();
        string[] arguments = ["--kafka", bootstrap, "--source", "jetstream", "--jetstream", $"ws://127.0.0.1:{jetstream.Port}/subscribe", "--control", "off"];
        for (int kill = 0; kill < 3; kill++)
        {
            using Running producer = Running.Producer(arguments);
            int before = Volatile.Read(ref posted);
            // Killed in the midst of it, and only when a position is kept: without one the next start has nothing to go on from.
            await UntilAsync(() => Task.FromResult(Volatile.Read(ref posted) > before + 600 && (kill > 0 || Keys(bootstrap, "source-positions", 1).Count > 0)));
            producer.Kill();
        }
        await ending.CancelAsync();
        await posting;
        using Running last = Running.Producer(arguments);
        int first = Keys(bootstrap).Min(key => int.Parse(key.AsSpan(key.LastIndexOf('/') + 1), CultureInfo.InvariantCulture));
        string[] held = [.. Enumerable.Range(first, posted - first).Select(Uri)];
        Assert.InRange(held.Length, 1_000, posted);
        HashSet<string> there = [];
        await UntilAsync(() => Task.FromResult(held.All((there = Keys(bootstrap)).Contains)), () => $"{held.Count(key => !there.Contains(key))} of {held.Length} are missing, the first is number {Array.FindIndex(held, key => !there.Contains(key))}: {last}");
        last.Send(Signal.Terminate);
        Assert.Equal(0, await last.ExitAsync());

        static string Uri(int post) => string.Create(CultureInfo.InvariantCulture, $"at://did:plc:somebody/app.bsky.feed.post/{post}");

        async Task PostAsync()
        {
            for (int i = 0; !ending.IsCancellationRequested; i++)
            {
                long micros = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                string key = i.ToString(CultureInfo.InvariantCulture);
                jetstream.State.Events.Post("did:plc:somebody", key, $"word {key}", micros);
                Volatile.Write(ref posted, i + 1);
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_rule_that_is_added_at_one_instance_works_at_another_and_outlives_all_of_them_without_a_reconnect()
    {
        string bootstrap = await kafka.EmptyAsync();
        await using FakeXServer x = await FakeXServer.StartAsync(new FakeXOptions { Token = "token" });
        using Running one = Instance("one"), two = Instance("two");
        Uri first = await ControlAsync(one), second = await ControlAsync(two);
        await UntilAsync(() => Task.FromResult(x.Open == 1));

        using HttpResponseMessage added = await http.PostAsJsonAsync(new Uri(first, "api/rules"), new { type = "track", value = "coffee", id = "drinks" }, Stop);
        Assert.Equal(201, (int)added.StatusCode);
        long since = TimeProvider.System.GetTimestamp();
        await UntilAsync(async () => (await http.GetAsync(new Uri(second, "api/rules/drinks"), Stop)).IsSuccessStatusCode);
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(2));
        await UntilAsync(async () =>
        {
            x.Publish("""{"data":{"id":"1","text":"a coffee"}}"""u8.ToArray());
            return await MatchesAsync(first, "drinks") > 0;
        });
        JsonElement gaps = await http.GetFromJsonAsync<JsonElement>(new Uri(first, "api/gaps"), Stop);
        Assert.Equal(0, gaps.GetProperty("gaps").GetArrayLength());
        await one.StopAsync(Signal.Terminate);
        await two.StopAsync(Signal.Terminate);

        using Running again = Instance("one");
        Uri third = await ControlAsync(again);
        Assert.Equal("coffee", (await http.GetFromJsonAsync<JsonElement>(new Uri(third, "api/rules/drinks"), Stop)).GetProperty("value").GetString());
        // It says that it was not running for a while, so the stop is no silent one.
        again.Send(Signal.Terminate);
        Assert.Equal(0, await again.ExitAsync());

        // Only one has X; the other is an instance all the same.
        Running Instance(string name) => Running.Tool(
            Repository.Program("producer", "tweetstreams-producer"),
            ["--kafka", bootstrap, "--source", name == "one" ? "x:filtered" : "sample", "--rule", "x:coffee", "--instance", name, "--control", "127.0.0.1:0"],
            ("X_BEARER_TOKEN", "token"), ("X_API", x.Address.ToString()));
    }

    private async Task<long> MatchesAsync(Uri control, string rule)
    {
        JsonElement statistics = await http.GetFromJsonAsync<JsonElement>(new Uri(control, "api/statistics"), Stop);
        return statistics.GetProperty("ruleMatches").EnumerateArray().Where(row => row.GetProperty("id").GetString() == rule).Select(row => row.GetProperty("total").GetInt64()).FirstOrDefault();
    }

    private static async Task<Uri> ControlAsync(Running producer) => new((await producer.LineAsync(Control())).Groups[1].Value);

    private static HashSet<string> Keys(string bootstrap, string topic = "tweets.raw", int count = 4)
    {
        var keys = new HashSet<string>();
        using IConsumer<string?, byte[]> consumer = new ConsumerBuilder<string?, byte[]>(new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "keys", EnableAutoCommit = false, EnablePartitionEof = true }).Build();
        TopicPartition[] partitions = [.. Enumerable.Range(0, count).Select(partition => new TopicPartition(topic, partition))];
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        for (int ended = 0; ended < partitions.Length;)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromSeconds(10)) is not { } read) break;
                if (read.IsPartitionEOF) ended++;
                else keys.Add(read.Message.Key!);
            }
            catch (ConsumeException)
            {
                return keys; // no topic yet
            }
        }
        return keys;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        for (long start = TimeProvider.System.GetTimestamp(); !await condition(); await Task.Delay(50, Stop))
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, otherwise?.Invoke() ?? "it did not come to that in time");
    }

    [GeneratedRegex("^control (http.*)$")]
    private static partial Regex Control();
}
