using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.RateLimiting;
using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Producer.Control;

/// <summary>The producer's control API over HTTP: rules, subscriptions, the source, and the routes of Flamingo and Traptor.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int MostConnections = 2000;
    private const int BufferBytes = 64 * 1024;
    private const int WaitingForEachRequest = 2;

    private readonly WebApplication app;
    private readonly IDisposable[] owned;

    private ControlServer(WebApplication app, IReadOnlyList<Route> routes, IDisposable[] owned) => (this.app, Routes, this.owned) = (app, routes, owned);

    /// <summary>Where it is, as http://127.0.0.1:4711.</summary>
    public string Address => app.Urls.First();

    /// <summary>What it answers.</summary>
    internal IReadOnlyList<Route> Routes { get; }

    /// <summary>What is really served.</summary>
    internal IEnumerable<RouteEndpoint> Endpoints => app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>Starts to listen.</summary>
    /// <exception cref="InvalidSettingException">Others reach the address and there is no token; the port is taken, or the address is not of this machine.</exception>
    public static async Task<ControlServer> StartAsync(ControlOptions options, ControlParts parts, ILogger logger, CancellationToken cancellationToken)
    {
        options.Check();
        // Empty: what lies in the environment or in an appsettings.json of the directory must not open another port, or show errors with the headers of requests.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBufferSize = BufferBytes;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MostDiscardedBytes;
            kestrel.Listen(options.Address);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = context => Answer.RefuseAsync(WithoutTimeout(context), StatusCodes.Status503ServiceUnavailable, "it took too long; look whether it was done, and see that the broker is well"),
        });
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.GlobalLimiter = Limiter(options.RequestsPerSecond);
            limiter.OnRejected = static async (rejected, _) =>
            {
                rejected.HttpContext.Response.Headers.RetryAfter = "1";
                await Answer.RefuseAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "too many requests; ask again in a second").ConfigureAwait(false);
            };
        });
        // Ctrl-C is the program's own affair.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();

        var changes = new RuleChanges(parts.Rules, parts.RuleDryRun, logger);
        var bodies = new BodyAdmission();
        IReadOnlyList<Route> routes = AllRoutes(parts, changes, logger);
        WebApplication app = builder.Build();
        app.Use((context, next) => AnswerErrorsAsync(context, next, logger));
        app.UseStatusCodePages(static page => UnservedAsync(page.HttpContext));
        app.Use(static (context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            return next(context);
        });
        app.UseRateLimiter();
        app.Use(new RequestGuard(options.Address).CheckAsync);
        app.Use(new Access(options.Token, static context => Answer.RefuseAsync(context, StatusCodes.Status401Unauthorized, "give the token of this producer: Authorization: Bearer …")).CheckAsync);
        app.UseRequestTimeouts();
        app.Use(bodies.AdmitAsync);
        foreach (Route route in routes) app.MapMethods(route.Pattern, [route.Method], route.Handler);

        var server = new ControlServer(app, routes, [changes, bodies]);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            logger.Controlled(server.Address);
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            if (e is not (IOException or SocketException)) throw;
            throw new InvalidSettingException($"--control {options.Address} cannot be listened on: {e.Message} Is the port taken, and is the address of this machine?", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await app.StopAsync(soon.Token).ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
        foreach (IDisposable part in owned) part.Dispose();
    }

    private static List<Route> AllRoutes(ControlParts parts, RuleChanges changes, ILogger logger)
    {
        var routes = new List<Route>();
        routes.Add(new Route("GET", "/", "flamingo", "All routes, one a line", context => ListAsync(context, routes)) { Answers = [new RouteAnswer(200, "The routes", new RouteContent("text/plain", """{"type":"string"}"""))] });
        routes.Add(new Route("GET", "/openapi.json", "description", "This description", context => Answer.JsonAsync(context, writer => OpenApi.Write(writer, routes))) { Answers = [RouteAnswer.Json(200, "The description", """{"type":"object"}""")] });
        routes.Add(new Route("GET", "/meta.json", "flamingo", "Figures of the stream", context =>
            parts.Meta is { } meta ? Answer.JsonAsync(context, meta.Write) : throw new RefusedException(StatusCodes.Status404NotFound, "this producer keeps no such figures"))
        { Answers = [RouteAnswer.Json(200, "The figures", """{"type":"object","additionalProperties":{"type":["string","number","boolean"]}}""")] });
        routes.AddRange(new StreamRoutes(changes).Routes);
        routes.AddRange(new SubscriptionRoutes(parts.Subscriptions).Routes);
        routes.AddRange(new TraptorRoutes(parts.Rates, parts.Names).Routes);
        routes.AddRange(new RuleRoutes(changes).Routes);
        routes.AddRange(new SourceRoutes(parts, logger).Routes);
        return routes;
    }

    private static Task ListAsync(HttpContext context, List<Route> routes)
    {
        var lines = new StringBuilder();
        foreach (Route route in routes) lines.Append(CultureInfo.InvariantCulture, $"{route.Method,-6} {route.Pattern}\n");
        return Answer.BytesAsync(context, Encoding.UTF8.GetBytes(lines.ToString()), StatusCodes.Status200OK, "text/plain; charset=utf-8");
    }

    private static async Task AnswerErrorsAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // Who asked has gone.
        }
        catch (Exception e) when (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            logger.ControlFailed(e, context.Request.Method, context.Request.Path);
            context.Abort();
        }
        catch (Exception e)
        {
            context.Response.Clear();
            switch (e)
            {
                case RefusedException refused:
                    await Answer.RefuseAsync(context, refused.Status, refused.Message, refused.More).ConfigureAwait(false);
                    break;
                case BadHttpRequestException bad:
                    string reason = bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the body has more than {RequestBody.MostBytes} bytes; send it in parts" : bad.Message;
                    await Answer.RefuseAsync(context, bad.StatusCode, reason).ConfigureAwait(false);
                    break;
                case BrokerUnavailableException or DeliveryFailedException or KafkaException:
                    logger.ControlUnavailable(context.Request.Method, context.Request.Path, e.Message);
                    context.Response.Headers.RetryAfter = "5";
                    await Answer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, e.Message).ConfigureAwait(false);
                    break;
                default:
                    logger.ControlFailed(e, context.Request.Method, context.Request.Path);
                    await Answer.RefuseAsync(context, StatusCodes.Status500InternalServerError, "an error in the producer; see its log").ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>What no route has answered: there is none, or not with this method.</summary>
    private static Task UnservedAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Answer.RefuseAsync(context, StatusCodes.Status404NotFound, $"there is nothing at {context.Request.Path}; GET / lists what there is"),
        StatusCodes.Status405MethodNotAllowed => Answer.RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}"),
        var status => Answer.RefuseAsync(context, status, "this was not taken; GET / lists what there is"),
    };

    // The health is asked by who would otherwise start the producer anew, and costs next to nothing.
    private static PartitionedRateLimiter<HttpContext> Limiter(int requestsPerSecond)
    {
        int atOnce = Math.Max(1, requestsPerSecond / 10);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = requestsPerSecond,
            TokensPerPeriod = atOnce,
            ReplenishmentPeriod = TimeSpan.FromSeconds((double)atOnce / requestsPerSecond),
            QueueLimit = WaitingForEachRequest * requestsPerSecond,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        return PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => context.Request.Path == "/health"
            ? RateLimitPartition.GetNoLimiter(IPAddress.None)
            : RateLimitPartition.GetTokenBucketLimiter(context.Connection.RemoteIpAddress ?? IPAddress.Any, _ => bucket));
    }

    // The request's token has run out, and would end the answer that says so.
    private static HttpContext WithoutTimeout(HttpContext context)
    {
        context.RequestAborted = CancellationToken.None;
        return context;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
