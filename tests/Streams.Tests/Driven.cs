namespace TweetStreams.Streams.Tests;

/// <summary>A topology on the test driver, with records written as text: <c>key:value@time</c>.</summary>
internal sealed class Driven : IDisposable
{
    private readonly Dictionary<string, TestInputTopic<string, string>> inputs = [];

    internal Driven(Action<StreamBuilder> build, Action<StreamConfig>? configure = null)
    {
        var builder = new StreamBuilder();
        build(builder);
        StreamConfig config = Config();
        configure?.Invoke(config);
        Driver = new TopologyTestDriver(builder.Build(), config);
    }

    internal TopologyTestDriver Driver { get; }

    internal static StreamConfig Config() => new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = "test" };

    internal static DateTime At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;

    /// <summary>Puts a record into a topic.</summary>
    internal Driven In(string topic, string? key, string? value, long time = 0, Headers? headers = null)
    {
        if (!inputs.TryGetValue(topic, out var input)) inputs[topic] = input = Driver.CreateInputTopic<string, string>(topic);
        input.PipeInput(new TestRecord<string, string>(key!, value!, At(time), headers!));
        return this;
    }

    internal Driven In(string topic, params (string? Key, string? Value, long Time)[] records)
    {
        foreach (var (key, value, time) in records) In(topic, key, value, time);
        return this;
    }

    /// <summary>What a topic got since it was last asked, as <c>key:value@time</c>.</summary>
    internal string[] Out(string topic) => Out<string>(topic);

    internal string[] Out<V>(string topic) => [.. Records<V>(topic).Select(record => $"{record.Message.Key ?? "-"}:{(object?)record.Message.Value ?? "-"}@{record.Message.Timestamp.UnixTimestampMs}")];

    internal ConsumeResult<string, V>[] Records<V>(string topic) =>
        [.. Driver.CreateOutputTopic(topic, TimeSpan.Zero, new StringSerDes(), Serdes<V>()).ReadKeyValueList()];

    private static ISerDes<V> Serdes<V>() => (ISerDes<V>)(ISerDes)(typeof(V) == typeof(string) ? new StringSerDes() : typeof(V) == typeof(int) ? new Int32SerDes() : new Int64SerDes());

    internal Dictionary<string, V> Table<V>(string store) => Driver.GetKeyValueStore<string, V>(store).All().ToDictionary(row => row.Key, row => row.Value);

    /// <summary>The rows of a window store as <c>key@start:value</c>.</summary>
    internal string[] Windows<V>(string store) => [.. Driver.GetWindowStore<string, V>(store).All().ToList().Select(row => $"{row.Key.Key}@{row.Key.Window.StartMs}:{row.Value}")];

    public void Dispose() => Driver.Dispose();
}
