using System.Diagnostics;
using System.Globalization;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Tests;

public sealed class StopSignalsTests
{
    [Fact]
    public async Task Signals_to_reread_and_reconnect_do_that_each_time_and_stop_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "there are no such signals here");
        // As nohup has it, and then it stays so.
        Assert.SkipWhen((Convert.ToUInt64((await File.ReadAllLinesAsync("/proc/self/status", TestContext.Current.CancellationToken)).First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[8..].Trim(), 16) & 1) != 0, "SIGHUP is ignored here");
        using var signals = new StopSignals();
        using var reread = new SemaphoreSlim(0);
        using var reconnect = new SemaphoreSlim(0);
        signals.OnReread(() => reread.Release());
        signals.OnReconnect(() => reconnect.Release());

        for (int i = 0; i < 2; i++)
        {
            await SendAsync("HUP");
            Assert.True(await reread.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
            await SendAsync("USR1");
            Assert.True(await reconnect.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
        Assert.False(signals.Stop.IsCancellationRequested);
        Assert.Equal((0, 0), (reread.CurrentCount, reconnect.CurrentCount));
    }

    [Theory]
    [InlineData(ConnectionCause.None, null, true, 0)]
    [InlineData(ConnectionCause.Asked, null, true, 0)]
    [InlineData(ConnectionCause.Network, null, true, 2)]
    [InlineData(ConnectionCause.Server, 503, true, 2)]
    [InlineData(ConnectionCause.RateLimited, 429, true, 2)]
    [InlineData(ConnectionCause.Network, null, false, 3)]
    [InlineData(ConnectionCause.Server, 503, false, 3)]
    [InlineData(ConnectionCause.Authentication, 401, false, 100)]
    [InlineData(ConnectionCause.Authentication, 403, true, 100)]
    [InlineData(ConnectionCause.BadRequest, 404, false, 101)]
    [InlineData(ConnectionCause.BadRequest, 400, false, 102)]
    [InlineData(ConnectionCause.BadRequest, 416, false, 102)]
    [InlineData(ConnectionCause.NoRules, 409, false, 102)]
    internal void A_live_source_that_ended_has_an_exit_code_of_its_own(ConnectionCause cause, int? status, bool everConnected, int code) =>
        Assert.Equal(code, ExitCode.Of(cause, status, everConnected));

    private static async Task SendAsync(string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {Environment.ProcessId}")]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }
}
