namespace TweetStreams.Producer.Sources.Sample;

/// <summary>The last few of something, to come back to: a retweet, a delete and a duplicate need an earlier message.</summary>
internal sealed class Recent<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private long _added;

    public bool IsEmpty => _added == 0;

    public void Add(T item) => _items[_added++ % capacity] = item;

    public T Pick(SampleRandom random) => _items[random.Below((int)Math.Min(_added, capacity))];
}
