using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Matching;

/// <summary>Looks up in a matcher's index what a message says, given where its fields lie. See <see cref="RuleMatcher"/> for what counts.</summary>
internal ref struct MessageScan(ReadOnlySpan<byte> json, ReadOnlySpan<FieldNote> notes, RuleMatcher matcher, RuleMatches matches)
{
    // Which tweet of a message a field is of: its own, the one it repeats, the one it quotes, and the one that is quoted by the one it repeats.
    private const int Own = 0;
    private const int Repeated = 1;
    private const int QuotedOne = 2;
    private const int QuotedByRepeated = 3;
    private const int Scopes = 4;

    private readonly ReadOnlySpan<byte> json = json;
    private readonly ReadOnlySpan<FieldNote> notes = notes;
    private readonly TextLetters text = matches.Text;
    private readonly bool wantsTexts = (matcher.Kinds & ~(1 << (int)TermKind.User | 1 << (int)TermKind.Label)) != 0;

    private Texts texts; // of each scope, without the whole ones
    private int wholeTexts; // a bit for each scope that has a whole text
    private int references;
    private int authors;
    private bool hasIncludes;
    private ReadOnlySpan<byte> lastUser;
    private FieldNote point;
    private FieldNote polygon;
    private FieldNote placeId;

    [InlineArray(Scopes)]
    private struct Texts
    {
        private FieldNote first;
    }

    public void Run()
    {
        int repeatedEnd = 0, quotedEnd = 0;
        for (int i = 0; i < notes.Length; i++)
        {
            FieldNote note = notes[i];
            switch ((Field)note.Field)
            {
                case Field.Retweeted:
                    repeatedEnd = note.End;
                    break;
                case Field.Quoted:
                    quotedEnd = note.End;
                    break;
                case Field.References when Is(note, '{'):
                    Reference(i);
                    break;
                case Field.Includes:
                    // Which of these count is known at the end only.
                    hasIncludes = true;
                    i = Last(i);
                    break;
                default:
                    Value(note, (note.Start < repeatedEnd ? Repeated : Own) + (note.Start < quotedEnd ? QuotedOne : Own));
                    break;
            }
        }
        if (hasIncludes) Includes();
        for (int scope = 0; scope < Scopes; scope++)
        {
            if (texts[scope].End == 0 || (wholeTexts >> scope & 1) != 0) continue;
            if (scope == Own && (texts[Repeated].End != 0 || (wholeTexts >> Repeated & 1) != 0)) continue;
            Look(TermKind.Word, Body(texts[scope]));
        }
        if (matcher.HasRegions) Regions();
    }

    private void Value(FieldNote note, int scope)
    {
        byte first = json[note.Start];
        bool isString = first == '"';
        if (!isString && first != '-' && !char.IsAsciiDigit((char)first))
        {
            if (first != '[') return;
            if ((Field)note.Field == Field.Point) point = note;
            else if ((Field)note.Field == Field.Polygon) polygon = note;
            return;
        }
        ReadOnlySpan<byte> body = isString ? Body(note) : json[note.Start..note.End];
        switch ((Field)note.Field)
        {
            case Field.UserId:
                // Nearly every id comes twice, as a number and as a string.
                if (!body.SequenceEqual(lastUser)) Whole(TermKind.User, body);
                lastUser = body;
                return;
            case Field.Label:
                Exact(body);
                return;
            default:
                if (isString) Text(note, body, scope);
                return;
        }
    }

    private void Text(FieldNote note, ReadOnlySpan<byte> body, int scope)
    {
        switch ((Field)note.Field)
        {
            case Field.Text:
                texts[scope] = body.IsEmpty ? default : note;
                break;
            case Field.FullText when body.Length > 0:
                wholeTexts |= 1 << scope;
                Look(TermKind.Word, body);
                break;
            case Field.Link:
                Look(TermKind.Word, body);
                break;
            case Field.Tag:
                Look(TermKind.Tag, body);
                break;
            case Field.Cashtag:
                Look(TermKind.Cashtag, body);
                break;
            case Field.MentionName:
                Look(TermKind.Mention, body);
                break;
            case Field.AuthorName:
                Look(TermKind.Name, body);
                break;
            case Field.AuthorId:
                if (authors < matches.Authors.Length) matches.Authors[authors++] = note;
                Whole(TermKind.User, body);
                break;
            case Field.Uri:
                Repository(body);
                break;
            case Field.PlaceId:
                placeId = note;
                break;
            default:
                break;
        }
    }

    // The number of the last note inside of another one.
    private readonly int Last(int outer)
    {
        int last = outer;
        while (last + 1 < notes.Length && notes[last + 1].Start < notes[outer].End) last++;
        return last;
    }

    private readonly bool Is(FieldNote note, char first) => json[note.Start] == first;

    // Of a string; empty where there is none.
    private readonly ReadOnlySpan<byte> Body(FieldNote note) => note.End == 0 ? default : json[(note.Start + 1)..(note.End - 1)];

    // The last string inside of another note that is of this field; empty for none.
    private readonly FieldNote StringIn(int outer, Field field)
    {
        FieldNote found = default;
        for (int i = outer + 1; i < notes.Length && notes[i].Start < notes[outer].End; i++)
            if (notes[i].Field == (byte)field && Is(notes[i], '"')) found = notes[i];
        return found;
    }

    private void Reference(int reference)
    {
        ReadOnlySpan<byte> type = Body(StringIn(reference, Field.ReferenceType));
        int scope = type.SequenceEqual("retweeted"u8) ? Repeated : type.SequenceEqual("quoted"u8) ? QuotedOne : Own;
        FieldNote id = StringIn(reference, Field.ReferenceId);
        if (scope == Own || Body(id).IsEmpty || references == matches.References.Length) return;
        (matches.References[references], matches.ReferenceScopes[references++]) = (id, scope);
    }

    // at://did:plc:.../collection/key
    private readonly void Repository(ReadOnlySpan<byte> uri)
    {
        if (!uri.StartsWith("at://"u8)) return;
        ReadOnlySpan<byte> did = uri[5..];
        int end = did.IndexOf((byte)'/');
        Whole(TermKind.User, end < 0 ? did : did[..end]);
    }

    // Tweets that the message repeats or quotes, and then the users that wrote it or one of these.
    private void Includes()
    {
        for (int i = 0; i < notes.Length; i++)
            if ((Field)notes[i].Field == Field.IncludedTweets && Is(notes[i], '{')) IncludedTweet(i);
        for (int i = 0; i < notes.Length; i++)
            if ((Field)notes[i].Field == Field.IncludedUsers && Is(notes[i], '{') && IsAuthor(Body(StringIn(i, Field.IncludedId)))) Look(TermKind.Name, Body(StringIn(i, Field.IncludedName)));
    }

    private void IncludedTweet(int tweet)
    {
        ReadOnlySpan<byte> id = Body(StringIn(tweet, Field.IncludedId));
        if (id.IsEmpty) return;
        for (int i = 0; i < references; i++)
        {
            if (!Body(matches.References[i]).SequenceEqual(id)) continue;
            for (int inner = tweet + 1, last = Last(tweet); inner <= last; inner++) Value(notes[inner], matches.ReferenceScopes[i]);
            return;
        }
    }

    private readonly bool IsAuthor(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty) return false;
        for (int i = 0; i < authors; i++)
            if (Body(matches.Authors[i]).SequenceEqual(id)) return true;
        return false;
    }

    /// <summary>Looks up an id: all of it is one term.</summary>
    private readonly void Whole(TermKind kind, ReadOnlySpan<byte> body)
    {
        if (!matcher.Has(kind)) return;
        text.Decode(body);
        Find(kind, 0, text.Count);
    }

    /// <summary>Looks up a tag or id of X's, in which case matters.</summary>
    private readonly void Exact(ReadOnlySpan<byte> body)
    {
        if (!matcher.Has(TermKind.Label)) return;
        text.DecodeAsIs(body);
        Find(TermKind.Label, 0, text.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Find(TermKind kind, int start, int end)
    {
        int term = matcher.Terms.Find(kind, text.Hash(start, end), text.All[start..end]);
        if (term >= 0) matches.Hit(term);
    }

    /// <summary>Looks up a string that people read: its words, and what it is as a whole, if that is anything but a text.</summary>
    private readonly void Look(TermKind kind, ReadOnlySpan<byte> body)
    {
        if (!wantsTexts || body.IsEmpty) return;
        text.Decode(body);
        switch (kind)
        {
            case TermKind.Mention:
                Find(TermKind.Mention, 0, text.Count);
                Find(TermKind.Name, 0, text.Count);
                break;
            case TermKind.Tag or TermKind.Cashtag or TermKind.Name:
                Find(kind, 0, text.Count);
                break;
            default:
                break;
        }
        if (Words() && matcher.Automaton is { } automaton) Substrings(automaton, text.All);
    }

    /// <summary>Looks up the words of a text, joined and marked ones too, and returns whether it has what is looked for anywhere.</summary>
    /// <remarks>By bits, block by block: how long words are cannot be foreseen, so loops over their letters would be left by surprise at each end, which costs more than the letters.</remarks>
    private readonly bool Words()
    {
        TermTable terms = matcher.Terms;
        TextLetters text = this.text;
        ReadOnlySpan<int> letters = text.All;
        bool wantsJoined = matcher.Has(TermKind.Joined), anywhere = false;
        int word = -1; // where the word begins that goes on into this block
        int chunk = 0, joined = 0; // where what stands between spaces begins, and where the last joined word ended
        ulong carry = 0; // whether the block before ended in a word
        for (int block = 0; block <= text.Count; block += TextLetters.Block)
        {
            TextLetters.KindBits kinds = text.Kinds(block);
            anywhere |= kinds.HasAnywhere;
            ulong inWord = kinds.InWord, behind = inWord << 1 | carry;
            carry = inWord >> 63;
            ulong starts = inWord & ~behind;
            for (ulong ends = ~inWord & behind; ends != 0; ends &= ends - 1)
            {
                if (word < 0)
                {
                    word = block + BitOperations.TrailingZeroCount(starts);
                    starts &= starts - 1;
                }
                int end = block + BitOperations.TrailingZeroCount(ends);
                // A mark without a letter before it is no word.
                while (word < end && Letters.Kind(letters[word]) == Letters.Mark) word++;
                if (word < end && terms.Find(TermKind.Word, text.Hash(word, end), letters[word..end]) is >= 0 and var term) matches.Hit(term);
                word = -1;
            }
            if (starts != 0) word = block + BitOperations.TrailingZeroCount(starts);

            ulong joining = kinds.Joining, between = ~(inWord | joining);
            if (wantsJoined)
            {
                for (ulong signs = joining & behind; signs != 0; signs &= signs - 1)
                {
                    int sign = BitOperations.TrailingZeroCount(signs);
                    if (block + sign < joined) continue;
                    ulong before = between & ((1UL << sign) - 1), rest = ulong.MaxValue << sign, after = between & rest;
                    int start = before != 0 ? block + TextLetters.Block - BitOperations.LeadingZeroCount(before) : chunk;
                    if (after == 0)
                    {
                        joined = Joined(start, block + sign);
                        continue;
                    }
                    ulong inside = inWord & rest & (after & (0 - after)) - 1;
                    if (inside == 0) continue;
                    joined = block + BitOperations.TrailingZeroCount(after);
                    JoinedWord(start, block + TextLetters.Block - BitOperations.LeadingZeroCount(inside));
                }
            }
            if (between != 0) chunk = block + TextLetters.Block - BitOperations.LeadingZeroCount(between);
            for (ulong marks = kinds.Marking; marks != 0; marks &= marks - 1) Marked(letters, block + BitOperations.TrailingZeroCount(marks));
        }
        return anywhere;
    }

    /// <summary>Looks up what stands between spaces, given the first punctuation in it that is behind a letter, if letters follow on that. Returns where it ends.</summary>
    private readonly int Joined(int start, int sign)
    {
        ReadOnlySpan<int> letters = text.All;
        int end = 0, at = sign;
        for (; at < letters.Length && Letters.Kind(letters[at]) is Letters.Word or Letters.Mark or Letters.Punctuation or Letters.Sign; at++)
            if (Letters.IsInWord(letters[at])) end = at + 1;
        if (end > sign) JoinedWord(start, end);
        return at;
    }

    private readonly void JoinedWord(int start, int end)
    {
        ReadOnlySpan<int> letters = text.All[..end];
        for (; !Letters.IsInWord(letters[start]); start++)
            if (Letters.CodePoint(letters[start]) is '#' or '@') return;
        Find(TermKind.Joined, end - Term.Address(letters[start..]).Length, end);
    }

    // What follows on a # or another such sign, unless the sign stands in a word.
    private readonly void Marked(ReadOnlySpan<int> letters, int at)
    {
        int before = at > 0 ? letters[at - 1] : 0;
        if (Letters.IsInWord(before)) return;
        int sign = Letters.CodePoint(letters[at]), start = at + 1, end = start;
        bool named = false; // a tag has at least one letter, or #1 were one
        switch (sign)
        {
            case '#' when Letters.Kind(before) != Letters.Unspaced && Letters.CodePoint(before) != '&':
                for (; end < letters.Length && Letters.Kind(letters[end]) >= Letters.Unspaced; end++) named |= !char.IsAsciiDigit((char)Letters.CodePoint(letters[end])) && Letters.CodePoint(letters[end]) != '_';
                if (named && Letters.Kind(letters[start]) != Letters.Mark) Find(TermKind.Tag, start, end);
                break;
            case '@':
                while (end < letters.Length && Letters.CodePoint(letters[end]) is < 0x80 and var point && Letters.Kind(letters[end]) == Letters.Word) end++;
                if (end == start) break;
                Find(TermKind.Mention, start, end);
                Find(TermKind.Name, start, end);
                break;
            case '$' when start < letters.Length && Letters.CodePoint(letters[start]) is < 0x80 and var point && char.IsAsciiLetter((char)point):
                while (end < letters.Length && Letters.IsInWord(letters[end])) end++;
                Find(TermKind.Cashtag, start, end);
                break;
            default:
                break;
        }
    }

    private readonly void Substrings(SubstringAutomaton automaton, ReadOnlySpan<int> letters)
    {
        int state = 0;
        for (int at = 0; at < letters.Length; at++)
        {
            if (state == 0 && !automaton.MayBegin(letters[at], at + 1 < letters.Length ? letters[at + 1] : 0)) continue;
            state = automaton.Next(state, letters[at]);
            for (int end = automaton.FirstEnd(state); end != 0; end = automaton.Shorter(end))
            {
                int number = automaton.End(end);
                int[] found = matcher.SubstringLetters[number];
                int start = at + 1 - found.Length;
                bool cutsInto = Letters.Kind(found[0]) == Letters.Word && start > 0 && Letters.IsInWord(letters[start - 1])
                    || Letters.IsInWord(found[^1]) && at + 1 < letters.Length && Letters.IsInWord(letters[at + 1]);
                if (!cutsInto) matches.Hit(matcher.Substrings[number]);
            }
        }
    }

    private void Regions()
    {
        if (point.End != 0 && Numbers(point) >= 2)
        {
            foreach ((int rule, Region region) in matcher.Regions)
                if (region.Contains(matches.Ring[0], matches.Ring[1])) matches.HitRule(rule);
            return;
        }
        int count = polygon.End != 0 ? Numbers(polygon) & ~1 : PlaceBox();
        if (count < 2) return;
        foreach ((int rule, Region region) in matcher.Regions)
            if (region.Intersects(matches.Ring.AsSpan(0, count))) matches.HitRule(rule);
    }

    // Version 2 has the box of a place in its includes: west, south, east, north.
    private readonly int PlaceBox()
    {
        if (Body(placeId).IsEmpty || !hasIncludes) return 0;
        for (int i = 0; i < notes.Length; i++)
        {
            if ((Field)notes[i].Field != Field.IncludedPlaces || !Is(notes[i], '{') || !Body(StringIn(i, Field.IncludedId)).SequenceEqual(Body(placeId))) continue;
            for (int inner = i + 1, last = Last(i); inner <= last; inner++)
            {
                if ((Field)notes[inner].Field != Field.IncludedBox || !Is(notes[inner], '[')) continue;
                if (Numbers(notes[inner]) != 4) return 0;
                double[] ring = matches.Ring;
                (ring[4], ring[5], ring[6], ring[7]) = (ring[2], ring[3], ring[2], ring[1]);
                (ring[2], ring[3]) = (ring[0], ring[5]);
                return 8;
            }
        }
        return 0;
    }

    /// <summary>Reads the numbers of an array, however deep they lie, into the ring, and returns how many they are.</summary>
    private readonly int Numbers(FieldNote array)
    {
        int count = 0;
        bool inString = false;
        for (int at = array.Start; at < array.End;)
        {
            if (json[at] == '"') inString = !inString;
            if (json[at] == '\\') at++;
            if (inString || json[at] != '-' && !char.IsAsciiDigit((char)json[at]) || !Utf8Parser.TryParse(json[at..array.End], out double number, out int used))
            {
                at++;
                continue;
            }
            if (count == matches.Ring.Length) matches.MoreOfRing();
            matches.Ring[count++] = number;
            at += used;
        }
        return count;
    }
}
