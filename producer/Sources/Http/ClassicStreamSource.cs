using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>A stream that speaks the line protocol of Twitter's API v1.1.</summary>
internal sealed class ClassicStreamSource(ClassicOptions options, IConnectionListener listener, ILogger logger, TimeProvider time)
    : HttpStreamSource(options.ToHttp(), listener, logger, time)
{
    /// <inheritdoc/>
    protected override HttpRequestMessage NewRequest(DateTimeOffset? missingSince, out TimeSpan backfilled)
    {
        backfilled = TimeSpan.Zero;
        return new HttpRequestMessage(HttpMethod.Get, options.Address);
    }
}
