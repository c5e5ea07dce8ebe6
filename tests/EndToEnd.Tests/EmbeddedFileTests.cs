using System.Collections.Concurrent;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>Recordings through the whole job, in one process with its embedded broker.</summary>
public sealed class EmbeddedFileTests
{
    // A run waits more than it works, so the first test starts them all, three at a time.
    private static readonly SemaphoreSlim Places = new(3);
    private static readonly ConcurrentDictionary<string, Lazy<Task<Outcome>>> Outcomes = new();

    [Theory]
    [MemberData(nameof(Recordings.Small), MemberType = typeof(Recordings))]
    public async Task Every_count_of_a_recording_is_exact(string name, string options)
    {
        foreach (var row in Recordings.Small) _ = OutcomeAsync(row.Data.Item1, row.Data.Item2);
        await (await OutcomeAsync(name, options)).MatchesAsync(Recordings.Path(name));
    }

    private static Task<Outcome> OutcomeAsync(string name, string options) => Outcomes.GetOrAdd(name, _ => new Lazy<Task<Outcome>>(async () =>
    {
        string file = Recordings.Path(name);
        using var temporary = new Temporary();
        await Places.WaitAsync();
        try
        {
            return await Outcome.OfAsync(temporary, ["--source", file, .. Recordings.Options(options)]);
        }
        finally
        {
            Places.Release();
        }
    })).Value;
}

/// <summary>The same with what takes longer; a class of its own, so that the others go on meanwhile.</summary>
public sealed class EmbeddedLongFileTests : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task Thirteen_minutes_of_the_sample_stream_are_counted_exactly_at_full_speed()
    {
        string file = Recordings.Path(Recordings.Big);
        await (await Outcome.OfAsync(temporary, "--source", file)).MatchesAsync(file);
    }

    [Fact]
    public async Task What_is_late_for_its_window_is_counted_as_late_and_in_the_totals()
    {
        string file = Recordings.Path(Recordings.Disordered);
        Outcome outcome = await Outcome.OfAsync(temporary, "--source", file);

        await outcome.MatchesButForWindowsAsync(file);
        Assert.True(outcome.Late > 0);
        Assert.Equal(Reference.Sum(await Reference.WindowsAsync(file)) - Reference.Sum(outcome.Windows), outcome.Late);
    }

    [Theory]
    [InlineData("15m", true)]
    [InlineData("off", false)]
    public async Task A_recording_that_comes_twice_counts_once_unless_told_otherwise(string dedupe, bool once)
    {
        string file = Recordings.Path(Recordings.Minute);
        string twice = temporary.Write("twice.ndjson", [.. Reference.Lines(file).Concat(Reference.Lines(file)).SelectMany(line => line.Append((byte)'\n'))]);

        Outcome outcome = await Outcome.OfAsync(temporary, "--source", file, file, "--dedupe", dedupe);
        await outcome.MatchesAsync(twice, once);
    }

    [Fact]
    public async Task Several_sources_are_one_stream()
    {
        string[] files = [Recordings.Path("jetstream.ndjson"), Recordings.Path("v11-control-messages.ndjson"), Recordings.Path("malformed-v2-truncated-line.txt")];
        string all = temporary.Write("all.ndjson", [.. files.SelectMany(Reference.Lines).SelectMany(line => line.Append((byte)'\n'))]);

        Outcome outcome = await Outcome.OfAsync(temporary, ["--source", .. files, "--grace", "10000d"]);
        await outcome.MatchesAsync(all);
    }
}
