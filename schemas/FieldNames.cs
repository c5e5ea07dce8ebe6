using System.Runtime.CompilerServices;
using System.Text;

namespace TweetStreams.Schemas;

/// <summary>
/// Which members of which objects are fields that somebody wants: a tree of numbers, whose root is the message itself. Arrays do not count: a field's members are those of
/// each object in its array.
/// </summary>
public sealed class FieldNames
{
    /// <summary>What is no field.</summary>
    public const byte None = 0;

    /// <summary>The message itself.</summary>
    public const byte Message = 1;

    /// <summary>So many bytes a name may have.</summary>
    public const int LongestName = 32;

    private readonly Members?[] members = new Members?[byte.MaxValue + 1];

    /// <summary>A tree of fields.</summary>
    /// <param name="fields">Each field: the one whose object it is a member of, its name there, and its own number, which may be that of other members too.</param>
    /// <exception cref="ArgumentException">An object has two members of a name, or two whose names are as long and have the same first, middle and last letter; a name is empty or too long, a number is missing, or a field is inside itself.</exception>
    public FieldNames(IReadOnlyCollection<(byte Of, string Name, byte Field)> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (IGrouping<byte, (byte Of, string Name, byte Field)> some in fields.GroupBy(field => field.Of))
            members[some.Key] = new Members([.. some.Select(field => (Encoding.UTF8.GetBytes(field.Name), field.Field))]);
        // Objects are read by methods that call one another, so how deep they may lie must not be up to who sends a message.
        for (int field = 0; field < members.Length; field++)
            if (IsInside(fields, (byte)field, [(byte)field])) throw new ArgumentException($"field {field} is inside itself");
    }

    /// <summary>No fields.</summary>
    public static FieldNames Nothing { get; } = new([]);

    /// <summary>The members of a field's object that are fields; null where there are none.</summary>
    internal Members? Of(byte field) => members[field];

    private static bool IsInside(IReadOnlyCollection<(byte Of, string Name, byte Field)> fields, byte field, HashSet<byte> outside)
    {
        foreach ((_, _, byte inside) in fields.Where(inner => inner.Of == field))
        {
            if (!outside.Add(inside)) return true;
            if (IsInside(fields, inside, outside)) return true;
            outside.Remove(inside);
        }
        return false;
    }

    /// <summary>The members of one object that are fields.</summary>
    /// <remarks>Most names in a message are none of them, which one bit tells most of the time; and a hash without collisions leaves one name to compare with.</remarks>
    internal sealed class Members
    {
        private const int Slots = 128;
        private const uint FirstFactor = 0x9E3779B1;
        private const int Tries = 100_000;

        private readonly byte[] fields = new byte[Slots];
        private readonly byte[][] names = new byte[Slots][];
        private readonly ulong beginnings;
        private readonly uint factor;

        public Members((byte[] Name, byte Field)[] all)
        {
            if (all.Any(field => field.Name.Length is 0 or > LongestName || field.Field == None))
                throw new ArgumentException($"a field has no number, no name, or one of more than {LongestName} bytes");
            foreach ((byte[] name, _) in all) beginnings |= Beginning(name);
            for (factor = FirstFactor; !IsFilled(all); factor += 2)
                if (factor == FirstFactor + 2 * Tries) throw new ArgumentException($"names in one object that are the same, or too much alike: {string.Join(", ", all.Select(field => Encoding.UTF8.GetString(field.Name)))}");
        }

        /// <summary>The field that a name without escapes is; <see cref="None"/> where it is none.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public byte Find(ReadOnlySpan<byte> name)
        {
            if (name.IsEmpty || (beginnings & Beginning(name)) == 0) return None;
            uint slot = Slot(name);
            byte field = fields[slot];
            return field != None && name.SequenceEqual(names[slot]) ? field : None;
        }

        private bool IsFilled((byte[] Name, byte Field)[] all)
        {
            Array.Clear(fields);
            foreach ((byte[] name, byte field) in all)
            {
                uint slot = Slot(name);
                if (fields[slot] != None) return false;
                (fields[slot], names[slot]) = (field, name);
            }
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong Beginning(ReadOnlySpan<byte> name) => 1UL << (name[0] + name.Length * 5);

        // Names of one object are told apart by their length and three of their letters.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private uint Slot(ReadOnlySpan<byte> name) => ((uint)name.Length << 24 | (uint)name[name.Length >> 1] << 16 | (uint)name[0] << 8 | name[^1]) * factor >> 25;
    }
}
