namespace TweetStreams.Schemas;

/// <summary>Where a value of a field lies in a message's bytes.</summary>
/// <param name="Field">The field, by its number in <see cref="FieldNames"/>.</param>
/// <param name="Start">The value's first byte, which tells what it is: a string by its quote, an object or array by its bracket.</param>
/// <param name="End">The byte behind its last one.</param>
public readonly record struct FieldNote(byte Field, int Start, int End);

/// <summary>
/// Where the values of fields lie in one message, noted while it is read, so that who wants them need not look for them once more. In the order in which they begin: an object
/// comes before its members, an array before its items, which are values of the same field. Of equal names each is there. Arrays in arrays are not noted, nor what is in them.
/// Used again and again, by one thread.
/// </summary>
/// <param name="names">The fields that are wanted.</param>
public sealed class FieldNotes(FieldNames names)
{
    private const int Few = 256;

    // More are not kept for the next message: one of many megabytes comes once, if ever.
    private const int Most = 65_536;

    private FieldNote[] notes = new FieldNote[Few];
    private int count;

    /// <summary>The fields that are wanted.</summary>
    public FieldNames Names => names;

    /// <summary>The bytes of the message that was read last.</summary>
    public byte[] Raw { get; private set; } = [];

    /// <summary>What was noted of it: nothing where it is a dead letter; of an envelope, what is in the message in it.</summary>
    public ReadOnlySpan<FieldNote> All => notes.AsSpan(0, count);

    /// <summary>The same of any message: it is read once more if it was not the last one.</summary>
    public ReadOnlySpan<FieldNote> Of(in Message message)
    {
        if (!ReferenceEquals(message.Raw, Raw)) MessageReader.Read(message.Raw, this);
        return All;
    }

    internal void Begin(byte[] raw)
    {
        (Raw, count) = (raw, 0);
        if (notes.Length > Most) notes = new FieldNote[Few];
    }

    /// <summary>Notes where a value begins; <see cref="End"/> follows.</summary>
    internal int Begin(byte field, int start)
    {
        if (count == notes.Length) Array.Resize(ref notes, count * 2);
        notes[count] = new FieldNote(field, start, start);
        return count++;
    }

    internal void End(int note, int end) => notes[note] = notes[note] with { End = end };
}
