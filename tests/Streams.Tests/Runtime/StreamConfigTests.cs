namespace TweetStreams.Streams.Tests;

public sealed class StreamConfigTests
{
    private readonly StreamConfig config = new() { ApplicationId = "app", BootstrapServers = "host:1" };

    [Fact]
    public void A_complete_configuration_is_valid() => config.Validate();

    [Fact]
    public void Every_setting_that_cannot_work_is_named()
    {
        Bad("ApplicationId is not set", broken => broken.ApplicationId = "");
        Bad("ApplicationId 'a b'", broken => broken.ApplicationId = "a b");
        Bad("BootstrapServers is not set", broken => broken.BootstrapServers = "");
        Bad("NumStreamThreads is 0", broken => broken.NumStreamThreads = 0);
        Bad("NumStreamThreads is 1001", broken => broken.NumStreamThreads = 1001);
        Bad("CommitIntervalMs is 0", broken => broken.CommitIntervalMs = 0);
        Bad("MaxPollRecords is 0", broken => broken.MaxPollRecords = 0);
        Bad("WindowIdleMs is 0", broken => broken.WindowIdleMs = 0);
        Bad("RocksDbCacheBytes", broken => broken.RocksDbCacheBytes = 1);
        Bad("ThreadReplacementsPerMinute is -1", broken => broken.ThreadReplacementsPerMinute = -1);
        Bad("EXACTLY_ONCE needs a broker that keeps transactions", broken => (broken.Guarantee, broken.TopicCreation) = (ProcessingGuarantee.EXACTLY_ONCE, TopicCreation.OnFirstUse));
        Bad("main.consumer.isolation.level is the runtime's own", broken => broken.AddConfig("main.consumer.isolation.level", "read_uncommitted"));
        Bad("enable.auto.commit is the runtime's own", broken => broken.AddConfig("enable.auto.commit", "true"));
        Bad("ApplicationServer is 'here'", broken => broken.ApplicationServer = "here");

        static void Bad(string message, Action<StreamConfig> breakIt)
        {
            var broken = new StreamConfig { ApplicationId = "app", BootstrapServers = "host:1" };
            breakIt(broken);
            Assert.Contains(message, Assert.Throws<StreamConfigException>(broken.Validate).Message);
        }
    }

    [Fact]
    public void An_application_validates_its_configuration_when_it_is_made()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").To("out");
        Assert.Throws<StreamConfigException>(() => new KafkaStream(builder.Build(), new StreamConfig()));
    }

    [Fact]
    public void A_client_setting_goes_to_all_clients_or_to_the_one_of_its_prefix()
    {
        config.AddConfig("security.protocol", "ssl");
        config.AddConfig("main.consumer.fetch.min.bytes", "11");
        config.AddConfig("restore.consumer.fetch.min.bytes", "12");
        config.AddConfig("producer.linger.ms", "13");
        var main = config.ToConsumerConfig("c", null, cooperative: true);
        var restore = config.ToRestoreConsumerConfig("c");
        var producer = config.ToProducerConfig("c", null);
        Assert.All(new ClientConfig[] { main, restore, producer, config.ToAdminConfig("c") }, client => Assert.Equal(("ssl", "host:1", "c"), (client.Get("security.protocol"), client.BootstrapServers, client.ClientId)));
        Assert.Equal(("11", "12", "13"), (main.Get("fetch.min.bytes"), restore.Get("fetch.min.bytes"), producer.Get("linger.ms")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("100")]
    [InlineData("20000000")]
    public void Whatever_record_the_producer_takes_fits_its_queue(string? largest)
    {
        if (largest is not null) config.AddConfig("message.max.bytes", largest);
        var producer = config.ToProducerConfig("c", null);
        Assert.True(producer.QueueBufferingMaxKbytes * 1024L >= producer.MessageMaxBytes);
        Assert.True(producer.QueueBufferingMaxKbytes >= 8 * 1024);
    }

    [Fact]
    public void A_setting_of_one_client_wins_over_that_of_all()
    {
        config.AddConfig("producer.linger.ms", "13");
        config.AddConfig("linger.ms", "1");
        Assert.Equal("13", config.ToProducerConfig("c", null).Get("linger.ms"));
    }

    [Theory]
    [InlineData("group.protocol", true)]
    [InlineData("main.consumer.group.protocol", true)]
    [InlineData("group.protocol", false)]
    public void In_the_newer_group_protocol_the_broker_assigns(string setting, bool cooperative)
    {
        config.AddConfig(setting, "consumer");
        var main = config.ToConsumerConfig("c", null, cooperative);
        Assert.Equal((null, null, cooperative ? "uniform" : "range"), (main.PartitionAssignmentStrategy, main.HeartbeatIntervalMs, main.GroupRemoteAssignor));
        // The client refuses settings that the protocol does not have.
        new ConsumerBuilder<byte[], byte[]>(main).Build().Dispose();
    }

    [Fact]
    public void A_static_member_is_another_one_at_another_address()
    {
        Assert.Null(config.GroupInstanceId("p", 1));
        config.StaticMembership = true;
        string before = config.GroupInstanceId("p", 1)!;
        config.ApplicationServer = "[::1]:8080";
        string there = config.GroupInstanceId("p", 1)!;
        config.ApplicationServer = "[::1]:8081";
        Assert.Distinct([before, there, config.GroupInstanceId("p", 1), config.GroupInstanceId("p", 2)]);
        Assert.All(there, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'));
    }

    [Fact]
    public void Exactly_once_has_a_transactional_producer_whose_time_out_outlasts_the_commit_interval()
    {
        config.CommitIntervalMs = 30_000;
        var producer = config.ToProducerConfig("c", config.TransactionalId("p", 1));
        Assert.StartsWith(config.ApplicationId, producer.TransactionalId);
        Assert.Equal(40_000, producer.TransactionTimeoutMs);
        Assert.Null(config.ToProducerConfig("c", null).TransactionalId);
        Assert.Equal(IsolationLevel.ReadCommitted, config.ToConsumerConfig("c", null, cooperative: true).IsolationLevel);
    }

    [Fact]
    public void Clients_are_set_to_lose_nothing()
    {
        var consumer = config.ToConsumerConfig("c", null, cooperative: false);
        Assert.Equal((false, false, AutoOffsetReset.Earliest), (consumer.EnableAutoCommit, consumer.EnableAutoOffsetStore, consumer.AutoOffsetReset));
        Assert.Equal(PartitionAssignmentStrategy.Range, consumer.PartitionAssignmentStrategy);
        var producer = config.ToProducerConfig("c", null);
        Assert.Equal((true, Acks.All), (producer.EnableIdempotence, producer.Acks));
        Assert.Equal(IsolationLevel.ReadCommitted, config.ToRestoreConsumerConfig("c").IsolationLevel);
    }
}
