namespace TweetStreams.Producer.Matching;

/// <summary>How a term of a rule is looked for.</summary>
internal enum TermKind
{
    /// <summary>A word of a text, a name, a tag or a link.</summary>
    Word,

    /// <summary>A word with punctuation in it, between spaces: <c>don't</c>, <c>example.com/page</c>.</summary>
    Joined,

    /// <summary>Anywhere: emoji, and scripts without spaces.</summary>
    Substring,

    /// <summary>A hashtag.</summary>
    Tag,

    /// <summary>A user who is mentioned.</summary>
    Mention,

    /// <summary>A symbol of a share, after $.</summary>
    Cashtag,

    /// <summary>A user who wrote or is mentioned, by name.</summary>
    Name,

    /// <summary>A user who wrote, is answered or is mentioned, by id.</summary>
    User,

    /// <summary>A tag or id that X gave along.</summary>
    Label,
}

/// <summary>What one word of a rule looks for.</summary>
internal readonly record struct Term(TermKind Kind, int[] Letters)
{
    /// <summary>
    /// The phrases of a rule's value, any of which is enough, each with its terms, all of which are needed. A phrase with a term that can match nothing is left out.
    /// </summary>
    public static IEnumerable<Term[]> Phrases(TermKind kind, string value)
    {
        foreach (string phrase in value.Split(','))
        {
            var terms = new List<Term>();
            bool possible = true;
            foreach (string word in phrase.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (Of(kind, word) is not { } term) possible = false;
                else if (!terms.Exists(other => other.Kind == term.Kind && other.Letters.AsSpan().SequenceEqual(term.Letters))) terms.Add(term);
            }
            if (possible && terms.Count > 0) yield return [.. terms];
        }
    }

    /// <summary>What a word of a rule's value looks for; null for nothing that could ever match.</summary>
    public static Term? Of(TermKind kind, string word)
    {
        int[] letters = Matching.Letters.Of(word);
        switch (kind)
        {
            case TermKind.Word:
                return OfText(letters);
            case TermKind.Tag or TermKind.Name:
                if (letters is [var sign, ..] && Matching.Letters.CodePoint(sign) == (kind == TermKind.Tag ? '#' : '@')) letters = letters[1..];
                return letters.Length > 0 ? new Term(kind, letters) : null;
            default:
                return letters.Length > 0 ? new Term(kind, letters) : null;
        }
    }

    private static Term? OfText(int[] letters)
    {
        if (letters.Length > 1 && Matching.Letters.CodePoint(letters[0]) is '#' or '@' or '$' && Matching.Letters.Kind(letters[1]) is Matching.Letters.Word or Matching.Letters.Unspaced)
        {
            int sign = Matching.Letters.CodePoint(letters[0]);
            int[] rest = Strip(letters.AsSpan(1)).ToArray();
            if (sign != '$') return new Term(sign == '#' ? TermKind.Tag : TermKind.Mention, rest);
            if (char.IsAsciiLetter((char)Matching.Letters.CodePoint(letters[1]))) return new Term(TermKind.Cashtag, rest);
        }
        ReadOnlySpan<int> stripped = Strip(letters);
        if (stripped.IsEmpty) return null;
        foreach (int letter in stripped)
            if (Matching.Letters.Kind(letter) is Matching.Letters.Symbol or Matching.Letters.Unspaced or Matching.Letters.Sign) return new Term(TermKind.Substring, stripped.ToArray());
        stripped = Address(stripped);
        bool joined = false;
        foreach (int letter in stripped) joined |= !Matching.Letters.IsInWord(letter);
        return new Term(joined ? TermKind.Joined : TermKind.Word, stripped.ToArray());
    }

    /// <summary>Without the punctuation around it. Signs around a term of a rule are part of it: c++.</summary>
    private static ReadOnlySpan<int> Strip(ReadOnlySpan<int> letters)
    {
        while (letters is [var first, ..] && Matching.Letters.Kind(first) is Matching.Letters.Punctuation or Matching.Letters.Space) letters = letters[1..];
        while (letters is [.., var last] && Matching.Letters.Kind(last) is Matching.Letters.Punctuation or Matching.Letters.Space) letters = letters[..^1];
        return letters;
    }

    /// <summary>A link without what people leave out: the protocol, and www.</summary>
    public static ReadOnlySpan<int> Address(ReadOnlySpan<int> letters)
    {
        if (StartsWith(letters, "http://")) letters = letters["http://".Length..];
        else if (StartsWith(letters, "https://")) letters = letters["https://".Length..];
        return StartsWith(letters, "www.") ? letters["www.".Length..] : letters;
    }

    private static bool StartsWith(ReadOnlySpan<int> letters, string beginning)
    {
        if (letters.Length <= beginning.Length) return false;
        for (int i = 0; i < beginning.Length; i++)
            if (Matching.Letters.CodePoint(letters[i]) != beginning[i]) return false;
        return true;
    }
}
