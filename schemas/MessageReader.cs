using System.Text;
using System.Text.Unicode;

namespace TweetStreams.Schemas;

using static MessageField;

/// <summary>
/// Tells what a message is, in one pass over its bytes: no document, no string, nothing allocated but the id. The rule is docs/DESIGN.md's; the order
/// of the questions in <see cref="Classify"/> is part of it.
/// </summary>
public static class MessageReader
{
    /// <summary>
    /// Reads one line or frame of a stream. Never throws: what is not one JSON object is a dead letter, with its reason; null is one without bytes.
    /// </summary>
    public static Message Read(byte[]? raw) => Read(raw, null);

    /// <summary>The same, with notes of where the values of fields lie.</summary>
    /// <param name="raw">The message.</param>
    /// <param name="notes">Says which fields, and takes the notes; null for none.</param>
    public static Message Read(byte[]? raw, FieldNotes? notes)
    {
        Message message = ReadNoting(raw, notes);
        if (message.Kind == MessageKind.DeadLetter) notes?.Begin(message.Raw);
        return message;
    }

    private static Message ReadNoting(byte[]? raw, FieldNotes? notes)
    {
        if (raw is null) return DeadLetter([], "null");
        if (!Utf8.IsValid(raw)) return DeadLetter(raw, $"not UTF-8 at byte {FirstInvalidByte(raw)}");
        int start = JsonScanner.SkipSpace(raw, 0);
        if (start == raw.Length) return DeadLetter(raw, "empty");
        if (raw[start] != '{') return DeadLetter(raw, $"not a JSON object: begins with byte 0x{raw[start]:X2}");
        notes?.Begin(raw);
        var fields = new MessageFields(raw, notes);
        int end = fields.Read(start);
        if (end < 0) return DeadLetter(raw, Fault(raw, ~end));
        end = JsonScanner.SkipSpace(raw, end);
        if (end < raw.Length) return DeadLetter(raw, $"more than one JSON object: goes on at byte {end}");
        // Site streams put a message into an envelope. It is valid already, so reading it again cannot fail.
        while (fields.Has(ForUser) && fields.IsObject(EnvelopedMessage))
        {
            start = fields.Place(EnvelopedMessage).Start;
            notes?.Begin(raw);
            fields = new MessageFields(raw, notes);
            fields.Read(start);
        }
        return Classify(raw, in fields);
    }

    private static Message Classify(byte[] raw, in MessageFields fields)
    {
        if (fields.IsString(Did) && fields.Has(Kind)) return Jetstream(raw, in fields);
        if (fields.IsObject(Data)) return Version2(raw, in fields);
        if ((fields.IsString(Text) || fields.IsString(FullText)) && (Ident(in fields, IdStr) ?? Ident(in fields, Id)) is { } id)
        {
            // The full text of an extended tweet is recorded only if that is an object.
            MessageField text = fields.IsText(ExtendedTweetFullText) ? ExtendedTweetFullText : fields.IsText(FullText) ? FullText : Text;
            MessageKind kind = fields.IsObject(RetweetedStatus) ? MessageKind.Retweet : MessageKind.Tweet;
            return new Message(kind, raw, id, TweetTime(in fields), TextPlace(in fields, text), retweeted: kind == MessageKind.Retweet ? fields.Place(RetweetedStatus) : default);
        }
        if (fields.IsObject(Delete) && fields.IsObject(DeleteStatus))
        {
            byte[]? deleted = Ident(in fields, DeleteStatusIdStr) ?? Ident(in fields, DeleteStatusId);
            return new Message(MessageKind.Delete, raw, deleted, DigitsTime(in fields, DeleteTimestampMs));
        }
        if (fields.IsObject(Limit)) return new Message(MessageKind.Limit, raw, eventTime: DigitsTime(in fields, LimitTimestampMs));
        return new Message(MessageKind.Notice, raw);
    }

    private static Message Version2(byte[] raw, in MessageFields fields)
    {
        if (fields.IsString(DataText) && Ident(in fields, DataId) is { } id)
        {
            MessageField text = fields.IsText(DataNoteTweetText) ? DataNoteTweetText : DataText;
            bool retweet = fields.IsArray(DataReferences) && fields.Says(DataReferenceType, "retweeted"u8);
            return new Message(retweet ? MessageKind.Retweet : MessageKind.Tweet, raw, id, IsoTime(in fields, DataCreatedAt), TextPlace(in fields, text));
        }
        if (fields.IsObject(DataDelete) && fields.IsObject(DataDeleteTweet))
            return new Message(MessageKind.Delete, raw, Ident(in fields, DataDeleteTweetId), IsoTime(in fields, DataDeleteEventAt));
        return new Message(MessageKind.Notice, raw);
    }

