using TweetStreams.Producer.Connections;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>A stream that speaks the line protocol of Twitter's API v1.1.</summary>
internal sealed class ClassicStreamSource(ClassicOptions options, IConnectionListener listener, TimeProvider time)
    : HttpStreamSource(options.ToHttp(), listener, time)
{
    /// <inheritdoc/>
    protected override HttpRequestMessage NewRequest(DateTimeOffset? missingSince, out TimeSpan backfilled)
    {
        backfilled = TimeSpan.Zero;
        return new HttpRequestMessage(HttpMethod.Get, options.Address);
    }
}
