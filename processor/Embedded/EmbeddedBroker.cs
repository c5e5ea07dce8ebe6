using System.Runtime.InteropServices;
using Confluent.Kafka;
using TweetStreams.Producer.Feeding;

namespace TweetStreams.Processor.Embedded;

/// <summary>
/// librdkafka's mock broker, in this process: a Kafka for trying out, with no installation. It keeps everything in memory, at most 5 MB a partition,
/// and is gone with the process.
/// </summary>
internal sealed class EmbeddedBroker : IDisposable
{
    private readonly nint client;
    private readonly nint cluster;

    /// <exception cref="StreamsException">The client library has no mock broker.</exception>
    public EmbeddedBroker(int partitions)
    {
        try
        {
            nint config = MockBroker.NewConfig();
            MockBroker.Set(config, "log_level", "0", 0, 0); // it would warn that it knows no broker: it is about to be one
            client = MockBroker.NewClient(MockBroker.Producer, config, 0, 0);
            cluster = MockBroker.NewCluster(client, 1);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new StreamsException($"this machine's librdkafka brings no embedded broker ({e.Message}); use a real one with --kafka host:port", e);
        }
        if (cluster == 0) throw new StreamsException("the embedded broker did not start; use a real one with --kafka host:port");
        foreach (string topic in Topics.Outputs.Append(Topics.Raw)) MockBroker.CreateTopic(cluster, topic, partitions, 1);
        foreach (string topic in FeedTopics.All) MockBroker.CreateTopic(cluster, topic, 1, 1);
        BootstrapServers = Marshal.PtrToStringUTF8(MockBroker.Bootstraps(cluster))!;
    }

    public string BootstrapServers { get; }

    public void Dispose()
    {
        MockBroker.DestroyCluster(cluster);
        MockBroker.DestroyClient(client);
    }
}

/// <summary>The few functions of librdkafka's mock cluster that are needed (rdkafka_mock.h); Confluent.Kafka does not wrap them.</summary>
internal static partial class MockBroker
{
    internal const int Producer = 0;
    private const string Library = "librdkafka";

    // Confluent's package has one build of the library for each family of Linux; the plain one wants libraries that not every machine has.
    private static readonly string[] Builds = [Library, "centos8-librdkafka", "alpine-librdkafka"];

    static MockBroker() => NativeLibrary.SetDllImportResolver(typeof(MockBroker).Assembly, static (name, assembly, path) =>
    {
        if (name != Library) return 0;
        foreach (string build in Builds)
            if (NativeLibrary.TryLoad(build, typeof(Library).Assembly, path, out nint handle)) return handle;
        return 0;
    });

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    internal static partial nint NewConfig();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Set(nint config, string name, string value, nint error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    internal static partial nint NewClient(int type, nint config, nint error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    internal static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    internal static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    internal static partial void DestroyCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    internal static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateTopic(nint cluster, string topic, int partitions, int replicationFactor);
}
