using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Metrics;

namespace TweetStreams.Producer;

/// <summary>What the program was asked to do.</summary>
/// <param name="Feeding">What to feed.</param>
/// <param name="Feed">Where to.</param>
/// <param name="Metrics">Where the metrics are shown; null for nowhere.</param>
/// <param name="JsonLog">Whether the log is JSON.</param>
/// <param name="Verbose">Whether the log says what happens, not only what goes wrong.</param>
internal sealed record ProducerArguments(FeedingSettings Feeding, FeedOptions Feed, MetricsAddress? Metrics = null, bool JsonLog = false, bool Verbose = false);
