using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TweetStreams.FakeX;

/// <summary>
/// A server that behaves as X does, and as badly as its script says. Listens on this machine only. Remembers who came when, and what it has sent.
/// </summary>
public sealed class FakeXServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly FakeTimeline timeline;
    private readonly FakeDoor door;
    private bool disposed;

    private FakeXServer(WebApplication app, Script script, FakeTimeline timeline, FakeDoor door, FakeRules rules)
    {
        (this.app, Script, this.timeline, this.door, Rules) = (app, script, timeline, door, rules);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>What it does with which connection. May be changed at any time.</summary>
    public Script Script { get; }

    /// <summary>Its rules.</summary>
    public FakeRules Rules { get; }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Who came to a stream, in order.</summary>
    public IReadOnlyList<ConnectionRecord> Connections => door.Records;

    /// <summary>How many connections are open.</summary>
    public int Open => door.Open;

    /// <summary>The most connections of one stream that were open at once.</summary>
    public int MostOpen => door.MostOpen;

    /// <summary>What was sent to the last byte, repetitions included.</summary>
    public IReadOnlyList<Delivery> Deliveries => timeline.Deliveries;

    /// <summary>Starts one.</summary>
    public static async Task<FakeXServer> StartAsync(FakeXOptions? options = null, TimeProvider? time = null)
    {
        options ??= new FakeXOptions();
        time ??= TimeProvider.System;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, options.Port);
            kestrel.Limits.MinResponseDataRate = null; // a slow reader is the test's business
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication app = builder.Build();
        app.UseWebSockets();
        var (script, timeline, door, rules) = (new Script(), new FakeTimeline(time), new FakeDoor(), new FakeRules(options, time));
        rules.Map(app);
        new FakeStreams(options, script, timeline, door, rules).Map(app);
        foreach (Action<WebApplication> route in options.Routes) route(app);
        await app.StartAsync();
        return new FakeXServer(app, script, timeline, door, rules);
    }

    /// <summary>A message happens: who follows gets it, and who asks for a backfill later.</summary>
    public void Publish(byte[] message) => timeline.Publish(message);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
