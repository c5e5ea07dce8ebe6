using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Intake;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Intake;

public sealed class EnricherTests
{
    private static readonly DateTimeOffset start = new(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(start);
    private readonly FixedRules rules = new(new Rule("a", RuleType.Track, "apple", "fruit"), new Rule("b", RuleType.Track, "pear"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_settings_every_message_is_written_as_it_came()
    {
        await using var intake = new Enricher(new IntakeOptions(), rules, time);

        foreach (string message in (string[])[Tweet("apple"), "no JSON", """{"limit":{"track":1}}"""])
        {
            Message read = Read(message);
            Assert.Equal(new Taken(true, read.Raw), intake.Take(read));
        }
        Assert.Equal(0, intake.Counters.Matched);
    }

    [Fact]
    public async Task Kinds_that_nobody_asked_for_are_left_out_and_counted()
    {
        await using var intake = new Enricher(new IntakeOptions { Kinds = FrozenSet.Create(MessageKind.Tweet, MessageKind.Limit) }, rules, time);

        Assert.True(intake.Take(Read(Tweet("x"))).Keep);
        Assert.True(intake.Take(Read("""{"limit":{"track":1}}""")).Keep);
        Assert.False(intake.Take(Read("""{"delete":{"status":{"id":1}}}""")).Keep);
        Assert.False(intake.Take(Read("no JSON")).Keep);
        Assert.Equal(2, intake.Counters.Kind);
    }

    [Theory]
    [InlineData("""{"id":1,"text":"x","lang":"en","user":{"lang":"fr"}}""", true)]
    [InlineData("""{"lang" : "EN", "id":1,"text":"x","retweeted_status":{"lang":"de"}}""", true)]
    [InlineData("""{"id":1,"text":"x","lang":"de","retweeted_status":{"lang":"en"}}""", false)]
    [InlineData("""{"id":1,"text":"x","lang":null}""", false)]
    [InlineData("""{"id":1,"text":"x"}""", false)]
    [InlineData("""{"data":{"id":"1","text":"x","lang":"en"},"includes":{"tweets":[{"lang":"de"}]}}""", true)]
    [InlineData("""{"data":{"id":"1","text":"x","lang":"ja"}}""", false)]
    [InlineData("""{"data":{"id":"1","text":"x","lang":"pt-BR"}}""", true)]
    [InlineData("""{"data":{"id":"1","text":"x","lang":"pt"}}""", false)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":["en-GB","de"]}}}""", true)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":["de","en"]}}}""", false)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":[]}}}""", false)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":["en",[],{},"de"]}}}""", true)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":[5,"en"]}}}""", false)]
    [InlineData("""{"did":"d","kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","langs":"en"}}}""", false)]
    [InlineData("""{"id":1,"text":"x","lang":["en"]}""", false)]
    [InlineData("""{"lang":"en","data":{"id":"1","text":"x","lang":null}}""", true)]
    [InlineData("""{"for_user":"3","message":{"id":1,"text":"x","lang":"en"}}""", true)]
    [InlineData("""{"delete":{"status":{"id":1}}}""", true)] // has no language
    [InlineData("""{"warning":{"lang":"de"}}""", true)]
    public async Task Tweets_of_other_languages_are_left_out(string message, bool kept)
    {
        await using var intake = new Enricher(new IntakeOptions { Languages = FrozenSet.Create("en", "pt-br") }, rules, time);
        await using var undetermined = new Enricher(new IntakeOptions { Languages = FrozenSet.Create("und") }, rules, time);

        Assert.Equal((kept, kept ? 0 : 1), (intake.Take(Read(message)).Keep, (int)intake.Counters.Language));
        bool tellsNone = !message.Contains("\"lang\":\"", StringComparison.Ordinal) && !message.Contains("\"lang\" : \"", StringComparison.Ordinal) && !message.Contains("\"langs\":[\"", StringComparison.Ordinal);
        Assert.Equal(tellsNone || Read(message).Kind is not (MessageKind.Tweet or MessageKind.Retweet), undetermined.Take(Read(message)).Keep);
    }

    [Fact]
    public async Task A_sample_is_the_same_each_time_and_keeps_deletes_with_their_tweets()
    {
        await using Enricher intake = new(new IntakeOptions { Sample = 0.25 }, rules, time), again = new(new IntakeOptions { Sample = 0.25 }, rules, time);
        int kept = 0;
        for (long id = 1_146_304_818_337_800_192; id < 1_146_304_818_337_802_192; id++)
        {
            bool keep = intake.Take(Read(Tweet("x", id))).Keep;
            kept += keep ? 1 : 0;
            Assert.Equal(keep, again.Take(Read(Tweet("other", id))).Keep);
            Assert.Equal(keep, again.Take(Read(FormattableString.Invariant($$$"""{"delete":{"status":{"id":{{{id}}}} } }"""))).Keep);
        }
        Assert.InRange(kept, 420, 580);
        Assert.Equal(2_000 - kept, intake.Counters.Sampling);
    }

    [Fact]
    public async Task Messages_without_an_id_are_drawn_by_lot()
    {
        await using var intake = new Enricher(new IntakeOptions { Sample = 0.25 }, rules, time, random: new Random(3));

        int kept = Enumerable.Range(0, 2_000).Count(_ => intake.Take(Read("""{"limit":{"track":1}}""")).Keep);

        Assert.InRange(kept, 420, 580);
    }

    [Fact]
    public async Task Headers_tell_the_rules_and_where_a_message_comes_from_and_its_bytes_stay()
    {
        await using var intake = new Enricher(new IntakeOptions { Enrichment = Enrichment.Headers, Source = "x:filtered", Instance = "one" }, rules, time);
        Message both = Read(Tweet("pear and apple")), none = Read(Tweet("plum")), delete = Read("""{"delete":{"status":{"id":1}}}""");

        Taken taken = intake.Take(both);

        Assert.Same(both.Raw, taken.Raw);
        Assert.Equal([("rules", "a,b"), ("source", "x:filtered"), ("received-at", "2026-02-03T04:05:06.789Z"), ("instance", "one")], Texts(taken.Headers));
        Assert.Equal([("source", "x:filtered"), ("received-at", "2026-02-03T04:05:06.789Z"), ("instance", "one")], Texts(intake.Take(none).Headers));
        Assert.Same(intake.Take(none).Headers, intake.Take(delete).Headers);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains(("received-at", "2026-02-03T04:05:06.790Z"), Texts(intake.Take(delete).Headers));

        static IEnumerable<(string, string)> Texts(Headers? headers) => headers!.Select(header => (header.Key, Bytes.Text(header.GetValueBytes())));
    }

    [Fact]
    public async Task An_object_in_the_tweet_tells_the_rules_as_Traptor_does()
    {
        Assert.True(RuleFormat.TryRead("""{"rule_id":"7","orig_type":"hashtag","value":"tag","tag":"t \"1\"","appid":"x","rule_tag":"old"}"""u8.ToArray(), out Rule? rule, out _));
        await using var intake = new Enricher(new IntakeOptions { Enrichment = Enrichment.Traptor, Source = "track", Instance = "i\"0" }, new FixedRules(rule, new Rule("8", RuleType.Track, "word")), time);
        const string tweet = """{"id":1,"text":"word #tag } ","timestamp_ms":"1456104893123","e":{}} """;

        string enriched = Bytes.Text(intake.Take(Read(tweet)).Raw);

        Assert.StartsWith(tweet.TrimEnd()[..^1] + ",\"traptor\":{", enriched, StringComparison.Ordinal);
        Assert.EndsWith("}} ", enriched, StringComparison.Ordinal);
        JsonElement traptor = JsonDocument.Parse(enriched).RootElement.GetProperty("traptor");
        Assert.Equal("i\"0", traptor.GetProperty("id_str").GetString());
        Assert.Equal("2016-02-22T01:34:53+00:00", traptor.GetProperty("created_at_iso").GetString());
        JsonElement first = traptor.GetProperty("collection_rules")[0];
        Assert.Equal(2, traptor.GetProperty("collection_rules").GetArrayLength());
        Assert.Equal("""{"rule_id":"7","rule_type":"track","orig_type":"hashtag","id":"7","type":"hashtag","value":"tag","tag":"t \u00221\u0022","appid":"x","rule_tag":"t \u00221\u0022","rule_value":"tag"}""", first.GetRawText());
    }

    [Fact]
    public async Task A_tweet_that_no_rule_matches_says_so_as_Traptor_does_and_other_messages_stay_as_they_are()
    {
        await using var intake = new Enricher(new IntakeOptions { Enrichment = Enrichment.Traptor, Source = "track", Instance = "0" }, rules, time);
        Message delete = Read("""{"delete":{"status":{"id":1}}}""");

        Assert.Equal("""{"id":1,"text":"plum","traptor":{"id_str":"0","rule_type":"track","id":"0","rule_tag":"Not Found","rule_value":"Not Found"}}""", Bytes.Text(intake.Take(Read("""{"id":1,"text":"plum"}""")).Raw));
        Assert.Same(delete.Raw, intake.Take(delete).Raw);
    }

    [Fact]
    public async Task A_message_is_held_back_only_where_all_its_rules_have_brought_enough()
    {
        await using var intake = new Enricher(new IntakeOptions { RuleRate = new RuleRate { PerSecond = 1, Capacity = 2 } }, rules, time);

        Assert.Equal([true, true, false], Take("apple", "apple", "apple"));
        Assert.Equal([true, true, false], Take("apple pear", "apple pear", "apple pear")); // pear still had two
        Assert.Equal([true, true], Take("plum", "plum")); // no rule
        Assert.True(intake.Take(Read("""{"delete":{"status":{"id":1}}}""")).Keep);
        Assert.Equal(2, intake.Counters.RateLimit);
        Assert.Equal(6, intake.Counters.Matched);

        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal([true, false], Take("apple", "apple"));
        time.Advance(TimeSpan.FromSeconds(0.5)); // half a token was left
        Assert.Equal([true, false], Take("apple", "apple"));
        time.Advance(TimeSpan.FromHours(1)); // never more than the capacity
        Assert.Equal([true, true, false], Take("apple", "apple", "apple"));

        IEnumerable<bool> Take(params string[] texts) => [.. texts.Select(text => intake.Take(Read(Tweet(text))).Keep)];
    }

    [Fact]
    public async Task A_stream_of_one_rule_is_cut_to_its_rate_as_by_Traptor()
    {
        await using var intake = new Enricher(new IntakeOptions { RuleRate = new RuleRate { PerSecond = 10, Capacity = 10 } }, rules, time);
        int kept = 0;
        for (int i = 0; i < 100; i++)
        {
            kept += intake.Take(Read(Tweet("apple"))).Keep ? 1 : 0;
            time.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.InRange(kept, 19, 22);
    }

    [Fact]
    public async Task A_rule_that_stays_keeps_its_tokens_when_others_change()
    {
        await using var intake = new Enricher(new IntakeOptions { RuleRate = new RuleRate { PerSecond = 0.001, Capacity = 1 }, Enrichment = Enrichment.Headers }, rules, time);
        Assert.True(intake.Take(Read(Tweet("pear"))).Keep);

        rules.Set(new Rule("0", RuleType.Track, "plum"), new Rule("b", RuleType.Track, "pear"));
        while (intake.Take(Read(Tweet("plum zero"))) is { Headers.Count: 3 })
            await Task.Yield(); // the matcher is made anew in the background

        Assert.False(intake.Take(Read(Tweet("pear"))).Keep);
    }

    [Fact]
    public async Task A_message_that_was_read_before_there_was_a_rule_matches_one_that_came_since()
    {
        rules.Set();
        await using var intake = new Enricher(new IntakeOptions { Enrichment = Enrichment.Headers }, rules, time);
        Message waiting = intake.Read(Bytes.Of(Tweet("apple"))), other = intake.Read(Bytes.Of(Tweet("plum")));
        Assert.Equal(3, intake.Take(waiting).Headers!.Count);

        rules.Set(new Rule("a", RuleType.Track, "apple"));
        while (intake.Take(waiting) is { Headers.Count: 3 })
            await Task.Yield(); // the matcher is made anew in the background

        Assert.Equal(3, intake.Take(other).Headers!.Count);
        Assert.Equal(4, intake.Take(intake.Read(Bytes.Of(Tweet("an apple")))).Headers!.Count);
        Assert.Equal(4, intake.Take(waiting).Headers!.Count);
    }

    [Fact]
    public async Task A_listener_hears_of_every_match_and_when_also_of_what_is_held_back()
    {
        var listener = new Listener();
        await using var intake = new Enricher(new IntakeOptions { RuleRate = new RuleRate { PerSecond = 1, Capacity = 1 } }, rules, time, listener);

        intake.Take(Read(Tweet("apple")));
        intake.Take(Read(Tweet("plum")));
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.False(intake.Take(Read(Tweet("apple"))).Keep);

        Assert.Equal([("a", start.ToUnixTimeMilliseconds()), ("a", start.ToUnixTimeMilliseconds() + 10)], listener.Heard);
    }

    [Fact]
    public async Task Subscriptions_get_what_they_want_of_what_the_stream_keeps()
    {
        var subscriptions = new Subscriptions();
        await using var intake = new Enricher(new IntakeOptions { Kinds = FrozenSet.Create(MessageKind.Tweet) }, rules, time, subscriptions: subscriptions);

        Assert.Equal(["apples"], intake.Take(Read(Tweet("apple"))).AlsoTo);
        Assert.Null(intake.Take(Read(Tweet("pear"))).AlsoTo);
        Assert.Null(intake.Take(Read("no JSON")).AlsoTo);
        Assert.Equal(2, subscriptions.Asked);
    }

    [Fact]
    public async Task A_changed_rule_takes_effect_without_a_stop()
    {
        await using var matcher = new LiveMatcher(rules);
        RuleMatcher before = matcher.Current;

        rules.Set(new Rule("c", RuleType.Track, "plum"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (ReferenceEquals(matcher.Current, before))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Same(rules.Current, matcher.Current.Rules);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Assert.Throws<InvalidSettingException>(() => new IntakeOptions { Sample = 0 });
        Assert.Throws<InvalidSettingException>(() => new IntakeOptions { Sample = 1.5 });
        Assert.Throws<InvalidSettingException>(() => new IntakeOptions { Sample = double.NaN });
        Assert.Throws<InvalidSettingException>(() => new IntakeOptions { Languages = FrozenSet.Create("") });
        Assert.Throws<InvalidSettingException>(() => new IntakeOptions { Languages = FrozenSet.Create("en de") });
        Assert.Throws<InvalidSettingException>(() => new RuleRate { PerSecond = 0 });
        Assert.Throws<InvalidSettingException>(() => new RuleRate { Capacity = double.PositiveInfinity });
        Assert.Throws<InvalidSettingException>(() => new RuleRate { Cost = -1 });
    }

    private static string Tweet(string text, long id = 1) => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"text":"{{text}}"}""");

    private static Message Read(string message) => MessageReader.Read(Bytes.Of(message));

    private sealed class FixedRules(params Rule[] first) : IRuleBook
    {
        private readonly Lock gate = new();
        private RuleSet current = new([.. first]);
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RuleSet Current
        {
            get
            {
                lock (gate) return current;
            }
        }

        public void Set(params Rule[] next)
        {
            TaskCompletionSource done;
            lock (gate) (current, done, changed) = (new RuleSet([.. next]), changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            done.SetResult();
        }

        public async Task ChangedAsync(RuleSet known, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (!ReferenceEquals(current, known)) return;
                    next = changed.Task;
                }
                await next.WaitAsync(cancellationToken);
            }
        }

        public Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Listener : IRuleListener
    {
        public List<(string Rule, long Now)> Heard { get; } = [];

        public void Matched(RuleMatches matches, long now)
        {
            for (int i = 0; i < matches.Count; i++) Heard.Add((matches[i].Id, now));
        }
    }

    private sealed class Subscriptions : ISubscriptionFilter
    {
        private static readonly string[] apples = ["apples"];

        public int Asked { get; private set; }

        public IReadOnlyList<string>? TopicsFor(in Message message, RuleMatches matches)
        {
            Asked++;
            return matches.Count > 0 && matches[0].Id == "a" ? apples : null;
        }
    }
}
