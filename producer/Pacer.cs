namespace TweetStreams.Producer;

/// <summary>
/// Replays messages at the pace at which they happened, or a multiple of it. Time that passed between two events passes between their
/// messages, divided by the speed. A gap of more than <see cref="LongestGap"/> of event time, ahead or back, is a break in the recording and
/// not waited for: the clock is set anew there. Smaller steps back never wait.
/// </summary>
internal sealed class Pacer(double speed, TimeProvider time)
{
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(60);

    private long? _latestEvent;
    private long _anchorEvent;
    private long _anchorTimestamp;

    /// <summary>Completes when it is time for something that happened at <paramref name="eventTime"/>, in ms.</summary>
    public Task WaitAsync(long eventTime, CancellationToken cancellationToken)
    {
        if (_latestEvent is not { } latest || Math.Abs(eventTime - latest) > LongestGap.TotalMilliseconds)
        {
            _latestEvent = _anchorEvent = eventTime;
            _anchorTimestamp = time.GetTimestamp();
            return Task.CompletedTask;
        }

        _latestEvent = Math.Max(latest, eventTime);
        TimeSpan due = TimeSpan.FromMilliseconds((eventTime - _anchorEvent) / speed);
        TimeSpan ahead = due - time.GetElapsedTime(_anchorTimestamp);
        return ahead > TimeSpan.Zero ? Task.Delay(ahead, time, cancellationToken) : Task.CompletedTask;
    }
}
