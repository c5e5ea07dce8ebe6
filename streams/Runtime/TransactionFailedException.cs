using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>A transaction has failed, or it is not known whether it has: the thread drops what it holds and goes on from committed state.</summary>
internal sealed class TransactionFailedException(string reason, Exception cause) : StreamsException(reason, cause);
