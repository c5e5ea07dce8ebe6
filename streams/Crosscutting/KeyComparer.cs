using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Crosscutting;

/// <summary>How keys in a record cache are compared: by content, as their bytes in the store are. Two objects for one key would overwrite each other's counts.</summary>
internal static class KeyComparer
{
    /// <summary>The comparer for keys of a type, null where its own equality will do.</summary>
    /// <exception cref="TopologyException">The type has no equality by content.</exception>
    internal static IEqualityComparer<K>? Of<K>()
    {
        Type type = typeof(K);
        if (type == typeof(byte[])) return (IEqualityComparer<K>)(object)ByteArrayComparer.Instance;
        if (type.IsClass && type != typeof(object) && type.GetMethod(nameof(Equals), [typeof(object)])!.DeclaringType == typeof(object))
            throw new TopologyException($"keys of type {type} are equal only to themselves, so they cannot be grouped; override Equals and GetHashCode, or use a record type");
        return null;
    }
}
