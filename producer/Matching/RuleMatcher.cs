using System.Collections.Immutable;
using System.Text;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Matching;

/// <summary>
/// Tells which rules match a message: an index over the words of all rules, so that a message costs what its own length is, however many rules there are. Never
/// changes; other rules take another matcher. May be used by several threads, each with <see cref="RuleMatches"/> of its own.
/// </summary>
/// <remarks>
/// <para>Only tweets and retweets match: posts and reposts of Jetstream among them.</para>
/// <para><b>What is looked at.</b> The tweet with the tweet that it repeats and the one that it quotes, in all of them: the text, which is the whole one where the
/// message has it; the authors' names; hashtags, mentions, symbols of shares; of links and media the address as expanded and as shown. Of a retweet whose original the
/// message has, the text of its own is left out: that is the original's, cut short in the middle of a word. In version 2 the tweets and users in <c>includes</c> count if
/// the tweet repeats or quotes them, or they wrote one of these.</para>
/// <para><b>Words</b> (track and keyword). A value is phrases between commas, any of which is enough; a phrase is terms between spaces, all of which must be there, in any
/// order and place. Case does not matter, accents do. A term is a whole word: runs of letters, digits and _, with the marks on them. <c>cat</c> matches
/// Cat, "cat", #cat, @cat and http://cat.com, and not concatenate. A term with punctuation in it matches what stands between spaces, without the punctuation around and,
/// for links, without protocol and www.: <c>example.com</c> matches www.example.com, not example.com/page, for which <c>example com</c> is there. <c>#cat</c> matches only the
/// tag, <c>@cat</c> only the mention, <c>$cat</c> only the share. A term with a character of a script without spaces between words (Chinese, Japanese, Thai, Lao, Tibetan,
/// Burmese, Khmer), with a symbol such as an emoji, or with one of + &lt; = &gt; | ~ is looked for anywhere; where it begins or ends with letters of other
/// scripts, a word must begin or end there. This is v1.1's rule of <c>track</c>, but for those scripts, of which it could do nothing.</para>
/// <para><b>Hashtags</b> are those that the message lists, and those that stand in its texts. <b>Names</b> are those of authors and mentioned users.
/// <b>Users</b> to follow, by id: authors, who is answered, and who is mentioned.</para>
/// <para><b>Places.</b> The tweet's own point decides where it has one; else the polygon of its place, which must have a point in common with the rule's.</para>
/// <para><b>Rules of X</b> match where the message has the rule's tag, or its id, among its <c>matching_rules</c>.</para>
/// </remarks>
public sealed class RuleMatcher
{
    private readonly int[] firstUse; // of each term, into uses; one more at the end
    private readonly int[] uses; // the phrases that a term is in
    private readonly int[] termsOfPhrase;
    private readonly int[] ruleOfPhrase;
    private readonly (int Rule, Region Region)[] regions;

    /// <summary>A matcher of rules. A rule with a value that is none of its type matches nothing.</summary>
    public RuleMatcher(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Rules = rules;
        var terms = new List<Term>();
        var numbers = new Dictionary<(TermKind, string), int>();
        var phrases = new List<(int Rule, int[] Terms)>();
        var regions = new List<(int, Region)>();
        for (int rule = 0; rule < rules.Rules.Length; rule++)
        {
            if (rules.Rules[rule].Type is RuleType.Locations or RuleType.Geo)
            {
                if (RuleRegions.Read(rules.Rules[rule], out ImmutableArray<Region> found) is null)
                    foreach (Region region in found) regions.Add((rule, region));
                continue;
            }
            foreach (Term[] phrase in PhrasesOf(rules.Rules[rule]))
                phrases.Add((rule, [.. phrase.Select(Number)]));
        }
        Terms = new TermTable(terms);
        Substrings = [.. Enumerable.Range(0, terms.Count).Where(term => terms[term].Kind == TermKind.Substring)];
        SubstringLetters = [.. Substrings.Select(term => terms[term].Letters)];
        if (Substrings.Length > 0) Automaton = new SubstringAutomaton(SubstringLetters);
        foreach (Term term in terms) Kinds |= 1 << (int)term.Kind;
        this.regions = [.. regions];
        termsOfPhrase = [.. phrases.Select(phrase => phrase.Terms.Length)];
        ruleOfPhrase = [.. phrases.Select(phrase => phrase.Rule)];
        List<int>[] phrasesOfTerm = [.. terms.Select(_ => new List<int>())];
        for (int phrase = 0; phrase < phrases.Count; phrase++)
            foreach (int term in phrases[phrase].Terms) phrasesOfTerm[term].Add(phrase);
        firstUse = new int[terms.Count + 1];
        for (int term = 0; term < terms.Count; term++) firstUse[term + 1] = firstUse[term] + phrasesOfTerm[term].Count;
        uses = [.. phrasesOfTerm.SelectMany(list => list)];

        int Number(Term term)
        {
            var text = new StringBuilder();
            foreach (int letter in term.Letters) text.Append(new Rune(Letters.CodePoint(letter)).ToString());
            (TermKind, string) key = (term.Kind, text.ToString());
            if (numbers.TryGetValue(key, out int number)) return number;
            terms.Add(term);
            return numbers[key] = terms.Count - 1;
        }
    }

    /// <summary>The rules that are looked for.</summary>
    public RuleSet Rules { get; }

    internal TermTable Terms { get; }

    /// <summary>What is looked for anywhere; null for nothing.</summary>
    internal SubstringAutomaton? Automaton { get; }

    /// <summary>The terms of the automaton's strings.</summary>
    internal int[] Substrings { get; }

    internal int[][] SubstringLetters { get; }

    /// <summary>A bit for each <see cref="TermKind"/> that there is a term of.</summary>
    internal int Kinds { get; }

    internal bool HasRegions => regions.Length > 0;

    internal int TermCount => firstUse.Length - 1;

    internal int PhraseCount => termsOfPhrase.Length;

    /// <summary>Finds the rules that match a message. What <paramref name="matches"/> had before is gone.</summary>
    public void Match(in Message message, RuleMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        matches.Begin(this);
        if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet) || Rules.Rules.IsEmpty) return;
        new MessageScan(message.Raw, matches.Notes.Of(message), this, matches).Run();
        matches.End();
    }

    internal bool Has(TermKind kind) => (Kinds >> (int)kind & 1) != 0;

    internal ReadOnlySpan<int> PhrasesOf(int term) => uses.AsSpan(firstUse[term]..firstUse[term + 1]);

    internal int TermsOf(int phrase) => termsOfPhrase[phrase];

    internal int RuleOf(int phrase) => ruleOfPhrase[phrase];

    internal ReadOnlySpan<(int Rule, Region Region)> Regions => regions;

    private static IEnumerable<Term[]> PhrasesOf(Rule rule) => rule.Type switch
    {
        RuleType.Track or RuleType.Keyword => Term.Phrases(TermKind.Word, rule.Value),
        RuleType.Hashtag => Term.Phrases(TermKind.Tag, rule.Value),
        RuleType.Username => Term.Phrases(TermKind.Name, rule.Value),
        RuleType.Follow => Term.Phrases(TermKind.User, rule.Value),
        // The tag that the rule has at X, or, for a rule that was taken over from there, X's own id. These are compared as they are.
        RuleType.X => [[Label(rule.Tag ?? rule.Id)], [Label(rule.Id)]],
        _ => [],
    };

    private static Term Label(string label) => new(TermKind.Label, [.. label.EnumerateRunes().Select(rune => rune.Value)]);
}
