using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Intake;

/// <summary>A token bucket for each rule. For one thread.</summary>
internal sealed class RuleBuckets(RuleRate rate, TimeProvider time)
{
    private RuleSet rules = RuleSet.Empty;
    private double[] tokens = [];
    private long[] filled = [];

    /// <summary>Takes a message's cost from each of its rules that has it. False where none has.</summary>
    public bool Take(RuleMatches matches)
    {
        if (!ReferenceEquals(matches.Rules, rules)) Use(matches.Rules);
        long now = time.GetTimestamp();
        bool taken = false;
        foreach (int rule in matches.Places)
        {
            double has = Math.Min(rate.Capacity, tokens[rule] + rate.PerSecond * (now - filled[rule]) / time.TimestampFrequency);
            filled[rule] = now;
            bool enough = has >= rate.Cost;
            tokens[rule] = enough ? has - rate.Cost : has;
            taken |= enough;
        }
        return taken;
    }

    // A rule that stays keeps what it has, or a change of others would let everything through for a moment.
    private void Use(RuleSet next)
    {
        var places = new Dictionary<string, int>(rules.Rules.Length, StringComparer.Ordinal);
        for (int i = 0; i < rules.Rules.Length; i++) places[rules.Rules[i].Id] = i;
        var nextTokens = new double[next.Rules.Length];
        var nextFilled = new long[next.Rules.Length];
        long now = time.GetTimestamp();
        for (int i = 0; i < nextTokens.Length; i++)
            (nextTokens[i], nextFilled[i]) = places.TryGetValue(next.Rules[i].Id, out int place) ? (tokens[place], filled[place]) : (rate.Capacity, now);
        (rules, tokens, filled) = (next, nextTokens, nextFilled);
    }
}
