using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.Runtime;
using TweetStreams.Streams.Runtime.Native;

namespace TweetStreams.Streams.Tests;

/// <summary>What needs no broker; with one, every test of a running application goes through it.</summary>
public sealed class NativeProducerTests
{
    private readonly Reports reports = new();

    [Fact]
    public void A_setting_that_is_unknown_or_cannot_be_is_named()
    {
        Assert.Contains("no.such.setting", Assert.Throws<InvalidOperationException>(() => Producer(("no.such.setting", "1"))).Message);
        Assert.Contains("linger.ms", Assert.Throws<InvalidOperationException>(() => Producer(("linger.ms", "soon"))).Message);
    }

    [Fact]
    public void Settings_of_the_dotnet_client_are_passed_over() => Producer(("dotnet.producer.enable.delivery.reports", "true")).Dispose();

    [Fact]
    public void What_no_broker_takes_in_time_is_reported_with_the_record_as_it_was()
    {
        using NativeProducer producer = Producer(("message.timeout.ms", "50"), ("bootstrap.servers", "127.0.0.1:1"));
        Assert.Null(producer.Produce("out", 3, "key"u8, RecordBytes.None, 7, [new Header("name", "value"u8.ToArray())], tag: 5));
        while (!producer.Flush(TimeSpan.FromMilliseconds(100)))
        {
        }
        var (tag, failed) = Assert.Single(reports.Failures);
        Assert.Equal((5, "out", 3, ErrorCode.Local_MsgTimedOut), (tag, failed.Topic, failed.Partition.Value, failed.Error.Code));
        Assert.Equal("key"u8.ToArray(), failed.Message.Key);
        Assert.Null(failed.Message.Value);
    }

    [Fact]
    public void An_empty_value_is_not_null()
    {
        using NativeProducer producer = Producer(("message.timeout.ms", "50"), ("bootstrap.servers", "127.0.0.1:1"));
        Assert.Null(producer.Produce("out", 0, RecordBytes.None, Array.Empty<byte>(), 0, null, tag: 0));
        while (!producer.Flush(TimeSpan.FromMilliseconds(100)))
        {
        }
        DeliveryReport<byte[], byte[]> failed = Assert.Single(reports.Failures).Record;
        Assert.Null(failed.Message.Key);
        Assert.Equal([], failed.Message.Value);
    }

    [Fact]
    public void A_full_queue_and_a_name_that_no_topic_can_have_are_told_and_nothing_is_thrown()
    {
        using NativeProducer producer = Producer(("queue.buffering.max.messages", "2"), ("bootstrap.servers", "127.0.0.1:1"));
        for (int i = 0; i < 2; i++) Assert.Null(producer.Produce("out", 0, "k"u8, "v"u8, 0, null, 0));
        Assert.Equal(ErrorCode.Local_QueueFull, producer.Produce("out", 0, "k"u8, "v"u8, 0, null, 0)!.Code);
        Assert.Contains("no topic", producer.Produce(new string('t', 600), 0, "k"u8, "v"u8, 0, null, 0)!.Reason);
    }

    [Fact]
    public void After_its_end_it_refuses_instead_of_using_memory_that_is_not_its_own()
    {
        NativeProducer producer = Producer(("bootstrap.servers", "127.0.0.1:1"));
        Assert.Null(producer.Produce("out", 0, "k"u8, "v"u8, 0, null, 0));
        producer.Dispose();
        producer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => producer.Serve(TimeSpan.Zero));
        Assert.Throws<ObjectDisposedException>(() => { producer.Produce("out", 0, "k"u8, "v"u8, 0, null, 0); });
        Assert.Throws<ObjectDisposedException>(producer.BeginTransaction);
    }

    private NativeProducer Producer(params (string Name, string Value)[] settings) => new(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)), reports, _ => { }, _ => { });

    private sealed class Reports : IDeliveryReports
    {
        internal List<(int Tag, DeliveryReport<byte[], byte[]> Record)> Failures { get; } = [];

        public void Delivered(int tag, long offset) => Assert.Fail("there is no broker");
        public void Failed(int tag, DeliveryReport<byte[], byte[]> record) => Failures.Add((tag, record));
    }
}
