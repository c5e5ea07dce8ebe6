using System.Globalization;
using System.Text;
using TweetStreams.FakeX;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources.X;
using TweetStreams.Producer.Tests.Connections;

namespace TweetStreams.Producer.Tests.Sources.X;

/// <summary>An hour of a service that does everything wrong: whatever it has sent to the last byte was handed out exactly once, or lies in an outage that is told.</summary>
public sealed class HourOfFaultsTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 5)]
    [InlineData(4, 1)]
    public async Task Nothing_is_lost_that_is_not_told_and_nothing_comes_twice(int seed, int backfill)
    {
        await using StreamRun run = await StreamRun.WithFakeAsync();
        int idOfAll = 0;
        string Next() => $$$"""{"data":{"id":"{{{++idOfAll}}}","text":"word {{{new string('x', idOfAll % 700)}}}"}}""";

        run.Fake.Script.Otherwise(number =>
        {
            var random = new Random(seed * 100_000 + number);
            if (run.Clock.GetUtcNow() > StreamRun.Start.AddHours(1)) return Behaviour.Stream(Steps.Send("""{"last":1}"""), Steps.Silence());
            Behaviour accepted = new() { Gzip = random.Next(2) == 0, ChunkSize = random.Next(4) switch { 0 => 1, 1 => random.Next(2, 40), _ => 0 } };
            return random.Next(20) switch
            {
                < 3 => Behaviour.TooMany(),
                3 => Behaviour.TooMany(run.Clock.GetUtcNow().AddSeconds(random.Next(-5, 60))),
                < 6 => Behaviour.Refuse(503),
                6 => Behaviour.ResetAtOnce,
                7 => Behaviour.Stream(),
                _ => accepted with { Steps = [Steps.Do(connection => MisbehaveAsync(connection, random))] },
            };
        });

        async Task MisbehaveAsync(FakeConnection connection, Random random)
        {
            for (int i = random.Next(20); i >= 0; i--)
            {
                await SendAsync(connection);
                run.Clock.Advance(TimeSpan.FromSeconds(random.NextDouble() * 19));
                if (random.Next(4) == 0) await connection.WriteAsync("\r\n"u8.ToArray());
            }
            int fault = random.Next(6);
            if (fault == 0)
            {
                // Without a keep-alive between: the clock moves by the whole limit while the source waits.
                await SendAsync(connection);
                run.Clock.Advance(new XOptions { Token = () => "" }.IdleLimit);
                await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, connection.Left);
            }
            if (fault == 1) await connection.WriteAsync(Encoding.UTF8.GetBytes(Problems.Disconnect() + "\r\n"));
            if (fault == 2) await connection.SendAsync(Encoding.UTF8.GetBytes(Next())); // whether it arrives before the reset, nobody knows
            if (fault is 3 or 4)
            {
                byte[] cut = Encoding.UTF8.GetBytes(Next());
                await connection.WriteAsync(cut.AsMemory(0, random.Next(1, cut.Length + 1)));
                run.Clock.Advance(TimeSpan.FromSeconds(random.NextDouble() * 10));
            }
            if (fault is 2 or 4) connection.Reset();
        }

        async Task SendAsync(FakeConnection connection)
        {
            string message = Next();
            await connection.SendAsync(Encoding.UTF8.GetBytes(message));
            await run.UntilAsync(() => run.HasHandedOut(message) && run.IsQuiet);
        }

        run.ReadX(options => options with { BackfillMinutes = backfill });
        await run.UntilAsync(() => run.HasHandedOut("""{"last":1}"""));
        await run.StopAsync();

        IReadOnlyList<Outage> outages = run.Listener.Outages;
        Dictionary<string, int> handedOut = run.Messages.Where(message => message.StartsWith("{\"data\"", StringComparison.Ordinal)).CountBy(message => message).ToDictionary(StringComparer.Ordinal);
        Assert.All(handedOut, message => Assert.Equal(1, message.Value));
        foreach (Delivery delivery in run.Fake.Deliveries)
        {
            string message = Encoding.UTF8.GetString(delivery.Message);
            if (handedOut.ContainsKey(message) || message.StartsWith("{\"last\"", StringComparison.Ordinal)) continue;
            Assert.True(
                outages.Any(outage => !outage.Backfilled && outage.From <= delivery.At && delivery.At <= outage.To),
                string.Create(CultureInfo.InvariantCulture, $"sent at {delivery.At:O} on connection {delivery.Connection}, neither handed out nor in an outage: {message[..60]}"));
        }
        Assert.True(handedOut.Count > 100, $"{handedOut.Count} messages are too few to prove anything");
        Assert.True(outages.Count > 20, $"{outages.Count} outages are too few to prove anything");
        Assert.Superset(new HashSet<ConnectionCause> { ConnectionCause.Stall, ConnectionCause.Network, ConnectionCause.EndOfStream, ConnectionCause.Disconnected }, outages.Select(outage => outage.Cause).ToHashSet());
    }
}
