using System.Text;
using System.Text.Json;

namespace TweetStreams.FakeX;

/// <summary>An event that a fake Jetstream holds.</summary>
/// <param name="TimeUs">The service's time of it, in µs.</param>
/// <param name="Did">Whose it is.</param>
/// <param name="Collection">The collection of a commit; null for identity and account events, which come whatever collections are wanted.</param>
/// <param name="Message">The message, byte for byte.</param>
public sealed record FakeJetstreamEvent(long TimeUs, string Did, string? Collection, byte[] Message);

/// <summary>What a fake Jetstream does with one connection. Without any of it, it behaves.</summary>
public sealed record FakeJetstreamConnection
{
    /// <summary>Refuses it with this status.</summary>
    public int? Refuse { get; init; }

    /// <summary>Accepts it, and says nothing.</summary>
    public bool Silent { get; init; }

    /// <summary>Ends it after so many messages, without a word.</summary>
    public int? CutAfter { get; init; }

    /// <summary>… with a reset, which may cost messages that are on their way.</summary>
    public bool Reset { get; init; }

    /// <summary>… and after half of the next one.</summary>
    public bool InTheMiddleOfAFrame { get; init; }

    /// <summary>Closes it in good order after so many messages.</summary>
    public int? CloseAfter { get; init; }

    /// <summary>The reason that is given for it.</summary>
    public string? CloseReason { get; init; }

    /// <summary>Says nothing more after so many messages.</summary>
    public int? SilentAfter { get; init; }

    /// <summary>Sends each message in fragments of so many bytes.</summary>
    public int? FragmentBytes { get; init; }
}

/// <summary>A connection that was asked for.</summary>
/// <param name="WantedCollections">Of the query, or of the message that was waited for.</param>
/// <param name="WantedDids">Likewise.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="Hello">Whether it said what it wants in a message.</param>
public sealed record FakeJetstreamRequest(IReadOnlyList<string> WantedCollections, IReadOnlyList<string> WantedDids, long? Cursor, bool Hello);

/// <summary>The events of a fake Jetstream. Several instances may share them.</summary>
public sealed class FakeJetstreamEvents
{
    private readonly Lock gate = new();
    private readonly List<FakeJetstreamEvent> events = [];
    private TaskCompletionSource changed = New();

    /// <summary>Adds an event, which goes to all who are connected.</summary>
    public void Add(FakeJetstreamEvent happened)
    {
        lock (gate)
        {
            events.Add(happened);
            changed.TrySetResult();
            changed = New();
        }
    }

    /// <summary>Adds a post in the service's shape, and gives its message.</summary>
    public byte[] Post(string did, string recordKey, string text, long timeUs) => Commit(did, "app.bsky.feed.post", recordKey, text, timeUs);

    /// <summary>Adds the making of a record in the service's shape, and gives its message.</summary>
    public byte[] Commit(string did, string collection, string recordKey, string text, long timeUs)
    {
        byte[] message = Encoding.UTF8.GetBytes(
            $$$"""{"did":"{{{did}}}","time_us":{{{timeUs}}},"kind":"commit","commit":{"rev":"3k{{{recordKey}}}","operation":"create","collection":"{{{collection}}}","rkey":"{{{recordKey}}}","record":{"$type":"{{{collection}}}","createdAt":"2026-07-04T14:38:06.240Z","text":"{{{JsonEncodedText.Encode(text)}}}"},"cid":"bafyrei{{{recordKey}}}"}}""");
        Add(new FakeJetstreamEvent(timeUs, did, collection, message));
        return message;
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return events.Count;
        }
    }

    internal (FakeJetstreamEvent[] Events, Task Changed) From(int index)
    {
        lock (gate)
            return ([.. events.Skip(index)], changed.Task);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>One instance of a fake Jetstream: what it holds, how it behaves, and what it was asked.</summary>
public sealed class FakeJetstreamState(FakeJetstreamEvents? events = null)
{
    private readonly Lock gate = new();
    private readonly Queue<FakeJetstreamConnection> script = new();
    private readonly List<FakeJetstreamRequest> requests = [];
    private int open;
    private int mostOpen;
    private int refused;

    /// <summary>What it holds.</summary>
    public FakeJetstreamEvents Events { get; } = events ?? new FakeJetstreamEvents();

    /// <summary>Whether it agrees to permessage-deflate.</summary>
    public bool Deflate { get; init; }

    /// <summary>How it behaves when the script is at its end.</summary>
    public FakeJetstreamConnection Otherwise { get; set; } = new();

    /// <summary>The connections that were accepted.</summary>
    public IReadOnlyList<FakeJetstreamRequest> Requests
    {
        get
        {
            lock (gate)
                return [.. requests];
        }
    }

    /// <summary>How many are open.</summary>
    public int Open
    {
        get
        {
            lock (gate)
                return open;
        }
    }

    /// <summary>How many were open at once.</summary>
    public int MostOpen
    {
        get
        {
            lock (gate)
                return mostOpen;
        }
    }

    /// <summary>How many were refused.</summary>
    public int Refused
    {
        get
        {
            lock (gate)
                return refused;
        }
    }

    /// <summary>Says how it behaves to the next connections, one after the other.</summary>
    public FakeJetstreamState Then(params FakeJetstreamConnection[] connections)
    {
        lock (gate)
        {
            foreach (FakeJetstreamConnection connection in connections)
                script.Enqueue(connection);
        }
        return this;
    }

    internal FakeJetstreamConnection Next()
    {
        lock (gate)
        {
            FakeJetstreamConnection next = script.TryDequeue(out FakeJetstreamConnection? scripted) ? scripted : Otherwise;
            if (next.Refuse is not null)
                refused++;
            return next;
        }
    }

    internal void Opened()
    {
        lock (gate)
            mostOpen = Math.Max(mostOpen, ++open);
    }

    internal void Asked(FakeJetstreamRequest request)
    {
        lock (gate)
            requests.Add(request);
    }

    internal void Closed()
    {
        lock (gate)
            open--;
    }
}
