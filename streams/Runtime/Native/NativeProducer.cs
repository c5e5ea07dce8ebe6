using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using TweetStreams.Streams.Crosscutting;

namespace TweetStreams.Streams.Runtime.Native;

/// <summary>
/// A producer of librdkafka without the objects that Confluent.Kafka makes of each record and each report: a record goes from memory of the caller's
/// into the library's, and a report comes back as two numbers. A small record costs half of what it costs there.
/// </summary>
/// <remarks>Reports, errors and the failures of records are handed out on the thread that calls, within the call; log lines on threads of the library.</remarks>
internal sealed unsafe class NativeProducer : IRecordProducer
{
    // Reports wait in the library until they are asked for; asking costs as much as a record.
    private const int ServeEvery = 512;

    // Topic, partition, key, value, time, tag, flags; and headers, which most records have none of.
    private const int TopicField = 0, PartitionField = 1, KeyField = 2, ValueField = 3, TimestampField = 4, TagField = 5, FlagsField = 6, HeadersField = 7, Fields = 8;

    private readonly IDeliveryReports reports;
    private readonly Action<LogMessage> log;
    private readonly Action<string> error;
    private readonly Dictionary<string, nint> topics = new(StringComparer.Ordinal);
    private readonly Librdkafka.Field* fields;
    private GCHandle self;
    private nint client;
    private (string Name, nint Topic) last = ("", 0);
    private int sinceServed;

    /// <param name="settings">Settings of librdkafka.</param>
    /// <param name="reports">Is told what became of each record.</param>
    /// <param name="log">Takes the library's log lines, on its threads.</param>
    /// <param name="error">Takes what the library says of brokers that are away.</param>
    /// <exception cref="InvalidOperationException">A setting is unknown, or cannot be.</exception>
    internal NativeProducer(IEnumerable<KeyValuePair<string, string>> settings, IDeliveryReports reports, Action<LogMessage> log, Action<string> error)
    {
        this.reports = reports;
        this.log = log;
        this.error = error;
        byte* text = stackalloc byte[Librdkafka.ErrorTextSize];
        nint config = Librdkafka.NewConfig();
        self = GCHandle.Alloc(this);
        foreach (var (name, value) in settings)
        {
            // Confluent.Kafka's own, of what it does around the library.
            if (name.StartsWith("dotnet.", StringComparison.Ordinal)) continue;
            if (Librdkafka.Set(config, name, value, text, Librdkafka.ErrorTextSize) != 0) throw Refused($"{name}={value}: ");
        }
        Librdkafka.SetOpaque(config, GCHandle.ToIntPtr(self));
        Librdkafka.SetReportCallback(config, &OnReport);
        Librdkafka.SetErrorCallback(config, &OnError);
        Librdkafka.SetLogCallback(config, &OnLog);
        client = Librdkafka.NewClient(Librdkafka.Producer, config, text, Librdkafka.ErrorTextSize);
        if (client == 0) throw Refused("");
        fields = (Librdkafka.Field*)NativeMemory.AllocZeroed(Fields, (nuint)sizeof(Librdkafka.Field));
        fields[TopicField].Type = Librdkafka.FieldType.Topic;
        fields[PartitionField].Type = Librdkafka.FieldType.Partition;
        fields[KeyField].Type = Librdkafka.FieldType.Key;
        fields[ValueField].Type = Librdkafka.FieldType.Value;
        fields[TimestampField].Type = Librdkafka.FieldType.Timestamp;
        fields[TagField].Type = Librdkafka.FieldType.Tag;
        fields[FlagsField] = new Librdkafka.Field { Type = Librdkafka.FieldType.Flags, Int = Librdkafka.CopyPayload };
        fields[HeadersField].Type = Librdkafka.FieldType.Headers;

        InvalidOperationException Refused(string setting)
        {
            Librdkafka.DestroyConfig(config);
            self.Free();
            return new InvalidOperationException(setting + Text((nint)text));
        }
    }

