using System.Numerics;
using System.Runtime.CompilerServices;

namespace TweetStreams.Producer.Matching;

/// <summary>Finds terms by their letters. Most words of a message are no term of any rule, and one bit tells.</summary>
internal sealed class TermTable
{
    private const ulong Factor = 0x9E3779B97F4A7C15;
    private const int Turn = 7;

    private readonly ulong[] filter = new ulong[1024];
    private readonly ulong[] hashes;
    private readonly int[] terms;
    private readonly int[][] letters;
    private readonly int shift;

    /// <summary>A table of terms, each of which is there once; a term's number is its place. Those that are substrings are left out.</summary>
    public TermTable(IReadOnlyList<Term> all)
    {
        letters = [.. all.Select(term => term.Letters)];
        int bits = BitOperations.Log2((uint)all.Count + 1) + 2;
        shift = 64 - bits;
        hashes = new ulong[1 << bits];
        terms = new int[hashes.Length];
        for (int number = 0; number < all.Count; number++)
        {
            if (all[number].Kind == TermKind.Substring) continue;
            ulong hash = End(Of(all[number].Letters), all[number].Kind);
            filter[hash >> 54] |= 1UL << (int)(hash >> 48 & 63);
            int slot = (int)(hash >> shift);
            while (hashes[slot] != 0) slot = slot + 1 & hashes.Length - 1;
            (hashes[slot], terms[slot]) = (hash, number);
        }
    }

    /// <summary>The hash of no letters.</summary>
    public const ulong Start = 0;

    /// <summary>The hash of some letters and one more.</summary>
    /// <remarks>A multiplication for each letter would take most of the time that words take; there is one at the end.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong hash, int letter) => BitOperations.RotateLeft(hash, Turn) ^ (uint)Letters.CodePoint(letter);

    /// <summary>The hash of the last letters of some, given the hash of all and that of those before them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Without(ulong all, ulong before, int last) => all ^ BitOperations.RotateLeft(before, Turn * last);

    /// <summary>The hash of letters.</summary>
    public static ulong Of(ReadOnlySpan<int> letters)
    {
        ulong hash = Start;
        foreach (int letter in letters) hash = Add(hash, letter);
        return hash;
    }

    /// <summary>The number of a term of this kind with these letters, given with their hash; -1 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(TermKind kind, ulong hash, ReadOnlySpan<int> text)
    {
        hash = End(hash, kind);
        return (filter[hash >> 54] >> (int)(hash >> 48 & 63) & 1) == 0 ? -1 : Look(kind, hash, text);
    }

    // Never 0, which marks a slot as free.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong End(ulong hash, TermKind kind)
    {
        hash = (hash + (ulong)kind) * Factor;
        hash = (hash ^ hash >> 32) * Factor;
        return (hash ^ hash >> 29) | 1;
    }

    private int Look(TermKind kind, ulong hash, ReadOnlySpan<int> text)
    {
        for (int slot = (int)(hash >> shift); hashes[slot] != 0; slot = slot + 1 & hashes.Length - 1)
            if (hashes[slot] == hash && Same(letters[terms[slot]], text)) return terms[slot];
        return -1;

        static bool Same(int[] term, ReadOnlySpan<int> text)
        {
            if (term.Length != text.Length) return false;
            for (int i = 0; i < term.Length; i++)
                if (Letters.CodePoint(term[i]) != Letters.CodePoint(text[i])) return false;
            return true;
        }
    }
}
