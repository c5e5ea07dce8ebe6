namespace TweetStreams.FakeX;

/// <summary>Ready-made scripts for people.</summary>
internal static class Scripts
{
    public static IReadOnlyDictionary<string, (string What, Action<Script> Write)> All { get; } = new SortedDictionary<string, (string, Action<Script>)>(StringComparer.Ordinal)
    {
        ["steady"] = ("sends without any trouble", script => script.Otherwise(Behaviour.Stream(Steps.Follow()))),
        ["bytes"] = ("packs with gzip and sends one byte at a time", script => script.Otherwise(new Behaviour { Gzip = true, ChunkSize = 1, Steps = [Steps.Follow()] })),
        ["storm"] = ("refuses with 429 and 503 three times of four, and drops the fourth after 30 s", script => script.Otherwise(number => (number % 4) switch
        {
            1 => Behaviour.Refuse(503),
            2 => Behaviour.TooMany(),
            3 => Behaviour.TooMany(DateTimeOffset.UtcNow.AddSeconds(20)),
            _ => Behaviour.Stream(For(TimeSpan.FromSeconds(30)), Steps.Disconnect()),
        })),
        ["flaky"] = ("cuts a message, resets the connection or falls silent after 15 s", script => script.Otherwise(number => (number % 3) switch
        {
            0 => Behaviour.Stream(For(TimeSpan.FromSeconds(15)), Steps.Raw("""{"data":{"id":"1","te""")),
            1 => Behaviour.Stream(For(TimeSpan.FromSeconds(15)), Steps.Reset()),
            _ => Behaviour.Stream(For(TimeSpan.FromSeconds(15)), Steps.Silence()),
        })),
        ["silent"] = ("accepts and says nothing", script => script.Otherwise(Behaviour.Stream(Steps.Silence()))),
        ["unauthorized"] = ("knows no token", script => script.Otherwise(Behaviour.Refuse(401, Problems.Unauthorized))),
    };

    private static Step For(TimeSpan time) => async (connection, stop) =>
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(time);
        try
        {
            await connection.FollowAsync(end.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
        }
    };
}
