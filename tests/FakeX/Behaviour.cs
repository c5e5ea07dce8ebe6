namespace TweetStreams.FakeX;

/// <summary>Something that a fake does with a connection that it accepted.</summary>
public delegate Task Step(FakeConnection connection, CancellationToken cancellationToken);

/// <summary>What a fake does with one connection.</summary>
public sealed record Behaviour
{
    /// <summary>The status of the answer.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body of an answer that is no stream.</summary>
    public string Body { get; init; } = "";

    /// <summary>How long it takes until the headers are sent.</summary>
    public TimeSpan HeaderDelay { get; init; }

    /// <summary>Whether the stream is packed.</summary>
    public bool Gzip { get; init; }

    /// <summary>How many bytes are sent at once; 0 for whole messages.</summary>
    public int ChunkSize { get; init; }

    /// <summary>What happens on the stream, one after the other; then it is ended in good order.</summary>
    public IReadOnlyList<Step> Steps { get; init; } = [];

    /// <summary>A stream on which this happens.</summary>
    public static Behaviour Stream(params IReadOnlyList<Step> steps) => new() { Steps = steps };

    /// <summary>A refusal.</summary>
    public static Behaviour Refuse(int status, string body = "") => new() { Status = status, Body = body };

    /// <summary>A refusal because of too many requests.</summary>
    /// <param name="reset">When they are counted anew; null for an answer that does not say so.</param>
    public static Behaviour TooMany(DateTimeOffset? reset = null) => new()
    {
        Status = 429,
        Body = Problems.TooManyConnections,
        Headers = reset is { } at
            ? new Dictionary<string, string> { ["x-rate-limit-limit"] = "50", ["x-rate-limit-remaining"] = "0", ["x-rate-limit-reset"] = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) }
            : new Dictionary<string, string>(),
    };

    /// <summary>The connection is reset before any answer.</summary>
    public static Behaviour ResetAtOnce { get; } = new() { Status = 0 };
}