    public Error? Produce(string topic, int partition, RecordBytes key, RecordBytes value, long timestamp, Headers? headers, int tag)
    {
        nint open = Open();
        if (++sinceServed >= ServeEvery) Serve(TimeSpan.Zero);
        if (!ReferenceEquals(last.Name, topic))
        {
            if (Topic(topic) is not (not 0 and var found)) return new Error(ErrorCode.TopicException, $"no topic can be called '{topic}'");
            last = (topic, found);
        }
        fixed (byte* keyBytes = key.Span, valueBytes = value.Span)
        {
            fields[TopicField].Pointer = last.Topic;
            fields[PartitionField].Int = partition;
            Fill(ref fields[KeyField], key, keyBytes);
            Fill(ref fields[ValueField], value, valueBytes);
            fields[TimestampField].Number = timestamp;
            fields[TagField].Pointer = tag;
            nint native = fields[HeadersField].Pointer = headers is null ? 0 : Native(headers);
            nint refused = Librdkafka.Produce(open, fields, (nuint)(native == 0 ? HeadersField : Fields));
            if (refused == 0) return null;
            // The library takes the headers only together with the record.
            if (native != 0) Librdkafka.DestroyHeaders(native);
            return Take(refused).Error;
        }
    }

    public void Serve(TimeSpan timeout)
    {
        sinceServed = 0;
        _ = Librdkafka.Poll(Open(), Milliseconds(timeout));
    }

    public bool Flush(TimeSpan timeout) => Librdkafka.Flush(Open(), Milliseconds(timeout)) == 0;

    public void InitTransactions(TimeSpan timeout) => Throw(Librdkafka.InitTransactions(Open(), Milliseconds(timeout)));

    public void BeginTransaction() => Throw(Librdkafka.BeginTransaction(Open()));

    public void SendOffsetsToTransaction(IReadOnlyCollection<TopicPartitionOffset> offsets, IConsumerGroupMetadata group, TimeSpan timeout)
    {
        byte[] member = Librdkafka.Serialized(group);
        nint list = Librdkafka.NewOffsets(offsets.Count), membership = 0;
        try
        {
            foreach (TopicPartitionOffset offset in offsets)
            {
                _ = Librdkafka.AddPartition(list, offset.Topic, offset.Partition.Value);
                _ = Librdkafka.SetOffset(list, offset.Topic, offset.Partition.Value, offset.Offset.Value);
            }
            fixed (byte* bytes = member) Throw(Librdkafka.ReadGroup(out membership, bytes, (nuint)member.Length));
            Throw(Librdkafka.SendOffsets(Open(), list, membership, Milliseconds(timeout)));
        }
        finally
        {
            Librdkafka.DestroyOffsets(list);
            if (membership != 0) Librdkafka.DestroyGroup(membership);
        }
    }

    public void CommitTransaction(TimeSpan timeout) => Throw(Librdkafka.CommitTransaction(Open(), Milliseconds(timeout)));

    public void AbortTransaction(TimeSpan timeout) => Throw(Librdkafka.AbortTransaction(Open(), Milliseconds(timeout)));

    /// <summary>What was not delivered is given up.</summary>
    public void Dispose()
    {
        if (client == 0) return;
        foreach (nint topic in topics.Values) Librdkafka.DestroyTopic(topic);
        Librdkafka.DestroyClient(client);
        client = 0;
        NativeMemory.Free(fields);
        self.Free();
    }

    private nint Open()
    {
        // Anything that is asked of a client after it was destroyed would be asked of memory that is another's.
        ObjectDisposedException.ThrowIf(client == 0, this);
        return client;
    }

    /// <summary>The library's topic of a name, 0 where none can have it.</summary>
    private nint Topic(string name)
    {
        if (topics.TryGetValue(name, out nint topic)) return topic;
        topic = Librdkafka.NewTopic(Open(), name, 0);
        return topic == 0 ? 0 : topics[name] = topic;
    }

