using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TweetStreams.Producer.Control;

/// <summary>Lets so many bodies in at once as there is memory for: 64 small ones, or 8 of the largest.</summary>
internal sealed class BodyAdmission : IDisposable
{
    private const int Places = 64;
    private const int PlacesOfLargest = 8;
    private const int MostWaiting = 512;

    private readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions { PermitLimit = Places, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        // What is not announced may be as large as is taken.
        long bytes = Math.Min(context.Request.ContentLength ?? RequestBody.MostBytes, RequestBody.MostBytes);
        int places = Math.Clamp((int)Math.Ceiling(bytes * (double)PlacesOfLargest / RequestBody.MostBytes), 1, PlacesOfLargest);
        using RateLimitLease lease = await limiter.AcquireAsync(places, context.RequestAborted).ConfigureAwait(false);
        if (lease.IsAcquired)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        context.Response.Headers.RetryAfter = "1";
        await Answer.RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too many requests with a body at once; ask again later, and send several things in one").ConfigureAwait(false);
    }

    public void Dispose() => limiter.Dispose();
}
