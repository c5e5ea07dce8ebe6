namespace TweetStreams.Producer.Positions;

/// <summary>Remembers where sources go on, beyond the end of this program however it comes.</summary>
public interface IPositionKeeper
{
    /// <summary>What was kept last under the key; null for nothing.</summary>
    ValueTask<string?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keeps a position; complete when it is safe.</summary>
    /// <exception cref="DeliveryFailedException">It could not be kept.</exception>
    Task KeepAsync(string key, string position, CancellationToken cancellationToken);
}
