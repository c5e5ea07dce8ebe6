using TweetStreams.Streams.Stream;

namespace TweetStreams.Streams.State;

/// <summary>A key of a window, whatever the key's type.</summary>
public abstract class Windowed
{
    public abstract Window Window { get; }
}

/// <summary>A key and the window that its value belongs to.</summary>
public class Windowed<K>(K key, Window window) : Windowed
{
    public K Key { get; } = key;
    public override Window Window { get; } = window;

    public override bool Equals(object? obj) => obj is Windowed<K> other && EqualityComparer<K>.Default.Equals(Key, other.Key) && Window.Equals(other.Window);
    public override int GetHashCode() => HashCode.Combine(Key, Window);
    public override string ToString() => $"[{Key}@{Window.StartMs}/{Window.EndMs}]";
}
