namespace TweetStreams.Producer.Sources.Sample;

/// <summary>
/// Random numbers that are the same for a seed on every version of .NET, which <see cref="Random"/> does not promise (SplitMix64).
/// </summary>
internal sealed class SampleRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>0 to below 1.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Fraction() < probability;

    public T Pick<T>(IReadOnlyList<T> values) => values[Below(values.Count)];

    /// <summary>So many characters of the alphabet that Bluesky writes its identifiers in.</summary>
    public string Base32(int length) => string.Create(length, this, static (text, random) =>
    {
        foreach (ref char c in text)
            c = "234567abcdefghijklmnopqrstuvwxyz"[random.Below(32)];
    });
}
