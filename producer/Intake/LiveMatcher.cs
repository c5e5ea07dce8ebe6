using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Intake;

/// <summary>The matcher of the rules as they are now. It is made anew in the background when rules change, so that no message waits for that.</summary>
public sealed class LiveMatcher : IAsyncDisposable
{
    private readonly CancellationTokenSource closing = new();
    private readonly Task following;
    private volatile RuleMatcher current;

    /// <summary>Makes the matcher of the rules that are there, and follows their changes until it is disposed.</summary>
    public LiveMatcher(IRuleBook rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        current = new RuleMatcher(rules.Current);
        following = FollowAsync(rules);
    }

    /// <summary>The matcher of the newest rules.</summary>
    public RuleMatcher Current => current;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await following.ConfigureAwait(false);
        closing.Dispose();
    }

    private async Task FollowAsync(IRuleBook rules)
    {
        try
        {
            while (true)
            {
                await rules.ChangedAsync(current.Rules, closing.Token).ConfigureAwait(false);
                RuleSet newest = rules.Current;
                // Not on the thread that tells of the change. What changes meanwhile is seen in the next round, all at once.
                current = await Task.Run(() => new RuleMatcher(newest), closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
        }
        catch (ObjectDisposedException)
        {
            // The rules were closed first: they do not change any more.
        }
    }
}
