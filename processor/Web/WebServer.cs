using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Prometheus;
using TweetStreams.Processor.Live;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Queries;
using TweetStreams.Processor.Trends;
using TweetStreams.Producer.Control;

namespace TweetStreams.Processor.Web;

/// <summary>The page, the queries, the metrics and the health of a processor.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    // A question of another instance, or a text for the stream; nothing larger is asked here.
    private const int MostRequestBytes = 64 * 1024;

    // Of one address: far more than a page, a scrape and the other instances ask.
    private static readonly TokenBucketRateLimiterOptions Rate = new() { TokenLimit = 4000, TokensPerPeriod = 2000, ReplenishmentPeriod = TimeSpan.FromSeconds(1) };

    private readonly WebApplication app;

    private WebServer(WebApplication app) => this.app = app;

    /// <summary>Where the page is on this machine, as http://127.0.0.1:port.</summary>
    public string Address => app.Urls.First().Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal).Replace("//[::]:", "//[::1]:", StringComparison.Ordinal);

    /// <summary>The port that is listened on.</summary>
    public int Port => new Uri(Address).Port;

    /// <exception cref="SettingException">The port is taken, or the address is not of this machine.</exception>
    public static async Task<WebServer> StartAsync(ProcessorSettings settings, KafkaStream stream, WordQueries queries, LocalParts local, LiveView live, TrendHistory? trends, PostedMessages posted, CollectorRegistry metrics, string bootstrapServers, ILoggerProvider log)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // A port that is taken is said once, by who asked for it.
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MostRequestBytes;
            kestrel.Listen(settings.Listen, settings.Port, at =>
            {
                if (settings.Tls is { } tls) at.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (tls.Certificate, tls.Chain));
            });
        });
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress ?? IPAddress.None, _ => Rate));
        });
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        // Ctrl-C is the program's own affair: the server stops after the stream.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Unanswerable, SuppressDiagnosticsCallback = static error => error.Exception is InvalidStateStoreException });
        app.UseStatusCodePages();
        app.Use(SecurityHeaders);
        app.UseRateLimiter();
        var access = new Access(settings.Token);
        app.Use(access.CheckAsync);
        Page.Map(app);
        app.MapMetrics("/metrics", metrics);
        app.MapGet("/health/live", () => stream.CurrentState is KafkaStream.State.FAILED or KafkaStream.State.STOPPED ? Unavailable(stream) : TypedResults.Text("live"));
        app.MapGet("/health/ready", () => stream.Ready ? TypedResults.Text("ready") : Unavailable(stream));
        app.MapGet("/api/status", () => new { state = stream.CurrentState.ToString(), kafka = bootstrapServers });
        app.MapGet("/api/live", (CancellationToken cancellationToken) => TypedResults.ServerSentEvents(Events(live, cancellationToken)));
        app.MapGet("/api/live/history", () => TypedResults.Json(live.History));
        QueryEndpoints.Map(app, queries);
        TrendEndpoints.Map(app, trends);
        MessageEndpoint.Map(app, posted, access, settings.Listen);
        PartEndpoint.Map(app, settings.ApplicationId, local);
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new SettingException($"port {settings.Port} of {settings.Listen} is taken; choose another with --port", e);
        }
        catch (SocketException e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new SettingException($"{settings.Listen} port {settings.Port} cannot be listened on: {e.Message}; choose others with --listen and --port", e);
        }
        return new WebServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(soon.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private static ContentHttpResult Unavailable(KafkaStream stream) => TypedResults.Text(stream.CurrentState.ToString().ToLowerInvariant(), statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async IAsyncEnumerable<SseItem<LiveFigures>> Events(LiveView live, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (LiveFigures figures in live.FiguresAsync(cancellationToken).ConfigureAwait(false)) yield return new SseItem<LiveFigures>(figures, "figures");
    }

    private static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    }

    /// <summary>A store that is moving or not yet restored: asking again helps, a wrong number would not.</summary>
    private static async Task Unanswerable(HttpContext context)
    {
        Exception? error = context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error;
        bool soon = error is InvalidStateStoreException;
        context.Response.StatusCode = soon ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        if (soon) context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        await TypedResults.Problem(soon ? error!.Message : "an error in the processor; see its log", statusCode: context.Response.StatusCode).ExecuteAsync(context).ConfigureAwait(false);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
