namespace TweetStreams.Producer.Sources.Sample;

/// <summary>A random choice in which some values come more often than others.</summary>
internal sealed class WeightedChoice<T>
{
    private readonly T[] _values;
    private readonly double[] _upTo;

    public WeightedChoice(IEnumerable<(T Value, double Weight)> choices)
    {
        (T Value, double Weight)[] all = [.. choices];
        _values = [.. all.Select(choice => choice.Value)];
        _upTo = new double[all.Length];
        double sum = 0;
        for (int i = 0; i < all.Length; i++)
            _upTo[i] = sum += all[i].Weight;
    }

    /// <summary>Zipf's law, as in any language: the second comes half as often as the first, the third a third as often.</summary>
    public static WeightedChoice<T> Zipf(IEnumerable<T> values) => new(values.Select((value, rank) => (value, 1.0 / (rank + 1))));

    public T Pick(SampleRandom random)
    {
        int index = Array.BinarySearch(_upTo, random.Fraction() * _upTo[^1]);
        return _values[Math.Min(index < 0 ? ~index : index + 1, _values.Length - 1)];
    }
}
