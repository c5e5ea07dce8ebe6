using TweetStreams.Producer.Feeding;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Processor.Commands;

/// <summary>What the run command is started with besides the processor's settings.</summary>
internal sealed record RunSettings(FeedingSettings Feeding, double? Speed, string? Export)
{
    /// <summary>Whether every source has an end, so that the run has one.</summary>
    public bool Ends => Feeding.Sources.All(source => source == SourceSpec.Sample ? Feeding.Settings.Sample.Count is not null : !SourceSpec.IsLive(source));
}
