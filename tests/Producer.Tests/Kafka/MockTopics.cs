using System.Diagnostics;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

internal static class MockTopics
{
    /// <summary>Makes a topic of four partitions: the mock broker has one as soon as somebody who may create it asks for it.</summary>
    public static void CreateTopic(this MockBroker broker, string topic)
    {
        using IProducer<Null, Null> producer = new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = broker.BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        using IAdminClient admin = new DependentAdminClientBuilder(producer.Handle).Build();
        admin.GetMetadata(topic, TimeSpan.FromSeconds(20));
    }

    /// <summary>Makes a broker the leader of a partition; null for none.</summary>
    public static unsafe void SetLeader(this MockBroker broker, string topic, int partition, int? leader)
    {
        // What Confluent.Kafka has loaded, whichever of its builds that is.
        string library = Process.GetCurrentProcess().Modules.Cast<ProcessModule>().First(module => module.ModuleName.Contains("librdkafka", StringComparison.Ordinal)).FileName;
        nint loaded = NativeLibrary.Load(library), name = Marshal.StringToCoTaskMemUTF8(topic);
        nint cluster = ((delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(loaded, "rd_kafka_handle_mock_cluster"))(broker.NativeHost);
        Assert.Equal(0, ((delegate* unmanaged<nint, nint, int, int, int>)NativeLibrary.GetExport(loaded, "rd_kafka_mock_partition_set_leader"))(cluster, name, partition, leader ?? -1));
        Marshal.FreeCoTaskMem(name);
    }
}
