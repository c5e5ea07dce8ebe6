using TweetStreams.Streams.State.Enumerator;

namespace TweetStreams.Streams.State;

public static class EnumeratorExtensions
{
    /// <summary>Reads what is left into a list and disposes the enumerator.</summary>
    public static List<KeyValuePair<K, V>> ToList<K, V>(this IKeyValueEnumerator<K, V> enumerator)
    {
        var rows = new List<KeyValuePair<K, V>>();
        using (enumerator)
        {
            while (enumerator.MoveNext()) rows.Add(enumerator.Current!.Value);
        }
        return rows;
    }
}
