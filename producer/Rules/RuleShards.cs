using System.Collections.Immutable;
using System.Text;

namespace TweetStreams.Producer.Rules;

/// <summary>
/// Divides rules among instances where a source takes only so many from each. A rule's place follows from its id alone, so instances agree without talking; when their number
/// changes by one, only the share of one moves.
/// </summary>
public static class RuleShards
{
    /// <summary>The rules of one instance, in their order.</summary>
    /// <param name="rules">All rules.</param>
    /// <param name="index">The instance, from 0.</param>
    /// <param name="count">How many instances there are.</param>
    public static RuleSet Of(RuleSet rules, int index, int count)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        return count == 1 ? rules : new RuleSet([.. rules.Rules.Where(rule => IndexOf(rule.Id, count) == index)]);
    }

    /// <summary>The instance that a rule belongs to: the one for which the rule's number is the highest.</summary>
    public static int IndexOf(string id, int count)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ulong hash = StableHash.Of(Encoding.UTF8.GetBytes(id)), highest = 0;
        int owner = 0;
        for (int index = 0; index < count; index++)
        {
            ulong number = StableHash.Mix(hash + (ulong)index * 0x9E3779B97F4A7C15);
            if (index > 0 && number <= highest) continue;
            (owner, highest) = (index, number);
        }
        return owner;
    }
}

/// <summary>A hash that is the same in every process and version.</summary>
internal static class StableHash
{
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in bytes) hash = (hash ^ b) * 0x100000001B3;
        return Mix(hash);
    }

    /// <summary>Spreads what differs in any bit over all bits.</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ hash >> 27) * 0x94D049BB133111EB;
        return hash ^ hash >> 31;
    }
}
