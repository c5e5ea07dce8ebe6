using TweetStreams.Producer.Metrics;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer;

/// <summary>What the program was asked to do.</summary>
internal sealed record ProducerArguments(IReadOnlyList<string> Sources, SampleOptions Sample, FeedOptions Feed, MetricsAddress? Metrics = null);