    private void Fill(ref Librdkafka.Field field, RecordBytes record, byte* bytes)
    {
        // An empty span pins to no address, but to the library that means null.
        field.Pointer = bytes == null && record.Some ? (nint)fields : (nint)bytes;
        field.Size = (nuint)record.Span.Length;
    }

    private static nint Native(Headers headers)
    {
        if (headers.Count == 0) return 0;
        nint native = Librdkafka.NewHeaders((nuint)headers.Count);
        foreach (IHeader header in headers)
        {
            byte[] name = Encoding.UTF8.GetBytes(header.Key);
            byte[]? value = header.GetValueBytes();
            byte none = 0;
            fixed (byte* nameBytes = name, valueBytes = value)
                _ = Librdkafka.AddHeader(native, nameBytes, name.Length, valueBytes == null && value is not null ? &none : valueBytes, value?.Length ?? 0);
        }
        return native;
    }

    private void Report(Librdkafka.Message* record)
    {
        if (record->Error == 0)
        {
            reports.Delivered((int)record->Tag, record->Offset);
            return;
        }
        reports.Failed((int)record->Tag, new DeliveryReport<byte[], byte[]>
        {
            TopicPartitionOffsetError = new TopicPartitionOffsetError(Text(Librdkafka.TopicName(record->Topic)), record->Partition, record->Offset, PossiblyFatal(record->Error, null)),
            Message = new Message<byte[], byte[]> { Key = Bytes(record->Key, record->KeySize)!, Value = Bytes(record->Value, record->ValueSize)! },
        });
    }

    private void Throw(nint failure)
    {
        if (failure == 0) return;
        var (kafka, retriable, requiresAbort) = Take(failure);
        throw retriable ? new KafkaRetriableException(kafka) : requiresAbort ? new KafkaTxnRequiresAbortException(kafka) : new KafkaException(kafka);
    }

    private (Error Error, bool Retriable, bool RequiresAbort) Take(nint failure)
    {
        try
        {
            return (PossiblyFatal(Librdkafka.ErrorCode(failure), Text(Librdkafka.ErrorText(failure)), Librdkafka.IsFatal(failure) != 0), Librdkafka.IsRetriable(failure) != 0, Librdkafka.RequiresAbort(failure) != 0);
        }
        finally
        {
            Librdkafka.DestroyError(failure);
        }
    }

    // After a fatal error everything fails of "fatal"; what it was must be asked for.
    private Error PossiblyFatal(int code, string? reason, bool fatal = false)
    {
        if ((ErrorCode)code != Confluent.Kafka.ErrorCode.Local_Fatal) return new Error((ErrorCode)code, reason ?? Text(Librdkafka.Describe(code)), fatal);
        byte* text = stackalloc byte[Librdkafka.ErrorTextSize];
        int cause = Librdkafka.FatalError(client, text, Librdkafka.ErrorTextSize);
        return cause == 0 ? new Error((ErrorCode)code, reason ?? Text(Librdkafka.Describe(code)), true) : new Error((ErrorCode)cause, Text((nint)text), true);
    }

    private static byte[]? Bytes(byte* bytes, nuint size) => bytes == null ? null : new ReadOnlySpan<byte>(bytes, (int)size).ToArray();

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    private static int Milliseconds(TimeSpan timeout) => (int)timeout.TotalMilliseconds;

    private static NativeProducer Of(nint opaque) => (NativeProducer)GCHandle.FromIntPtr(opaque).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnReport(nint client, Librdkafka.Message* record, nint opaque) => Of(opaque).Report(record);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, int code, byte* reason, nint opaque)
    {
        string text = Text((nint)reason);
        Guarded(() => Of(opaque).error(text));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        var message = new LogMessage(Text(Librdkafka.Name(client)), (SyslogLevel)level, Text((nint)facility), Text((nint)text));
        Guarded(() => Of(Librdkafka.Opaque(client)).log(message));
    }

    // An exception that leaves a callback ends the process; a logger's is not worth that.
    private static void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
        }
    }
}
