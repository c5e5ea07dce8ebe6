using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleShardsTests
{
    private static readonly RuleSet rules = new([.. Enumerable.Range(0, 3_000).Select(i => new Rule($"rule-{i:0000}", RuleType.Track, "x"))]);

    [Fact]
    public void Each_rule_belongs_to_one_instance_and_shares_are_about_equal()
    {
        RuleSet[] shards = [.. Enumerable.Range(0, 3).Select(index => RuleShards.Of(rules, index, 3))];

        Assert.Equal(rules.Rules.Select(rule => rule.Id), shards.SelectMany(shard => shard.Rules).Select(rule => rule.Id).Order(StringComparer.Ordinal));
        Assert.All(shards, shard => Assert.InRange(shard.Rules.Length, 900, 1_100));
    }

    [Fact]
    public void One_instance_more_takes_its_share_and_moves_nothing_else() =>
        Assert.All(rules.Rules, rule => Assert.True(RuleShards.IndexOf(rule.Id, 4) is var index && (index == 3 || index == RuleShards.IndexOf(rule.Id, 3))));

    [Fact]
    public void A_rule_stays_where_it_is_in_every_version() => Assert.Equal([3, 3, 4, 2, 1], Enumerable.Range(0, 5).Select(i => RuleShards.IndexOf($"rule-{i:0000}", 5)));

    [Fact]
    public void One_instance_has_all() => Assert.Same(rules, RuleShards.Of(rules, 0, 1));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(2, 2)]
    public void There_is_no_such_instance(int index, int count) => Assert.Throws<ArgumentOutOfRangeException>(() => RuleShards.Of(rules, index, count));
}