    private static Message Jetstream(byte[] raw, in MessageFields fields)
    {
        long time = fields.IsWhole(TimeUs) ? EventTime.OfMicros(fields.Value(TimeUs)) : Message.NoTime;
        if (fields.Says(Kind, "commit"u8) && fields.IsObject(Commit))
        {
            bool post = fields.Says(CommitCollection, "app.bsky.feed.post"u8), repost = fields.Says(CommitCollection, "app.bsky.feed.repost"u8);
            bool create = fields.Says(CommitOperation, "create"u8);
            if (post && (create || fields.Says(CommitOperation, "update"u8)) && fields.IsString(CommitRecordText))
                return new Message(MessageKind.Tweet, raw, Uri(in fields), time, TextPlace(in fields, CommitRecordText));
            if (repost && create) return new Message(MessageKind.Retweet, raw, Uri(in fields), time);
            if ((post || repost) && fields.Says(CommitOperation, "delete"u8)) return new Message(MessageKind.Delete, raw, Uri(in fields), time);
        }
        return new Message(MessageKind.Notice, raw, eventTime: time);
    }

    // at://did/collection/rkey, where a key that is no string reads as the reference prints it, or, if that depends on Python, as it came.
    private static byte[] Uri(in MessageFields fields)
    {
        ReadOnlySpan<byte> key = fields.IsString(CommitRkey) ? JsonString.Plain(fields.Body(CommitRkey)) : fields.Value(CommitRkey);
        if (!fields.IsString(CommitRkey))
        {
            key = Ident(in fields, CommitRkey) ?? (key is [] ? (byte)'n' : key[0]) switch
            {
                (byte)'n' => "None"u8,
                (byte)'t' => "True"u8,
                (byte)'f' => "False"u8,
                _ => key,
            };
        }
        return [.. "at://"u8, .. JsonString.Plain(fields.Body(Did)), (byte)'/', .. JsonString.Plain(fields.Body(CommitCollection)), (byte)'/', .. key];
    }

    // An id is a string that is not empty, or a whole number of any size.
    private static byte[]? Ident(in MessageFields fields, MessageField field) =>
        fields.IsText(field) ? JsonString.ToArray(fields.Body(field))
        : !fields.IsWhole(field) ? null
        : fields.Value(field).SequenceEqual("-0"u8) ? "0"u8.ToArray()
        : fields.Value(field).ToArray();

    private static JsonSlice TextPlace(in MessageFields fields, MessageField field) => fields.IsString(field) ? fields.BodyPlace(field) : default;

    private static long TweetTime(in MessageFields fields)
    {
        if (fields.IsString(TimestampMs) && EventTime.IsDigits(JsonString.Plain(fields.Body(TimestampMs)))) return DigitsTime(in fields, TimestampMs);
        return fields.IsString(CreatedAt) ? EventTime.OfClassic(JsonString.Plain(fields.Body(CreatedAt))) : Message.NoTime;
    }

    private static long DigitsTime(in MessageFields fields, MessageField field)
    {
        if (!fields.IsString(field)) return Message.NoTime;
        ReadOnlySpan<byte> text = JsonString.Plain(fields.Body(field));
        return EventTime.IsDigits(text) ? EventTime.OfDigits(text) : Message.NoTime;
    }

    private static long IsoTime(in MessageFields fields, MessageField field) =>
        fields.IsString(field) ? EventTime.OfIso(JsonString.Plain(fields.Body(field))) : Message.NoTime;

    private static Message DeadLetter(byte[] raw, string reason) => new(MessageKind.DeadLetter, raw, reason: reason);

    private static string Fault(byte[] raw, int at) =>
        at >= raw.Length ? $"not JSON: ends too early, after {raw.Length} bytes"
        : raw[at] is (byte)'{' or (byte)'[' && JsonScanner.Level(raw.AsSpan(0, at)) == JsonScanner.DeepestLevel
            ? $"deeper than {JsonScanner.DeepestLevel} levels at byte {at}"
        : $"not JSON at byte {at}: 0x{raw[at]:X2}";

    private static int FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int used) == System.Buffers.OperationStatus.Done) at += used;
        return at;
    }
}
