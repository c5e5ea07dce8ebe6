namespace TweetStreams.Producer;

/// <summary>Lets the host slow the feed down, as where the broker keeps only so much and the readers must keep up.</summary>
public interface IFlowGate
{
    /// <summary>Completes when a message of this size may be written.</summary>
    ValueTask AdmitAsync(int bytes, CancellationToken cancellationToken);
}
