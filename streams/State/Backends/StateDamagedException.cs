using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.State.Backends;

/// <summary>State on disk cannot be read; it is rebuilt from the changelogs.</summary>
internal sealed class StateDamagedException(string message, Exception cause) : ProcessorStateException(message, cause);
