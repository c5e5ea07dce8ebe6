using TweetStreams.Streams.Runtime;

namespace TweetStreams.Streams.Tests;

public sealed class GroupViewTests
{
    [Theory]
    [InlineData("app-1-consumer", "host:80", "host:80")]
    [InlineData("app-1-consumer", "[::1]:80", "[::1]:80")]
    [InlineData("a@b:1-1-consumer", "host:80", "host:80")]
    [InlineData("a@b:1-1-consumer", "", null)]
    [InlineData("app-1-consumer", "", null)]
    public void An_address_goes_and_comes_with_the_name_of_a_member(string thread, string address, string? found) => Assert.Equal(found, MemberName.Host(MemberName.Of(thread, address))?.ToString());

    [Theory]
    [InlineData("rdkafka")]
    [InlineData("app@")]
    [InlineData("app@host")]
    [InlineData("app@host:0")]
    [InlineData("app@host:80x")]
    public void A_member_that_is_not_of_this_make_has_no_address(string clientId) => Assert.Null(MemberName.Host(clientId));

    [Fact]
    public void Every_partition_has_its_owner()
    {
        GroupMember[] members = [Member("a@one:1", ("in", 0), ("other", 1)), Member("b@one:1", ("in", 2)), Member("c@two:2", ("in", 1), ("other", 0)), Member("idle@three:3")];
        Assert.Equal(["one:1", "two:2", "one:1"], Owners(members, ("in", 3)));
    }

    [Fact]
    public void A_partition_without_an_owner_is_refused() => Refused("partition 1 of in has no owner yet", [Member("a@one:1", ("in", 0))], ("in", 2));

    [Fact]
    public void A_group_without_members_is_refused() => Refused("partition 0 of in has no owner yet", [], ("in", 1));

    [Fact]
    public void A_partition_with_two_owners_is_refused() => Refused("partition 0 of in has more than one owner", [Member("a@one:1", ("in", 0)), Member("b@two:2", ("in", 0))], ("in", 1));

    [Fact]
    public void An_owner_without_an_address_is_refused() => Refused("'rdkafka', does not say where it answers", [Member("a@one:1", ("in", 0)), Member("rdkafka", ("in", 1))], ("in", 2));

    [Fact]
    public void The_partitions_of_a_task_must_be_in_one_place()
    {
        GroupMember[] apart = [Member("a@one:1", ("in", 0)), Member("b@two:2", ("other", 0))];
        Refused("the partitions 0 of a task are at one:1 and two:2", apart, ("in", 1), ("other", 1));
        Assert.Equal(["one:1", "one:1"], Owners([Member("a@one:1", ("in", 0), ("other", 0), ("in", 1))], ("in", 2), ("other", 1)));
    }

    [Fact]
    public async Task An_application_that_does_not_run_has_no_metadata()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupBy((_, value, _) => value, "g").Count(InMemory.As<string, long>("totals"));
        await using var stream = new KafkaStream(builder.Build(), new StreamConfig { ApplicationId = "app", BootstrapServers = "host:1" });
        Assert.Contains("is CREATED", (await Assert.ThrowsAsync<InvalidStateStoreException>(() => stream.MetadataForStoreAsync("totals"))).Message);
        Assert.Contains("there is no store 'others'", (await Assert.ThrowsAsync<InvalidStateStoreException>(() => stream.QueryMetadataForKeyAsync("others", "key", new StringSerDes()))).Message);
    }

    private static GroupMember Member(string clientId, params (string Topic, int Partition)[] partitions) => new(clientId, [.. partitions.Select(partition => new TopicPartition(partition.Topic, partition.Partition))]);

    private static string[] Owners(GroupMember[] members, params (string Topic, int Partitions)[] sources) => [.. GroupView.Owners(members, sources).Select(host => host.ToString())];

    private static void Refused(string reason, GroupMember[] members, params (string Topic, int Partitions)[] sources) =>
        Assert.Contains(reason, Assert.Throws<InvalidStateStoreException>(() => GroupView.Owners(members, sources)).Message);
}
