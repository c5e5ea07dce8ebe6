using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TweetStreams.Producer.Matching;

/// <summary>The letters of one string of a message, with what makes words in it quick to find: their kinds, and a hash of every beginning. Used again and again, by one thread.</summary>
internal sealed class TextLetters
{
    private const int Few = 1024;

    // Room for more is not kept for the next string: one of many megabytes comes once, if ever.
    private const int Most = 65_536;

    private int[] letters = new int[Few];
    private byte[] kinds = new byte[Few + Block]; // with at least a block of spaces behind the last
    private ulong[] hashes = new ulong[Few + 1]; // of the letters before each one, and of all; the first is TermTable.Start

    /// <summary>So many letters have their kinds told at once.</summary>
    public const int Block = 64;

    /// <summary>How many letters there are.</summary>
    public int Count { get; private set; }

    /// <summary>The letters.</summary>
    public ReadOnlySpan<int> All => letters.AsSpan(0, Count);

    /// <summary>The hash of the letters from one to before another, as <see cref="TermTable.Add"/> makes it of them one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Hash(int start, int end) => TermTable.Without(hashes[end], hashes[start], end - start);

    /// <summary>Which of a block of letters are of which kind. What is behind the last letter is a space; ask for one more block than is full.</summary>
    public KindBits Kinds(int block) => new(Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(kinds), (nuint)block));

    /// <summary>
    /// Takes a string in JSON, given what stands between its quotes, which is known to be valid. A lone surrogate is U+FFFD.
    /// </summary>
    public void Decode(ReadOnlySpan<byte> body)
    {
        // There are never more letters than bytes, so nothing below writes behind the end.
        MakeRoom(body.Length);
        ref int letter = ref MemoryMarshal.GetArrayDataReference(letters);
        ref byte kind = ref MemoryMarshal.GetArrayDataReference(kinds);
        ref ulong hash = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(hashes), 1);
        ReadOnlySpan<int> known = Letters.Known;
        ulong sum = TermTable.Start;
        int count = 0;
        for (int at = 0; at < body.Length; count++)
        {
            int next = body[at];
            if (next < 0x80 && next != '\\')
            {
                next = known[next];
                at++;
            }
            else
            {
                next = Letters.TakePoint(body, ref at);
                next = (uint)next < (uint)known.Length ? known[next] : Letters.Of(next);
            }
            Unsafe.Add(ref letter, count) = next;
            Unsafe.Add(ref kind, count) = Letters.KindByte(next);
            Unsafe.Add(ref hash, count) = sum = TermTable.Add(sum, next);
        }
        kinds.AsSpan(count, Block).Clear();
        Count = count;
    }

    /// <summary>The same without kinds and without folding: code points.</summary>
    public void DecodeAsIs(ReadOnlySpan<byte> body)
    {
        MakeRoom(body.Length);
        Count = 0;
        for (int at = 0; at < body.Length; Count++)
        {
            letters[Count] = Letters.TakePoint(body, ref at);
            hashes[Count + 1] = TermTable.Add(hashes[Count], letters[Count]);
        }
    }

    private void MakeRoom(int size)
    {
        if (letters.Length >= size && (letters.Length <= Most || size > Most)) return;
        size = Math.Max(size, Few);
        if (size <= Most) size = (int)BitOperations.RoundUpToPowerOf2((uint)size);
        (letters, kinds, hashes) = (new int[size], new byte[size + Block], new ulong[size + 1]);
    }

    /// <summary>One bit for each letter of a block.</summary>
    public readonly ref struct KindBits(Vector512<byte> kinds)
    {
        private readonly Vector512<byte> kinds = kinds;

        /// <summary>Letters and marks, of which words are.</summary>
        public ulong InWord => Are(Letters.Word) | Are(Letters.Mark);

        /// <summary>Punctuation and signs: what may stand in a joined word.</summary>
        public ulong Joining => Are(Letters.Punctuation) | Are(Letters.Sign) | Marking;

        /// <summary>#, @ and $.</summary>
        public ulong Marking => Are(Letters.MarkingByte);

        /// <summary>What may begin something that is looked for anywhere, or stand in it.</summary>
        public bool HasAnywhere => (Are(Letters.Sign) | Are(Letters.Symbol) | Are(Letters.Unspaced)) != 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private ulong Are(int kind) => Vector512.Equals(kinds, Vector512.Create((byte)kind)).ExtractMostSignificantBits();
    }
}
