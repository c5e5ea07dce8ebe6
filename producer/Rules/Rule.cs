using System.Collections.Immutable;
using System.Text.Json;

namespace TweetStreams.Producer.Rules;

/// <summary>What a rule looks for.</summary>
public enum RuleType
{
    /// <summary>Words, as v1.1's <c>track</c>: all of them anywhere in a message's texts, names, tags and links.</summary>
    Track,

    /// <summary>A user id, as v1.1's <c>follow</c>: written by that user, a retweet or reply of theirs, or mentioning them.</summary>
    Follow,

    /// <summary>Boxes, as v1.1's <c>locations</c>: four numbers each, west, south, east, north.</summary>
    Locations,

    /// <summary>Words like <see cref="Track"/>; Traptor's name for them.</summary>
    Keyword,

    /// <summary>Hashtags, with or without #.</summary>
    Hashtag,

    /// <summary>A user's name, with or without @.</summary>
    Username,

    /// <summary>A place: a GeoJSON polygon, or a box.</summary>
    Geo,

    /// <summary>A rule in the language of X's API v2, which X evaluates; matched here by the tag and id that X sends along.</summary>
    X,
}

/// <summary>What somebody wants of the stream.</summary>
/// <param name="Id">Its name: 1 to 128 letters, digits, '.', '_', ':' and '-'.</param>
/// <param name="Type">What it looks for.</param>
/// <param name="Value">What for.</param>
/// <param name="Tag">What people call it.</param>
public sealed record Rule(string Id, RuleType Type, string Value, string? Tag = null)
{
    /// <summary>Any further fields that its author gave it; kept and shown, not looked at.</summary>
    public ImmutableSortedDictionary<string, JsonElement> Further { get; init; } = ImmutableSortedDictionary<string, JsonElement>.Empty;
}
