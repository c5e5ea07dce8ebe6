using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TweetStreams.Streams.Runtime.Native;

/// <summary>The functions of librdkafka (rdkafka.h) that sending takes. The library is the one that Confluent.Kafka brings.</summary>
internal static unsafe partial class Librdkafka
{
    internal const int Producer = 0;
    internal const int CopyPayload = 0x2;
    internal const int ErrorTextSize = 512;

    private const string Library = "librdkafka";

    // Confluent's package has one build of the library for each family of Linux; the plain one wants libraries that not every machine has.
    private static readonly string[] Builds = [Library, "centos8-librdkafka", "alpine-librdkafka"];

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, static (name, _, path) =>
    {
        if (name != Library) return 0;
        foreach (string build in Builds)
            if (NativeLibrary.TryLoad(build, typeof(Confluent.Kafka.Library).Assembly, path, out nint handle)) return handle;
        return 0;
    });

    /// <summary>rd_kafka_vtype_t: what a <see cref="Field"/> of a record is.</summary>
    internal enum FieldType
    {
        Topic = 2,
        Partition = 3,
        Value = 4,
        Key = 5,
        Tag = 6,
        Flags = 7,
        Timestamp = 8,
        Headers = 10,
    }

    /// <summary>rd_kafka_vu_t: one field of a record that is handed over.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    internal struct Field
    {
        [FieldOffset(0)] internal FieldType Type;
        [FieldOffset(8)] internal nint Pointer;
        [FieldOffset(8)] internal long Number;
        [FieldOffset(8)] internal int Int;
        [FieldOffset(16)] internal nuint Size;
    }

    /// <summary>rd_kafka_message_t: a record that comes back in a report.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Message
    {
        internal int Error;
        internal nint Topic;
        internal int Partition;
        internal byte* Value;
        internal nuint ValueSize;
        internal byte* Key;
        internal nuint KeySize;
        internal long Offset;
        internal nint Tag;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint NewConfig();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_destroy")]
    internal static partial void DestroyConfig(nint config);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Set(nint config, string name, string value, byte* errorText, nuint errorTextSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_opaque")]
    internal static partial void SetOpaque(nint config, nint opaque);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_dr_msg_cb")]
    internal static partial void SetReportCallback(nint config, delegate* unmanaged[Cdecl]<nint, Message*, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_error_cb")]
    internal static partial void SetErrorCallback(nint config, delegate* unmanaged[Cdecl]<nint, int, byte*, nint, void> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set_log_cb")]
    internal static partial void SetLogCallback(nint config, delegate* unmanaged[Cdecl]<nint, int, byte*, byte*, void> callback);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint NewClient(int type, nint config, byte* errorText, nuint errorTextSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    internal static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_opaque")]
    internal static partial nint Opaque(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_name")]
    internal static partial nint Name(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_new", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint NewTopic(nint client, string name, nint config);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_destroy")]
    internal static partial void DestroyTopic(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_name")]
    internal static partial nint TopicName(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_produceva")]
    internal static partial nint Produce(nint client, Field* fields, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_headers_new")]
    internal static partial nint NewHeaders(nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_header_add")]
    internal static partial int AddHeader(nint headers, byte* name, nint nameSize, byte* value, nint valueSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_headers_destroy")]
    internal static partial void DestroyHeaders(nint headers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_poll")]
    internal static partial int Poll(nint client, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_flush")]
    internal static partial int Flush(nint client, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_fatal_error")]
    internal static partial int FatalError(nint client, byte* text, nuint textSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_init_transactions")]
    internal static partial nint InitTransactions(nint client, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_begin_transaction")]
    internal static partial nint BeginTransaction(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_send_offsets_to_transaction")]
    internal static partial nint SendOffsets(nint client, nint offsets, nint group, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_commit_transaction")]
    internal static partial nint CommitTransaction(nint client, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_abort_transaction")]
    internal static partial nint AbortTransaction(nint client, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_new")]
    internal static partial nint NewOffsets(int size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_add", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint AddPartition(nint offsets, string topic, int partition);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_set_offset", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetOffset(nint offsets, string topic, int partition, long offset);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_partition_list_destroy")]
    internal static partial void DestroyOffsets(nint offsets);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata_read")]
    internal static partial nint ReadGroup(out nint group, byte* bytes, nuint size);

    [LibraryImport(Library, EntryPoint = "rd_kafka_consumer_group_metadata_destroy")]
    internal static partial void DestroyGroup(nint group);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_code")]
    internal static partial int ErrorCode(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_string")]
    internal static partial nint ErrorText(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_fatal")]
    internal static partial int IsFatal(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_is_retriable")]
    internal static partial int IsRetriable(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_txn_requires_abort")]
    internal static partial int RequiresAbort(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_error_destroy")]
    internal static partial void DestroyError(nint error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    internal static partial nint Describe(int error);

    /// <summary>What Confluent.Kafka knows of a consumer's membership, in the form that <see cref="ReadGroup"/> takes. It has no public way out of there.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "serializedMetadata")]
    internal static extern ref byte[] Serialized([UnsafeAccessorType("Confluent.Kafka.ConsumerGroupMetadata, Confluent.Kafka")] object group);
}
