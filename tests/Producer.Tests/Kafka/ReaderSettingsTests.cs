using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

public sealed class ReaderSettingsTests
{
    [Fact]
    public void Settings_of_members_of_a_group_and_of_producers_are_not_for_who_reads_alone() => Assert.Equal(
        ["fetch.wait.max.ms", "sasl.username", "security.protocol"],
        ReaderSettings.Of(new Dictionary<string, string>
        {
            ["security.protocol"] = "sasl_ssl",
            ["sasl.username"] = "me",
            ["fetch.wait.max.ms"] = "10",
            ["group.protocol"] = "consumer",
            ["session.timeout.ms"] = "10000",
            ["linger.ms"] = "5",
            ["message.timeout.ms"] = "1000",
            ["queue.buffering.max.messages"] = "10",
            ["dotnet.producer.delivery.report.fields"] = "none",
        }).Keys.Order(StringComparer.Ordinal));
}
