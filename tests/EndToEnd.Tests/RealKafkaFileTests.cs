namespace TweetStreams.EndToEnd.Tests;

/// <summary>Recordings through the whole job on a real Kafka.</summary>
[Collection(OnRealKafka.Name)]
public sealed class RealKafkaFileTests(RealKafka kafka) : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Recordings.Small), MemberType = typeof(Recordings))]
    public Task Every_count_is_exact_with_1_partition(string name, string options) => ExactAsync(name, 1, options);

    [Theory]
    [MemberData(nameof(Recordings.Small), MemberType = typeof(Recordings))]
    public Task Every_count_is_exact_with_4_partitions(string name, string options) => ExactAsync(name, 4, options);

    [Fact]
    public Task Thirteen_minutes_of_the_sample_stream_are_counted_exactly_at_full_speed() => ExactAsync(Recordings.Big, 4, "");

    private async Task ExactAsync(string name, int partitions, string options)
    {
        string file = Recordings.Path(name);
        Outcome outcome = await Outcome.OfAsync(temporary, [
            "--kafka", await kafka.EmptyAsync(), "--application-id", kafka.NewApplicationId(), "--state-dir", temporary.At("state"), "--source", file, "--threads", "2", "--partitions", $"{partitions}",
            .. Recordings.Options(options)]);
        await outcome.MatchesAsync(file);
    }
}
