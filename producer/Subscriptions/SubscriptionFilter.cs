using System.Numerics;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Subscriptions;

/// <summary>Says which subscriptions take a message, and counts what each has taken.</summary>
/// <remarks>Called by a feed's own loop, one message at a time. A subscription is a bit; nothing is allocated but a text in which words are looked for.</remarks>
internal sealed class SubscriptionFilter
{
    // Of combinations of subscriptions; more are made anew each time.
    private const int MostCombinations = 4096;

    private readonly ISubscriptions subscriptions;
    private readonly Dictionary<ulong, string[]> combinations = [];
    private readonly ulong[] byKind = new ulong[MessageKinds.All.Count];
    private readonly Dictionary<string, ulong> byRule = new(StringComparer.Ordinal);
    private SubscriptionSet known = SubscriptionSet.Empty;
    private SubscriptionCount[] counts = [];
    private TextWords words = new([]);
    private ulong withRules;
    private ulong withWords;

    public SubscriptionFilter(ISubscriptions subscriptions)
    {
        this.subscriptions = subscriptions;
        Know(subscriptions.Current);
    }

    /// <summary>The topics that take a message besides its own; null for none. Not to be changed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="rules">The ids of the rules that match it.</param>
    public IReadOnlyList<string>? TopicsFor(in Message message, IReadOnlyList<string> rules)
    {
        SubscriptionSet current = subscriptions.Current;
        if (!ReferenceEquals(current, known)) Know(current);
        ulong taking = byKind[(int)message.Kind];
        if ((taking & withRules) != 0) taking &= ~withRules | OfRules(rules);
        // The text last: reading it is what costs.
        if ((taking & withWords) != 0) taking &= ~withWords | (message.Kind is MessageKind.Tweet or MessageKind.Retweet ? words.Find(message.Text, taking & withWords) : 0);
        if (taking == 0) return null;
        for (ulong rest = taking; rest != 0; rest &= rest - 1) counts[BitOperations.TrailingZeroCount(rest)].Add(message.Raw.Length);
        return combinations.TryGetValue(taking, out string[]? topics) ? topics : Combine(taking);
    }

    private ulong OfRules(IReadOnlyList<string> rules)
    {
        ulong of = 0;
        for (int i = 0; i < rules.Count; i++)
            if (byRule.TryGetValue(rules[i], out ulong these)) of |= these;
        return of;
    }

    private string[] Combine(ulong taking)
    {
        var topics = new string[BitOperations.PopCount(taking)];
        int count = 0;
        for (ulong rest = taking; rest != 0; rest &= rest - 1) topics[count++] = known.All[BitOperations.TrailingZeroCount(rest)].Topic;
        if (combinations.Count < MostCombinations) combinations[taking] = topics;
        return topics;
    }

    private void Know(SubscriptionSet current)
    {
        known = current;
        combinations.Clear();
        byRule.Clear();
        Array.Clear(byKind);
        (withRules, withWords) = (0, 0);
        var byWord = new Dictionary<string, ulong>(StringComparer.Ordinal);
        int count = Math.Min(current.All.Length, SubscriptionBook.Most);
        counts = new SubscriptionCount[count];
        for (int i = 0; i < count; i++)
        {
            Subscription subscription = current.All[i];
            ulong bit = 1UL << i;
            counts[i] = subscriptions.CountOf(subscription.Name);
            foreach (MessageKind kind in subscription.Kinds.IsEmpty ? MessageKinds.All : subscription.Kinds) byKind[(int)kind] |= bit;
            foreach (string rule in subscription.Rules) byRule[rule] = byRule.GetValueOrDefault(rule) | bit;
            foreach (string word in subscription.Words) byWord[word] = byWord.GetValueOrDefault(word) | bit;
            if (!subscription.Rules.IsEmpty) withRules |= bit;
            if (!subscription.Words.IsEmpty) withWords |= bit;
        }
        words = new TextWords(byWord);
    }
}
