using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Matching;

/// <summary>One pass over a message that looks up in a matcher's index what the message says. See <see cref="RuleMatcher"/> for what counts.</summary>
internal ref struct MessageScan(ReadOnlySpan<byte> json, RuleMatcher matcher, RuleMatches matches)
{
    // Which tweet of a message a field is of: its own, the one it repeats, the one it quotes, and the one that is quoted by the one it repeats.
    private const int Own = 0;
    private const int Repeated = 1;
    private const int QuotedOne = 2;
    private const int QuotedByRepeated = 3;
    private const int Scopes = 4;

    // What is looked for anywhere has at least one letter of these; see Term. So most texts of most languages need not be gone through for it.
    private const int AnywhereKinds = 1 << Letters.Sign | 1 << Letters.Symbol | 1 << Letters.Unspaced;

    private readonly ReadOnlySpan<byte> json = json;
    private readonly bool wantsTexts = (matcher.Kinds & ~(1 << (int)TermKind.User | 1 << (int)TermKind.Label)) != 0;

    private Texts texts; // of each scope, without the whole ones
    private int wholeTexts; // a bit for each scope that has a whole text
    private int references;
    private int authors;
    private int reference; // the scope of the reference that is being read, -1 where its type is another
    private Place referenceId;
    private Place point;
    private Place polygon;
    private Place placeId;
    private Place includedTweets;
    private Place includedUsers;
    private Place includedPlaces;
    private Place enveloped;
    private bool isEnvelope;

    [InlineArray(Scopes)]
    private struct Texts
    {
        private Place first;
    }

    public void Run()
    {
        int at = ValidJson.SkipSpace(json, 0);
        Object(Field.Root, at + 1, Own);
        while (isEnvelope && !enveloped.IsEmpty)
        {
            at = enveloped.Start;
            (isEnvelope, enveloped) = (false, default);
            Object(Field.Root, at + 1, Own);
        }
        if (!includedTweets.IsEmpty && references > 0) IncludedTweets();
        if (!includedUsers.IsEmpty && authors > 0) IncludedUsers();
        for (int scope = 0; scope < Scopes; scope++)
        {
            if (texts[scope].IsEmpty || (wholeTexts >> scope & 1) != 0) continue;
            if (scope == Own && (!texts[Repeated].IsEmpty || (wholeTexts >> Repeated & 1) != 0)) continue;
            Look(TermKind.Word, texts[scope].Of(json));
        }
        if (matcher.HasRegions) Regions();
    }

    private int Object(Field field, int at, int scope)
    {
        int userParts = 0;
        while (ValidJson.NextMember(json, ref at, out int name, out int nameEnd, out bool escaped))
        {
            Field member = FieldTable.Member(field, json[name..nameEnd]);
            if (member == Field.None)
            {
                if (!escaped)
                {
                    at = ValidJson.SkipValue(json, at);
                    continue;
                }
                member = Escaped(field, json[name..nameEnd]);
            }
            at = Value(member, at, scope);
            // A user has some forty members, and these come first.
            if (field == Field.User && (userParts |= member == Field.AuthorName ? 2 : member == Field.UserId ? 1 : 0) == 3) return ValidJson.SkipRest(json, at);
        }
        return at;
    }

    // A name may be written with escapes; nobody does so.
    private readonly Field Escaped(Field field, ReadOnlySpan<byte> name)
    {
        Span<int> letters = matches.LettersFor(name.Length);
        int count = Letters.Decode(name, letters);
        Span<byte> plain = stackalloc byte[32];
        if (count > plain.Length) return Field.None;
        for (int i = 0; i < count; i++)
        {
            // Names that matter are lower-case already: one that becomes so by folding is another name, but no one has it.
            int point = Letters.CodePoint(letters[i]);
            if (point > 0x7F) return Field.None;
            plain[i] = (byte)point;
        }
        return FieldTable.Member(field, plain[..count]);
    }

    private int Value(Field field, int at, int scope)
    {
        byte first = json[at];
        if (first == '"') return String(field, at, scope);
        if (first == '{') return Nested(field, at, scope);
        if (first != '[')
        {
            int end = ValidJson.SkipScalar(json, at);
            if (first == '-' || char.IsAsciiDigit((char)first)) Number(field, new Place(at, end));
            return end;
        }
        if (field is Field.Point or Field.Polygon or Field.IncludedTweets or Field.IncludedUsers or Field.IncludedPlaces || field == Field.None)
        {
            int end = ValidJson.SkipValue(json, at);
            Array(field, new Place(at, end), scope);
            return end;
        }
        at++;
        while (ValidJson.NextItem(json, ref at)) at = json[at] == '[' ? ValidJson.SkipValue(json, at) : Value(field, at, scope);
        return at;
    }

    private void Array(Field field, Place array, int scope)
    {
        switch (field)
        {
            case Field.Point when scope == Own:
                point = array;
                break;
            case Field.Polygon when scope == Own:
                polygon = array;
                break;
            case Field.IncludedTweets:
                includedTweets = array;
                break;
            case Field.IncludedUsers:
                includedUsers = array;
                break;
            case Field.IncludedPlaces:
                includedPlaces = array;
                break;
            default:
                break;
        }
    }

    private int Nested(Field field, int at, int scope)
    {
        switch (field)
        {
            case Field.Retweeted when scope == Own:
                return Object(Field.Status, at + 1, Repeated);
            case Field.Quoted when scope is Own or Repeated:
                return Object(Field.Status, at + 1, scope == Own ? QuotedOne : QuotedByRepeated);
            case Field.References when scope == Own:
                (reference, referenceId) = (-1, default);
                at = Object(field, at + 1, scope);
                if (reference >= 0 && !referenceId.IsEmpty && references < matches.References.Length)
                    (matches.References[references], matches.ReferenceScopes[references++]) = (referenceId, reference);
                return at;
            case Field.Enveloped:
                int end = ValidJson.SkipValue(json, at);
                enveloped = new Place(at, end);
                return end;
            case Field.ForUser:
                isEnvelope = true;
                return ValidJson.SkipValue(json, at);
            case Field.Entities or Field.Facets when !wantsTexts && !matcher.Has(TermKind.User):
                return ValidJson.SkipValue(json, at);
            case Field.Retweeted or Field.Quoted or Field.References:
                return ValidJson.SkipValue(json, at);
            default:
                return FieldTable.HasMembers(field) && field != Field.None ? Object(field, at + 1, scope) : ValidJson.SkipValue(json, at);
        }
    }

    private void Number(Field field, Place number)
    {
        switch (field)
        {
            case Field.UserId:
                Whole(TermKind.User, number.Of(json));
                break;
            case Field.Label:
                Exact(number.Of(json));
                break;
            case Field.ForUser:
                isEnvelope = true;
                break;
            default:
                break;
        }
    }

    private int String(Field field, int at, int scope)
    {
        int end = ValidJson.SkipString(json, at + 1);
        var place = new Place(at + 1, end - 1);
        ReadOnlySpan<byte> body = place.Of(json);
        switch (field)
        {
            case Field.Text:
                texts[scope] = place;
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
                if (authors < matches.Authors.Length) matches.Authors[authors++] = place;
                Whole(TermKind.User, body);
                break;
            case Field.UserId:
                Whole(TermKind.User, body);
                break;
            case Field.Uri:
                Repository(body);
                break;
            case Field.PlaceId when scope == Own:
                placeId = place;
                break;
            case Field.ReferenceId:
                referenceId = place;
                break;
            case Field.ReferenceType:
                reference = body.SequenceEqual("retweeted"u8) ? Repeated : body.SequenceEqual("quoted"u8) ? QuotedOne : -1;
                break;
            case Field.Label:
                Exact(body);
                break;
            case Field.ForUser:
                isEnvelope = true;
                break;
            default:
                break;
        }
        return end;
    }

    // at://did:plc:.../collection/key
    private readonly void Repository(ReadOnlySpan<byte> uri)
    {
        if (!uri.StartsWith("at://"u8)) return;
        ReadOnlySpan<byte> did = uri[5..];
        int end = did.IndexOf((byte)'/');
        Whole(TermKind.User, end < 0 ? did : did[..end]);
    }

    private void IncludedTweets()
    {
        int at = includedTweets.Start + 1;
        while (ValidJson.NextItem(json, ref at))
        {
            int end = ValidJson.SkipValue(json, at);
            if (json[at] == '{' && IdOf(at) is { IsEmpty: false } id)
            {
                for (int i = 0; i < references; i++)
                {
                    if (!matches.References[i].Of(json).SequenceEqual(id.Of(json))) continue;
                    Object(Field.Data, at + 1, matches.ReferenceScopes[i]);
                    break;
                }
            }
            at = end;
        }
    }

    private readonly void IncludedUsers()
    {
        int at = includedUsers.Start + 1;
        while (ValidJson.NextItem(json, ref at))
        {
            int end = ValidJson.SkipValue(json, at);
            if (json[at] == '{' && IdOf(at) is { IsEmpty: false } id && IsAuthor(id.Of(json))) Look(TermKind.Name, TextOf(at, "username"u8).Of(json));
            at = end;
        }
    }

    private readonly bool IsAuthor(ReadOnlySpan<byte> id)
    {
        for (int i = 0; i < authors; i++)
            if (matches.Authors[i].Of(json).SequenceEqual(id)) return true;
        return false;
    }

    private readonly Place IdOf(int at) => TextOf(at, "id"u8);

    private readonly Place TextOf(int at, ReadOnlySpan<byte> name)
    {
        int value = MemberOf(at, name);
        return value > 0 && json[value] == '"' ? new Place(value + 1, ValidJson.SkipString(json, value + 1) - 1) : default;
    }

    // Where the value of an object's member begins, or 0.
    private readonly int MemberOf(int at, ReadOnlySpan<byte> wanted)
    {
        at++;
        while (ValidJson.NextMember(json, ref at, out int name, out int nameEnd, out _))
        {
            if (json[name..nameEnd].SequenceEqual(wanted)) return at;
            at = ValidJson.SkipValue(json, at);
        }
        return 0;
    }

    /// <summary>Looks up an id: all of it is one term.</summary>
    private readonly void Whole(TermKind kind, ReadOnlySpan<byte> body)
    {
        if (!matcher.Has(kind)) return;
        Span<int> letters = matches.LettersFor(body.Length);
        Find(kind, letters[..Letters.Decode(body, letters)]);
    }

    /// <summary>Looks up a tag or id of X's, in which case matters.</summary>
    private readonly void Exact(ReadOnlySpan<byte> body)
    {
        if (!matcher.Has(TermKind.Label)) return;
        Span<int> letters = matches.LettersFor(body.Length);
        int count = Letters.DecodeAsIs(body, letters);
        Find(TermKind.Label, letters[..count]);
    }

    private readonly void Find(TermKind kind, ReadOnlySpan<int> letters)
    {
        ulong hash = TermTable.Start;
        foreach (int letter in letters) hash = TermTable.Add(hash, letter);
        Find(kind, hash, letters);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Find(TermKind kind, ulong hash, ReadOnlySpan<int> letters)
    {
        int term = matcher.Terms.Find(kind, hash, letters);
        if (term >= 0) matches.Hit(term);
    }

    /// <summary>Looks up a string that people read: its words, and what it is as a whole, if that is anything but a text.</summary>
    private readonly void Look(TermKind kind, ReadOnlySpan<byte> body)
    {
        if (!wantsTexts || body.IsEmpty) return;
        int[] room = matches.LettersFor(body.Length);
        ReadOnlySpan<int> letters = room.AsSpan(0, Letters.Decode(body, room));
        switch (kind)
        {
            case TermKind.Mention:
                Find(TermKind.Mention, letters);
                Find(TermKind.Name, letters);
                break;
            case TermKind.Tag or TermKind.Cashtag or TermKind.Name:
                Find(kind, letters);
                break;
            default:
                break;
        }
        int kinds = Words(letters);
        if (matcher.Automaton is { } automaton && (kinds & AnywhereKinds) != 0) Substrings(automaton, letters);
    }

    /// <summary>Looks up the words of a text, joined and marked ones too, and returns a bit for each kind of letter outside of words.</summary>
    private readonly int Words(ReadOnlySpan<int> letters)
    {
        TermTable terms = matcher.Terms;
        bool wantsJoined = matcher.Has(TermKind.Joined);
        int kinds = 0, chunk = 0, joined = 0; // where what stands between spaces begins, and where the last joined word ended
        for (int at = 0; at < letters.Length;)
        {
            int letter = letters[at], kind = Letters.Kind(letter);
            if (kind == Letters.Word)
            {
                int start = at;
                ulong hash = TermTable.Start;
                do
                {
                    hash = TermTable.Add(hash, letters[at++]);
                }
                while (at < letters.Length && Letters.IsInWord(letters[at]));
                int term = terms.Find(TermKind.Word, hash, letters[start..at]);
                if (term >= 0) matches.Hit(term);
                continue;
            }
            kinds |= 1 << kind;
            if (kind is Letters.Punctuation or Letters.Sign)
            {
                if (wantsJoined && at >= joined && at > chunk && Letters.IsInWord(letters[at - 1])) joined = Joined(letters, chunk, at);
                if (Letters.CodePoint(letter) is '#' or '@' or '$') Marked(letters, at);
            }
            else if (kind != Letters.Mark)
            {
                chunk = at + 1;
            }
            at++;
        }
        return kinds;
    }

    /// <summary>Looks up what stands between spaces, given the first punctuation in it that is behind a letter, if letters follow on that. Returns where it ends.</summary>
    private readonly int Joined(ReadOnlySpan<int> letters, int start, int sign)
    {
        int end = 0, at = sign;
        for (; at < letters.Length && Letters.Kind(letters[at]) is Letters.Word or Letters.Mark or Letters.Punctuation or Letters.Sign; at++)
            if (Letters.IsInWord(letters[at])) end = at + 1;
        if (end > sign) JoinedWord(letters[start..end]);
        return at;
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
                if (named && Letters.Kind(letters[start]) != Letters.Mark) Find(TermKind.Tag, letters[start..end]);
                break;
            case '@':
                while (end < letters.Length && Letters.CodePoint(letters[end]) is < 0x80 and var point && Letters.Kind(letters[end]) == Letters.Word) end++;
                if (end == start) break;
                Find(TermKind.Mention, letters[start..end]);
                Find(TermKind.Name, letters[start..end]);
                break;
            case '$' when start < letters.Length && Letters.CodePoint(letters[start]) is < 0x80 and var point && char.IsAsciiLetter((char)point):
                while (end < letters.Length && Letters.IsInWord(letters[end])) end++;
                Find(TermKind.Cashtag, letters[start..end]);
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

    private readonly void JoinedWord(ReadOnlySpan<int> letters)
    {
        while (!Letters.IsInWord(letters[0]))
        {
            if (Letters.CodePoint(letters[0]) is '#' or '@') return;
            letters = letters[1..];
        }
        Find(TermKind.Joined, Term.Address(letters));
    }

    private void Regions()
    {
        if (!point.IsEmpty && Numbers(point) >= 2)
        {
            foreach ((int rule, Region region) in matcher.Regions)
                if (region.Contains(matches.Ring[0], matches.Ring[1])) matches.HitRule(rule);
            return;
        }
        int count = !polygon.IsEmpty ? Numbers(polygon) & ~1 : PlaceBox();
        if (count < 2) return;
        foreach ((int rule, Region region) in matcher.Regions)
            if (region.Intersects(matches.Ring.AsSpan(0, count))) matches.HitRule(rule);
    }

    // Version 2 has the box of a place in its includes: west, south, east, north.
    private readonly int PlaceBox()
    {
        if (placeId.IsEmpty || includedPlaces.IsEmpty) return 0;
        int at = includedPlaces.Start + 1;
        while (ValidJson.NextItem(json, ref at))
        {
            int end = ValidJson.SkipValue(json, at);
            if (json[at] == '{' && IdOf(at).Of(json).SequenceEqual(placeId.Of(json)) && MemberOf(at, "geo"u8) is > 0 and var geo && json[geo] == '{' && MemberOf(geo, "bbox"u8) is > 0 and var box && json[box] == '[')
            {
                if (Numbers(new Place(box, ValidJson.SkipValue(json, box))) != 4) return 0;
                double[] ring = matches.Ring;
                (ring[4], ring[5], ring[6], ring[7]) = (ring[2], ring[3], ring[2], ring[1]);
                (ring[2], ring[3]) = (ring[0], ring[5]);
                return 8;
            }
            at = end;
        }
        return 0;
    }

    /// <summary>Reads the numbers of an array, however deep they lie, into the ring, and returns how many they are.</summary>
    private readonly int Numbers(Place array)
    {
        int count = 0;
        for (int at = array.Start; at < array.End;)
        {
            if (json[at] == '"')
            {
                at = ValidJson.SkipString(json, at + 1);
                continue;
            }
            if (json[at] != '-' && !char.IsAsciiDigit((char)json[at]) || !Utf8Parser.TryParse(json[at..array.End], out double number, out int used))
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
