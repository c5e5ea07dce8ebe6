using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TweetStreams.Processor.Queries;
using TweetStreams.Streams;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Tests.Queries;

/// <summary>Whatever another instance does, its part is whole or refused.</summary>
public sealed class RemotePartsTests : IDisposable
{
    private static readonly PartRequest Request = new("app", [0, 2], new PartQuestion { Store = "totals", Key = "word" });
    private static readonly CountRow[] Many = [.. Enumerable.Range(0, 50_000).Select(i => new CountRow(i, $"word {i}", i))];

    private readonly RemoteParts parts = new();

    public void Dispose() => parts.Dispose();

    [Fact]
    public async Task A_whole_answer_is_read_however_large()
    {
        await using WebApplication other = await OtherAsync(async context =>
        {
            PartRequest asked = (await context.Request.ReadFromJsonAsync<PartRequest>())!;
            context.Response.Headers[PartRequest.CoveredHeader] = asked.Covered;
            await RowFormat.WriteAsync(context.Response.Body, Many, context.RequestAborted);
        });
        await using System.IO.Stream answer = await parts.AskAsync(Host(other), Request, CancellationToken.None);
        Assert.Equal(Many, RowFormat.Read(answer));
    }

    [Fact]
    public Task An_instance_that_has_not_got_the_partitions_is_a_refusal() => RefusedAsync("answers 503", context =>
    {
        context.Response.StatusCode = 503;
        return Task.CompletedTask;
    });

    [Fact]
    public Task An_answer_for_other_partitions_is_a_refusal() => RefusedAsync("does not cover", context =>
    {
        context.Response.Headers[PartRequest.CoveredHeader] = (Request with { Partitions = [0, 1] }).Covered;
        return Task.CompletedTask;
    });

    [Fact]
    public Task Another_server_at_the_address_is_a_refusal() => RefusedAsync("does not cover", context => context.Response.WriteAsync("hello"));

    [Fact]
    public Task An_answer_that_is_cut_off_is_a_refusal() => RefusedAsync("does not answer", async context =>
    {
        context.Response.Headers[PartRequest.CoveredHeader] = Request.Covered;
        await RowFormat.WriteAsync(context.Response.Body, Many, context.RequestAborted);
        await context.Response.Body.FlushAsync();
        context.Abort();
    });

    [Fact]
    public Task An_instance_that_hangs_is_a_refusal() => RefusedAsync("has not answered for 2 s", context => Task.Delay(Timeout.Infinite, context.RequestAborted));

    [Fact]
    public async Task An_instance_that_is_gone_is_a_refusal()
    {
        // Bound and not listened on: nobody else can have the port meanwhile.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var host = new HostInfo("127.0.0.1", ((IPEndPoint)nobody.LocalEndPoint!).Port);
        Assert.Contains("does not answer", (await Assert.ThrowsAsync<InvalidStateStoreException>(() => parts.AskAsync(host, Request, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_no_longer_wants_to_know_is_not_refused_but_cancelled()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await using WebApplication other = await OtherAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => parts.AskAsync(Host(other), Request, soon.Token));
    }

    private async Task RefusedAsync(string reason, RequestDelegate answer)
    {
        await using WebApplication other = await OtherAsync(answer);
        Assert.Contains(reason, (await Assert.ThrowsAsync<InvalidStateStoreException>(() => parts.AskAsync(Host(other), Request, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private static HostInfo Host(WebApplication other) => new("127.0.0.1", new Uri(other.Urls.First()).Port);

    private static async Task<WebApplication> OtherAsync(RequestDelegate answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication other = builder.Build();
        other.MapPost(PartRequest.Path, answer);
        await other.StartAsync();
        return other;
    }
}
