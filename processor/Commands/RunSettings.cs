using TweetStreams.Producer.Sources;

namespace TweetStreams.Processor.Commands;

/// <summary>What the run command is started with besides the processor's settings.</summary>
internal sealed record RunSettings(IReadOnlyList<string> Sources, SampleOptions Sample, double? Speed, string? Export)
{
    /// <summary>Whether every source has an end, so that the run has one.</summary>
    public bool Ends => Sources.All(source => source != SourceSpec.Sample) || Sample.Count is not null;
}
