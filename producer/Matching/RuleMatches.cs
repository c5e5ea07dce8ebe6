using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Matching;

/// <summary>The rules that match a message, and the room to find them in. For one thread; used again and again, so that finding costs no memory.</summary>
public sealed class RuleMatches
{
    private RuleMatcher? matcher;
    // When each was last met: compared with the current round, so that nothing has to be cleared for each message.
    private int[] termRounds = [];
    private int[] phraseRounds = [];
    private int[] phraseTerms = [];
    private int[] ruleRounds = [];
    private int[] found = [];
    private int round;

    /// <summary>How many rules match.</summary>
    public int Count { get; private set; }

    /// <summary>The places of the matching rules in <see cref="RuleSet.Rules"/>, in their order.</summary>
    public ReadOnlySpan<int> Places => found.AsSpan(0, Count);

    /// <summary>The rules that were looked for.</summary>
    public RuleSet Rules => matcher?.Rules ?? RuleSet.Empty;

    /// <summary>
    /// Where the fields lie that matter to rules. A message that is read with these is not read a second time when it is matched.
    /// </summary>
    public FieldNotes Notes { get; } = new(FieldTable.Names);

    /// <summary>One of the matching rules.</summary>
    public Rule this[int index] => Rules.Rules[Places[index]];

    internal TextLetters Text { get; } = new();

    internal double[] Ring { get; private set; } = new double[16];

    /// <summary>The ids of the references that count.</summary>
    internal FieldNote[] References { get; } = new FieldNote[8];

    internal int[] ReferenceScopes { get; } = new int[8];

    internal FieldNote[] Authors { get; } = new FieldNote[8];

    internal void Begin(RuleMatcher next)
    {
        Count = 0;
        if (!ReferenceEquals(matcher, next))
        {
            (matcher, round) = (next, 0);
            termRounds = new int[next.TermCount];
            phraseRounds = new int[next.PhraseCount];
            phraseTerms = new int[next.PhraseCount];
            ruleRounds = new int[next.Rules.Rules.Length];
            found = new int[next.Rules.Rules.Length];
        }
        if (round == int.MaxValue)
        {
            round = 0;
            Array.Clear(termRounds);
            Array.Clear(phraseRounds);
            Array.Clear(ruleRounds);
        }
        round++;
    }

    internal void End()
    {
        if (Count > 1) found.AsSpan(0, Count).Sort();
    }

    /// <summary>A term was found in the message.</summary>
    internal void Hit(int term)
    {
        if (termRounds[term] == round) return;
        termRounds[term] = round;
        foreach (int phrase in matcher!.PhrasesOf(term))
        {
            if (phraseRounds[phrase] != round) (phraseRounds[phrase], phraseTerms[phrase]) = (round, 0);
            if (++phraseTerms[phrase] == matcher.TermsOf(phrase)) HitRule(matcher.RuleOf(phrase));
        }
    }

    /// <summary>A rule matches.</summary>
    internal void HitRule(int rule)
    {
        if (ruleRounds[rule] == round) return;
        ruleRounds[rule] = round;
        found[Count++] = rule;
    }

    internal double[] MoreOfRing()
    {
        double[] more = new double[Ring.Length * 2];
        Ring.CopyTo(more, 0);
        return Ring = more;
    }
}
