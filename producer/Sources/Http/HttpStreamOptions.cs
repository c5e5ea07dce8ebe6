using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>What a live source over HTTP needs, whatever it speaks.</summary>
internal sealed record HttpStreamOptions
{
    /// <summary>What people call the source.</summary>
    public required string Name { get; init; }

    /// <summary>What events call its connection; the name where it has only one.</summary>
    public string? Connection { get; init; }

    /// <summary>Nothing for longer than this means that the connection is dead, whatever TCP believes.</summary>
    public required TimeSpan IdleLimit { get; init; }

    /// <summary>The longest time from a request to the headers of its answer.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The value of the header <c>Authorization</c>, asked for with each connection; it is sent, and never told to anybody else.</summary>
    public Func<string>? Authorization { get; init; }

    /// <summary>How many tries in a row may fail; null for any number.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Whether a refusal that no further try would change leaves the source idle until it is asked to reconnect, instead of ending it.</summary>
    public bool IdleWhenRefused { get; init; }

    /// <summary>Whether messages are preceded by their length.</summary>
    public bool Delimited { get; init; }

    /// <summary>How long a message may be.</summary>
    public LineLimit Limit { get; init; } = LineLimit.Default;
}
