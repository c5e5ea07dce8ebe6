using TweetStreams.Producer.Subscriptions;
using TweetStreams.Producer.Tests.Control;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Subscriptions;

public sealed class SubscriptionFilterTests
{
    private static readonly Message Tweet = Read("""{"id_str":"1","text":"Apples and \"Pears\", #Été @bob: ЖУК! 😀 end"}""");
    private static readonly Message Retweet = Read("""{"id_str":"2","text":"RT pears","retweeted_status":{}}""");
    private static readonly Message Delete = Read("""{"delete":{"status":{"id_str":"1"}}}""");
    private static readonly Message DeadLetter = Read("[");

    [Fact]
    public void Without_subscriptions_there_is_no_topic() => Assert.Null(new SubscriptionFilter(new FakeSubscriptions()).TopicsFor(Tweet, ["r"]));

    [Fact]
    public void Without_a_filter_everything_is_taken()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("b"), new Subscription("a")));
        foreach (Message message in (Message[])[Tweet, Retweet, Delete, DeadLetter]) Assert.Equal(["subscription-a", "subscription-b"], filter.TopicsFor(message, [])!);
    }

    [Fact]
    public void Kinds_are_chosen()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("a") { Kinds = [MessageKind.Tweet, MessageKind.Delete] }));
        Assert.Equal(["subscription-a"], filter.TopicsFor(Tweet, [])!);
        Assert.Equal(["subscription-a"], filter.TopicsFor(Delete, [])!);
        Assert.Null(filter.TopicsFor(Retweet, []));
        Assert.Null(filter.TopicsFor(DeadLetter, []));
    }

    [Fact]
    public void One_of_the_rules_has_to_match()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("a") { Rules = ["r1", "r2"] }, new Subscription("b") { Rules = ["r2", "r3"] }));
        Assert.Null(filter.TopicsFor(Tweet, []));
        Assert.Null(filter.TopicsFor(Tweet, ["r4", "R1"]));
        Assert.Equal(["subscription-a"], filter.TopicsFor(Tweet, ["r4", "r1"])!);
        Assert.Equal(["subscription-a", "subscription-b"], filter.TopicsFor(Tweet, ["r1", "r3"])!);
        Assert.Equal(["subscription-a", "subscription-b"], filter.TopicsFor(Tweet, ["r2"])!);
    }

    [Theory]
    [InlineData("apples", true)]
    [InlineData("apple", false)]
    [InlineData("pears", true)]
    [InlineData("\"pears\",", true)]
    [InlineData("#été", true)]
    [InlineData("été", false)]
    [InlineData("@bob", true)]
    [InlineData("@bob:", true)]
    [InlineData("жук", true)]
    [InlineData("😀", true)]
    [InlineData("end", true)]
    [InlineData("apples and", false)]
    [InlineData("nd", false)]
    public void A_word_is_found_whole_in_any_case_with_and_without_its_punctuation(string word, bool found)
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("a") { Words = Subscription.WordsOf(["unheard", word]) }));
        Assert.Equal(found, filter.TopicsFor(Tweet, []) is not null);
        Assert.Null(filter.TopicsFor(Delete, []));
    }

    [Fact]
    public void Words_are_found_in_long_texts_and_empty_ones_do_no_harm()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("a") { Words = ["last"] }));
        Assert.NotNull(filter.TopicsFor(Read($$"""{"id_str":"1","text":"{{string.Concat(Enumerable.Repeat("word ", 5000))}}LAST"}"""), []));
        foreach (string text in (string[])["", " ", "...", "\\u3000", "#"]) Assert.Null(filter.TopicsFor(Read($$"""{"id_str":"1","text":"{{text}}"}"""), []));
    }

    [Fact]
    public void Kinds_rules_and_words_have_all_to_fit()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(new Subscription("a") { Kinds = [MessageKind.Tweet], Rules = ["r"], Words = ["pears"] }, new Subscription("b") { Words = ["pears"] }));
        Assert.Equal(["subscription-a", "subscription-b"], filter.TopicsFor(Tweet, ["r"])!);
        Assert.Equal(["subscription-b"], filter.TopicsFor(Tweet, [])!);
        Assert.Equal(["subscription-b"], filter.TopicsFor(Retweet, ["r"])!);
        Assert.Null(filter.TopicsFor(Delete, ["r"]));
    }

    [Fact]
    public void Each_is_counted_apart()
    {
        var subscriptions = new FakeSubscriptions(new Subscription("a"), new Subscription("d") { Kinds = [MessageKind.Delete] });
        var filter = new SubscriptionFilter(subscriptions);
        filter.TopicsFor(Tweet, []);
        filter.TopicsFor(Delete, []);
        Assert.Equal((2, Tweet.Raw.Length + Delete.Raw.Length), (subscriptions.CountOf("a").Messages, subscriptions.CountOf("a").Bytes));
        Assert.Equal((1, Delete.Raw.Length), (subscriptions.CountOf("d").Messages, subscriptions.CountOf("d").Bytes));
    }

    [Fact]
    public async Task A_change_takes_effect_with_the_next_message()
    {
        var subscriptions = new FakeSubscriptions();
        var filter = new SubscriptionFilter(subscriptions);
        Assert.Null(filter.TopicsFor(Tweet, []));
        await subscriptions.AddAsync(new Subscription("a"), null, default);
        Assert.Equal(["subscription-a"], filter.TopicsFor(Tweet, [])!);
        await subscriptions.AddAsync(new Subscription("a") { Topic = "subscription-z" }, null, default);
        Assert.Equal(["subscription-z"], filter.TopicsFor(Tweet, [])!);
        await subscriptions.RemoveAsync("a", false, default);
        Assert.Null(filter.TopicsFor(Tweet, []));
    }

    [Fact]
    public void As_many_as_there_may_be_are_told_apart()
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions([.. Enumerable.Range(0, SubscriptionBook.Most).Select(i => new Subscription($"s{i:D2}") { Rules = [$"r{i}"] })]));
        Assert.Equal(["subscription-s00", "subscription-s31", "subscription-s32", "subscription-s63"], filter.TopicsFor(Tweet, ["r63", "r0", "r32", "r31"])!);
        // More combinations than are kept.
        for (int i = 0; i < 10_000; i++)
        {
            string[] rules = [.. Enumerable.Range(0, 14).Where(bit => (i >> bit & 1) == 1).Select(bit => $"r{bit}")];
            Assert.Equal(rules.Length, filter.TopicsFor(Tweet, rules)?.Count ?? 0);
        }
    }

    [Theory]
    [InlineData("takes all")]
    [InlineData("takes none")]
    [InlineData("by rule")]
    public void Nothing_is_allocated_for_a_message(string which)
    {
        var filter = new SubscriptionFilter(new FakeSubscriptions(which switch
        {
            "takes all" => [new Subscription("a"), new Subscription("b")],
            "takes none" => [new Subscription("a") { Kinds = [MessageKind.Limit] }, new Subscription("b") { Rules = ["other"], Words = ["pears"] }],
            _ => [new Subscription("a") { Rules = ["r1"] }, new Subscription("b") { Rules = ["r2"] }],
        }));
        string[] rules = ["r1", "r2"];
        for (int i = 0; i < 1000; i++) filter.TopicsFor(Tweet, rules);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) filter.TopicsFor(Tweet, rules);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Message Read(string json) => MessageReader.Read(Bytes.Of(json));
}
