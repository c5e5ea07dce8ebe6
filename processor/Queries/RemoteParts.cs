using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using Microsoft.AspNetCore.WebUtilities;
using TweetStreams.Processor.Web;

namespace TweetStreams.Processor.Queries;

/// <summary>Asks another instance for the partitions that it has.</summary>
/// <param name="token">What the instances have in common; null for nothing.</param>
/// <param name="tls">How they are trusted over HTTPS; null for HTTP.</param>
internal sealed class RemoteParts(string? token = null, TlsFiles? tls = null) : IDisposable
{
    // A key is a few seeks there; a table may have to be read to its end before the first row is known.
    private static readonly TimeSpan KeyPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TablePatience = TimeSpan.FromSeconds(10);

    // What is larger goes to a file until it is needed, so that memory does not grow with the tables of the others.
    private const int InMemory = 256 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(1),
        // A name may come to mean another machine.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = tls is null ? new SslClientAuthenticationOptions() : new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && tls!.Trusts(certificate, chain)),
        },
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The whole answer, in memory or in a temporary file that goes with it.</summary>
    /// <exception cref="InvalidStateStoreException">The instance has not got the partitions, or does not answer: asking again helps, a part of the answer would not.</exception>
    public async Task<System.IO.Stream> AskAsync(HostInfo host, PartRequest request, CancellationToken cancellationToken)
    {
        TimeSpan patience = request.Question.Key is null ? TablePatience : KeyPatience;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        FileBufferingReadStream? whole = null;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(tls is null ? "http" : "https", host.Host, host.Port, PartRequest.Path).Uri) { Content = JsonContent.Create(request) };
            if (token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) throw Refused($"answers {(int)response.StatusCode}: it has not got its partitions yet, or no longer");
            if (!response.Headers.TryGetValues(PartRequest.CoveredHeader, out var covered) || covered.Single() != request.Covered) throw Refused("does not cover what it was asked for");
            whole = new FileBufferingReadStream(await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false), InMemory);
            var buffer = new byte[16 * 1024];
            // As long as rows come, it may take its time.
            while (await whole.ReadAsync(buffer, limit.Token).ConfigureAwait(false) > 0) limit.CancelAfter(patience);
            whole.Position = 0;
            (FileBufferingReadStream answer, whole) = (whole, null);
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Refused($"does not answer: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused($"has not answered for {patience.TotalSeconds} s", e);
        }
        finally
        {
            if (whole is not null) await whole.DisposeAsync().ConfigureAwait(false);
        }

        InvalidStateStoreException Refused(string reason, Exception? cause = null) => new($"the instance at {host}, which has a part of the answer, {reason}; ask again in a moment", cause!);
    }

    public void Dispose() => http.Dispose();
}
