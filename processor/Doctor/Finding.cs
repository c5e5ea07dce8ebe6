namespace TweetStreams.Processor.Doctor;

internal enum Verdict
{
    Good,

    /// <summary>It works, and somebody should know.</summary>
    Look,

    /// <summary>A processor would not start with it, or not work.</summary>
    Wrong,
}

/// <summary>What an examination has found, in plain words.</summary>
internal sealed record Finding(Verdict Verdict, string What, string Said);
