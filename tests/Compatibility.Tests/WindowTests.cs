namespace UserCode;

public sealed class WindowTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Tumbling_windows_count_by_event_time()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)))
            .Count(InMemoryWindows.As<string, long>("windows"));
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (int second in new[] { 1, 9, 10, 3, 25 }) input.PipeInput("k", "v", Start.AddSeconds(second));

        Assert.Equal(["0:3", "10:1", "20:1"], Rows(driver, "windows"));
    }

    [Fact]
    public void Hopping_windows_count_a_record_in_each_that_has_its_time()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in").GroupByKey()
            .WindowedBy(HoppingWindowOptions.Of(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10), TimeSpan.FromHours(1)))
            .Count(InMemoryWindows.As<string, long>("windows"));
        using TopologyTestDriver driver = Drivers.Of(builder);
        var input = driver.CreateInputTopic<string, string>("in");

        foreach (int second in new[] { 15, 25 }) input.PipeInput("k", "v", Start.AddSeconds(second));

        Assert.Equal(["0:1", "10:2", "20:1"], Rows(driver, "windows"));
    }

    private static IEnumerable<string> Rows(TopologyTestDriver driver, string store) => driver.GetWindowStore<string, long>(store).FetchAll(Start.AddMinutes(-1), Start.AddMinutes(1)).ToList()
        .Select(row => (Second: (row.Key.Window.StartTime - Start).TotalSeconds, row.Value)).OrderBy(row => row.Second).Select(row => $"{row.Second}:{row.Value}");
}
