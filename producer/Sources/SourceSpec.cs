namespace TweetStreams.Producer.Sources;

/// <summary>What people write to name a source: <c>sample</c>, <c>-</c> for standard input, or the path of a file.</summary>
public static class SourceSpec
{
    /// <summary>The made-up stream.</summary>
    public const string Sample = "sample";

    /// <summary>Standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Opens the named sources, to be read one after the other. All of them are checked here, before anything is produced.</summary>
    /// <exception cref="SourceException">A file is missing, a directory, not readable, or named .gz without being gzip.</exception>
    public static IMessageSource Open(IReadOnlyList<string> specs, SampleOptions sample, TimeProvider time) => Open(specs, sample, LineLimit.Default, time);

    /// <inheritdoc cref="Open(IReadOnlyList{string}, SampleOptions, TimeProvider)"/>
    public static IMessageSource Open(IReadOnlyList<string> specs, SampleOptions sample, LineLimit limit, TimeProvider time)
    {
        if (specs.Count == 0)
            throw new SourceException($"no source is named; give {Sample}, {StandardInput} for standard input, or the path of a file");
        if (specs.Count(spec => spec == StandardInput) > 1)
            throw new SourceException("standard input (-) is named more than once; it can be read only once");

        IMessageSource[] sources = [.. specs.Select(spec => spec switch
        {
            Sample => new SampleSource(sample, time),
            StandardInput => new StandardInputSource(Console.OpenStandardInput(), limit),
            _ => (IMessageSource)FileSource.Open(spec, limit),
        })];
        return sources is [var only] ? only : new SourceSequence(sources);
    }
}
