using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TweetStreams.Streams;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A processor that dies, as by kill -9, at each point of its commit, and is started again with its state directory, while messages come.</summary>
[Collection(OnRealKafka.Name)]
public sealed class CommitPointTests(RealKafka kafka) : IDisposable
{
    private readonly Temporary temporary = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Wherever_a_commit_is_cut_every_message_is_in_its_topic_once_and_counts_once(int seed)
    {
        string file = Recordings.Path(Recordings.Minute);
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId(), port = FreePort();
        var random = new Random(seed);
        using Running producer = Running.Producer("--kafka", bootstrap, "--source", file, "--speed", "1.5x");
        string[] common = ["--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At("state"), "--port", port];
        int deaths = 0;
        while (!producer.HasExited || deaths < Enum.GetValues<CommitPoint>().Length)
        {
            CommitPoint point = Enum.GetValues<CommitPoint>()[deaths % Enum.GetValues<CommitPoint>().Length];
            using Running dying = Running.Tool(Repository.Program("tests/Chaos", "TweetStreams.Chaos"), ["die", $"{point}", random.Next(6).ToString(CultureInfo.InvariantCulture), .. common]);
            // Where nothing comes any more there are no commits to die of.
            for (long started = Stopwatch.GetTimestamp(); !dying.HasExited && !(producer.HasExited && Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(20)); await Task.Delay(50)) { }
            if (!dying.HasExited) break;
            Assert.True(await dying.ExitAsync() == 137, dying.ToString());
            deaths++;
        }
        Assert.Equal(0, await producer.ExitAsync());
        Assert.InRange(deaths, 7, 1000);
        TestContext.Current.SendDiagnosticMessage("died {0} times", deaths);

        string plain = temporary.Write("plain.ndjson", [.. Reference.Lines(file).SelectMany(line => (byte[])[.. line, (byte)'\n'])]);
        using Running last = Running.Processor("run", "--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At("state"), "--source", temporary.Write("none.ndjson", Array.Empty<byte>()), "--grace", "1h", "--port", "0");
        Assert.True(await last.ExitAsync() == 0, last.ToString());
        await Check.RunAsync(bootstrap, plain, new ChaosOptions());
    }

    public void Dispose() => temporary.Dispose();

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }
}
