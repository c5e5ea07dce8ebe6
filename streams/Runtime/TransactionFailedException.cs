using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>A transaction has failed, or it is not known whether it has: the thread drops what it holds and goes on from committed state.</summary>
/// <param name="regrouping">Whether the group was sharing out its partitions anew, which is nobody's fault.</param>
internal sealed class TransactionFailedException(string reason, bool regrouping, Exception? cause = null) : StreamsException(reason, cause!)
{
    internal bool Regrouping => regrouping;
}
