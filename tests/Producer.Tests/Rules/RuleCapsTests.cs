using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleCapsTests
{
    [Fact]
    public void What_does_not_fit_is_named_rule_by_rule()
    {
        var caps = new RuleCaps { Track = 3, Follow = 1, Locations = 2, X = 1 };
        Rule[] before = [new("t0", RuleType.Track, "a,b")];
        Rule[] added =
        [
            new("t1", RuleType.Hashtag, "c,d"), new("t2", RuleType.Keyword, "e"), new("f1", RuleType.Follow, "1"), new("f2", RuleType.Username, "a"),
            new("l1", RuleType.Locations, "0,0,1,1,2,2,3,3"), new("g1", RuleType.Geo, "0,0,1,1"), new("x1", RuleType.X, "a"), new("x2", RuleType.X, "b"),
        ];

        IReadOnlyList<RuleProblem> problems = caps.Check(before, added);

        Assert.Equal(["t1", "f2", "g1", "x2"], problems.Select(problem => problem.Id));
        Assert.Contains("there may be 3 phrases to track, there are 2 without it, and it takes 2", problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_in_the_place_of_another_takes_its_room()
    {
        var caps = new RuleCaps { Follow = 2 };
        Rule[] before = [new("a", RuleType.Follow, "1"), new("b", RuleType.Follow, "2")];

        Assert.Empty(caps.Check(before, [new Rule("a", RuleType.Follow, "3")]));
        Assert.Equal(["c"], caps.Check(before, [new Rule("a", RuleType.Follow, "3"), new Rule("c", RuleType.Follow, "4")]).Select(problem => problem.Id));
    }

    [Fact]
    public void The_caps_are_those_of_X_unless_set()
    {
        var caps = new RuleCaps();

        Assert.Equal((400, 5_000, 25, 1_000, 1_024), (caps.Track, caps.Follow, caps.Locations, caps.X, caps.XLength));
        Assert.Single(caps.Check([], [.. Enumerable.Range(0, 401).Select(i => new Rule($"{i}", RuleType.Track, "x"))]));
        Assert.Empty(RuleCaps.None.Check([], [.. Enumerable.Range(0, 10_000).Select(i => new Rule($"{i}", RuleType.Track, "x"))]));
        Assert.Throws<InvalidSettingException>(() => new RuleCaps { Track = -1 });
    }
}
