using System.Diagnostics;
using System.Text.Json;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A processor that is stopped and started again while others write, on a real Kafka: nothing is lost and nothing counted twice.</summary>
[Collection(OnRealKafka.Name)]
public sealed class StopTests(RealKafka kafka) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string[] NotYet = ["not yet\t0"];

    private readonly Temporary temporary = new();
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        temporary.Dispose();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Stopping_at_any_moment_and_starting_again_loses_nothing(int seed, bool stateIsLost)
    {
        string file = Recordings.Path(Recordings.Minute);
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        var random = new Random(seed);
        using Running producer = Running.Producer("--kafka", bootstrap, "--source", file, "--speed", "3x");
        int stops = 0;
        do
        {
            using Running processor = Process(bootstrap, application, "state");
            await processor.PageAsync();
            await Task.Delay(random.Next(4000));
            await processor.StopAsync(random.Next(2) == 0 ? Signal.Interrupt : Signal.Terminate);
            if (stateIsLost) Directory.Delete(temporary.At("state"), recursive: true);
            stops++;
        }
        while (!producer.HasExited);
        Assert.Equal(0, await producer.ExitAsync());

        using Running last = Process(bootstrap, application, "state");
        await IsExactAsync(file, last);
        await last.StopAsync();
        TestContext.Current.SendDiagnosticMessage("stopped {0} times", stops);

        // And what is on disk, or in the changelog, is what was there.
        if (stateIsLost) Directory.Delete(temporary.At("state"), recursive: true);
        using Running again = Process(bootstrap, application, "state");
        await IsExactAsync(file, again);
        await again.StopAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_source_delivers_again_after_a_restart_counts_once(bool stateIsLost)
    {
        string file = Recordings.Path(Recordings.Minute);
        SortedDictionary<string, long> kinds = await Reference.KindsAsync(file);
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        for (int delivery = 0; delivery < 3; delivery++)
        {
            using Running producer = Running.Producer("--kafka", bootstrap, "--source", file);
            Assert.True(await producer.ExitAsync() == 0, producer.ToString());
            using Running processor = Process(bootstrap, application, "state");
            JsonElement figures = await FiguresAsync(processor, kinds.Values.Sum());
            Assert.Equal(delivery == 0 ? await Reference.DuplicatesAsync(file) : kinds["tweets"] + kinds["retweets"], figures.GetProperty("duplicates").GetInt64());
            await IsExactAsync(file, processor);
            await processor.StopAsync();
            if (stateIsLost) Directory.Delete(temporary.At("state"), recursive: true);
        }
    }

    [Fact]
    public async Task A_signal_during_the_start_is_a_clean_stop_too()
    {
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        var random = new Random(4);
        for (int i = 0; i < 6; i++)
        {
            using Running processor = Process(bootstrap, application, "state");
            await Task.Delay(300 + random.Next(1500));
            processor.Send(Signal.Terminate);
            // Before the program itself has begun, the signal is the runtime's to handle.
            Assert.Contains(await processor.ExitAsync(), processor.Output.Count > 0 ? [0] : new[] { 0, 143 });
            Assert.Empty(processor.Error);
        }
    }

    [Fact]
    public async Task Instances_that_join_and_leave_share_the_words_and_lose_none()
    {
        string file = Recordings.Path(Recordings.Minute);
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        var random = new Random(5);
        using Running producer = Running.Producer("--kafka", bootstrap, "--source", file, "--speed", "3x");
        using Running first = Process(bootstrap, application, "first");
        await first.PageAsync();
        do
        {
            using Running guest = Process(bootstrap, application, "second");
            await guest.PageAsync();
            await Task.Delay(2000 + random.Next(5000));
            await guest.StopAsync(random.Next(2) == 0 ? Signal.Interrupt : Signal.Terminate);
        }
        while (!producer.HasExited);
        Assert.Equal(0, await producer.ExitAsync());
        await IsExactAsync(file, first);

        using Running second = Process(bootstrap, application, "second");
        await IsExactAsync(file, first, second);

        await first.StopAsync();
        await IsExactAsync(file, second);
        await second.StopAsync();
    }

    private Running Process(string bootstrap, string application, string state) => Running.Processor(
        "process", "--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At(state), "--port", "0", "--retention", "2000d", "--commit-interval", "500ms");

    /// <summary>Waits until the instances have counted all, and sees that they then do not go on.</summary>
    private async Task IsExactAsync(string file, params Running[] instances)
    {
        IReadOnlyList<string> totals = await Reference.TotalsAsync(file), windows = await Reference.WindowsAsync(file), counted = [], inWindows = [];
        int same = 0;
        for (long started = Stopwatch.GetTimestamp(); same < 3 * instances.Length && Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(500))
        {
            // Each instance answers for all; twice more, so that what comes after would show.
            foreach (Running instance in instances)
            {
                counted = await TableAsync(instance, "api/words/totals.tsv");
                inWindows = await TableAsync(instance, "api/windows.tsv");
                same = counted.SequenceEqual(totals) && inWindows.SequenceEqual(windows) ? same + 1 : 0;
            }
        }
        if (same >= 3 * instances.Length) return;
        TestContext.Current.SendDiagnosticMessage("{0}", string.Join('\n', instances.AsEnumerable()));
        Reference.Same(totals, counted);
        Reference.Same(windows, inWindows);
        Assert.Fail("the counts did not come to rest");
    }

    /// <summary>The figures as soon as so many messages have been read.</summary>
    private async Task<JsonElement> FiguresAsync(Running instance, long messages)
    {
        using var enough = new CancellationTokenSource(Patience);
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri(await instance.PageAsync(), "api/live"), enough.Token));
        while (await reader.ReadLineAsync(enough.Token) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            JsonElement figures = JsonDocument.Parse(line[6..]).RootElement;
            if (figures.GetProperty("messages").GetInt64() >= messages) return figures;
        }
        throw new InvalidOperationException($"the figures ended: {instance}");
    }

    private async Task<IReadOnlyList<string>> TableAsync(Running instance, string table)
    {
        Assert.False(instance.HasExited, instance.ToString());
        HttpResponseMessage answer;
        try
        {
            answer = await http.GetAsync(new Uri(await instance.PageAsync(), table));
        }
        catch (HttpRequestException)
        {
            // A task went while its rows were being sent: cut off, rather than passed off as whole.
            return NotYet;
        }
        using HttpResponseMessage response = answer;
        // Starting, or a task is moving: not an error, and not an answer either.
        if ((int)response.StatusCode == 503) return NotYet;
        Assert.True(response.IsSuccessStatusCode, $"{table}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return Reference.Rows(await response.Content.ReadAsByteArrayAsync());
    }
}
