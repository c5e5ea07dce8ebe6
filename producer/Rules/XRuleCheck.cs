using System.Collections.Frozen;

namespace TweetStreams.Producer.Rules;

/// <summary>Reads a rule in the language of X's filtered stream, as far as to tell what X would refuse.</summary>
internal static class XRuleCheck
{
    /// <summary>The operators that a rule may consist of.</summary>
    public static IReadOnlySet<string> Standalone { get; } = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "from", "to", "retweets_of", "retweets_of_user", "from_affiliate_of", "to_affiliate_of", "url", "url_title", "url_description", "url_contains", "context", "entity", "conversation_id",
        "bio", "bio_name", "bio_location", "user_bio", "user_bio_name", "user_bio_location", "place", "place_country", "point_radius", "bounding_box", "list", "source",
        "in_reply_to_tweet_id", "in_reply_to_status_id", "retweets_of_tweet_id", "retweets_of_status_id", "quotes_of_tweet_id", "embedding");

    /// <summary>Those that only narrow down what others find.</summary>
    public static IReadOnlySet<string> Narrowing { get; } = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "is", "has", "lang", "sample", "followers_count", "min_followers", "tweets_count", "following_count", "listed_count", "embedding_threshold");

    private static readonly FrozenSet<string> kinds = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "retweet", "reply", "quote", "verified", "nullcast");
    private static readonly FrozenSet<string> things = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "hashtags", "cashtags", "links", "mentions", "media", "images", "video_link", "videos", "geo");

    private enum Part
    {
        Start,
        Operand,
        Or,
        Open,
        Close,
    }

    /// <summary>What is wrong with a rule; null for nothing.</summary>
    public static string? Check(string rule, int longest)
    {
        int length = rule.EnumerateRunes().Count();
        if (length > longest) return $"It has {length} characters; X takes {longest}. Shorten it, or make several rules of it.";
        var part = Part.Start;
        int open = 0;
        bool standalone = false;
        for (int at = 0; at < rule.Length;)
        {
            char c = rule[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }
            if (c == ')')
            {
                if (open == 0) return $"The ')' at character {at + 1} closes nothing; remove it, or open it before.";
                if (part == Part.Open) return $"The parentheses that end at character {at + 1} have nothing in them; remove them.";
                if (part == Part.Or) return $"Nothing comes after the OR before character {at + 1}; remove it, or add what else may match.";
                open--;
                at++;
                part = Part.Close;
                continue;
            }
            bool negated = c == '-';
            if (negated && (++at == rule.Length || char.IsWhiteSpace(rule[at]) || rule[at] == ')')) return $"The '-' at character {at} excludes nothing; remove it, or put a term right behind it.";
            c = rule[at];
            if (c == '(')
            {
                if (negated) return $"The '-' at character {at} stands before parentheses; X excludes single terms only: instead of -(a OR b) write -a -b.";
                open++;
                at++;
                part = Part.Open;
                continue;
            }
            int start = at;
            if (Word(rule, ref at) is { } unclosed) return unclosed;
            string word = rule[start..at];
            if (word == "OR" && !negated)
            {
                if (part is Part.Start or Part.Open or Part.Or) return $"The OR at character {start + 1} has nothing before it; remove it, or add what else may match.";
                part = Part.Or;
                continue;
            }
            if (Operand(word, negated, start, out bool alone) is { } wrong) return wrong;
            standalone |= alone && !negated;
            part = Part.Operand;
        }
        if (open > 0) return open == 1 ? "A '(' is not closed; add the ')'." : $"{open} of '(' are not closed; add as many of ')'.";
        if (part == Part.Or) return "Nothing comes after the OR at the end; remove it, or add what else may match.";
        return standalone ? null : "It only narrows down or excludes; add at least one term that finds something by itself, such as a word, #tag, @name or from:name.";
    }

    // To the end of a word. What is in quotes or square brackets belongs to it.
    private static string? Word(string rule, ref int at)
    {
        for (; at < rule.Length; at++)
        {
            char c = rule[at];
            if (char.IsWhiteSpace(c) || c is '(' or ')') return null;
            if (c is not ('"' or '[')) continue;
            int end = at + 1;
            while (end < rule.Length && rule[end] != (c == '"' ? '"' : ']')) end += c == '"' && rule[end] == '\\' ? 2 : 1;
            if (end >= rule.Length) return $"The {(c == '"' ? "quote" : "'['")} at character {at + 1} is not closed; add the {(c == '"' ? "other one" : "']'")}.";
            if (end == at + 1) return $"There is nothing between the {(c == '"' ? "quotes" : "brackets")} at character {at + 1}; remove them, or put in what to look for.";
            at = end;
        }
        return null;
    }

    private static string? Operand(string word, bool negated, int start, out bool standalone)
    {
        standalone = true;
        if (negated && word[0] == '-') return $"There are two '-' at character {start}; one excludes a term.";
        if (word.Equals("and", StringComparison.OrdinalIgnoreCase)) return $"\"{word}\" at character {start + 1} is no operator: a space means both. Leave it out, or write it in quotes to look for the word.";
        if (word.Equals("or", StringComparison.OrdinalIgnoreCase)) return $"\"{word}\" at character {start + 1} is either an operator, which is OR, in capitals and not excluded, or the word, which stands in quotes.";
        if (word.Equals("not", StringComparison.Ordinal) || word == "NOT") return $"\"{word}\" at character {start + 1} is no operator: put '-' right before a term to exclude it, or write it in quotes to look for the word.";
        if (word[0] is '#' or '@' or '$' && word.Length == 1) return $"There is no name behind the '{word}' at character {start + 1}; add it, without a space between.";
        if (word[0] == '"') return null;
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !word.AsSpan(0, colon).ContainsAnyExceptInRange('0', '9') || !word.Take(colon).All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) return null;
        string name = word[..colon], argument = word[(colon + 1)..];
        standalone = Standalone.Contains(name);
        if (!standalone && !Narrowing.Contains(name))
            return $"X has no operator \"{name}:\"; it has {string.Join(", ", Standalone.Concat(Narrowing).Order(StringComparer.Ordinal).Select(known => $"{known}:"))}. To look for the words, put \"{word}\" in quotes.";
        if (argument.Length == 0) return $"\"{name}:\" at character {start + 1} needs a value right behind the colon.";
        if (name.Equals("is", StringComparison.OrdinalIgnoreCase))
        {
            if (!kinds.Contains(argument)) return $"There is no \"{word}\"; is: takes {string.Join(", ", kinds.Order(StringComparer.Ordinal))}.";
            if (!negated && argument.Equals("nullcast", StringComparison.OrdinalIgnoreCase)) return "\"is:nullcast\" can only be excluded; write -is:nullcast.";
        }
        if (name.Equals("has", StringComparison.OrdinalIgnoreCase) && !things.Contains(argument)) return $"There is no \"{word}\"; has: takes {string.Join(", ", things.Order(StringComparer.Ordinal))}.";
        if (name.Equals("sample", StringComparison.OrdinalIgnoreCase) && (!int.TryParse(argument, out int percent) || percent is < 1 or > 100)) return $"\"{word}\" is no share; sample: takes a whole number from 1 to 100, per cent.";
        return negated && (name.Equals("sample", StringComparison.OrdinalIgnoreCase) || name.Equals("embedding", StringComparison.OrdinalIgnoreCase)) ? $"\"{name}:\" cannot be excluded; remove the '-' before it." : null;
    }
}
