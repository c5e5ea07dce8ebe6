namespace TweetStreams.Schemas;

/// <summary>
/// One message of the stream: its bytes as received, and what they say about themselves. <see cref="MessageReader.Read(byte[])"/> makes it.
/// </summary>
public readonly struct Message
{
    /// <summary>The <see cref="EventTime"/> of a message that has none.</summary>
    public const long NoTime = -1;

    private readonly int _textStart;
    private readonly int _textLength;
    private readonly JsonSlice _retweeted;

    internal Message(MessageKind kind, byte[] raw, byte[]? id = null, long eventTime = NoTime, JsonSlice text = default, string? reason = null, JsonSlice retweeted = default)
    {
        Kind = kind;
        Raw = raw;
        Id = id;
        EventTime = eventTime;
        Reason = reason;
        _textStart = text.Start;
        _textLength = text.Length;
        _retweeted = retweeted;
    }

    /// <summary>What the message is.</summary>
    public MessageKind Kind { get; }

    /// <summary>The bytes exactly as received, envelope included.</summary>
    public byte[] Raw { get; }

    /// <summary>
    /// The id in UTF-8, or null if the message has none: that of the status, or of the one deleted. Ids are text, never a double.
    /// Jetstream's are <c>at://did/collection/rkey</c>.
    /// </summary>
    public byte[]? Id { get; }

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z, or <see cref="NoTime"/>. Kafka has no time before 1970, so neither has this.</summary>
    public long EventTime { get; }

    /// <summary>Why a dead letter is one, with the position in bytes where known; null for every other kind.</summary>
    public string? Reason { get; }

    /// <summary>Whether it is known to have come before. That takes more than the message itself: as read, none is.</summary>
    public bool IsDuplicate { get; private init; }

    /// <summary>Whether event time advances with this message: deletes lag by most of an hour, so only tweets and retweets move it.</summary>
    public bool MovesTime => Kind is MessageKind.Tweet or MessageKind.Retweet && EventTime >= 0;

    /// <summary>
    /// The text of a tweet or retweet, decoded anew on each call; empty for every other kind. A lone surrogate reads as U+FFFD.
    /// </summary>
    public string Text => _textLength == 0 ? "" : JsonString.Decode(Raw.AsSpan(_textStart, _textLength));

    /// <summary>The object <c>retweeted_status</c>; empty where there is none.</summary>
    internal ReadOnlySpan<byte> Retweeted => _retweeted.Of(Raw);

    /// <summary>The words of <see cref="Text"/>, as <see cref="WordTokenizer.Split"/> finds them.</summary>
    public IEnumerable<string> Words() => WordTokenizer.Split(Text);

    /// <summary>The same message, known to have come before.</summary>
    public Message AsDuplicate() => this with { IsDuplicate = true };

    /// <summary>A dead letter in this message's place, for who cannot pass it on.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="raw">What is left of its bytes.</param>
    public Message AsDeadLetter(string reason, byte[] raw) => new(MessageKind.DeadLetter, raw, Id, EventTime, reason: reason);
}
