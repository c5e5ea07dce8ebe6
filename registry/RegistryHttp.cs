using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace TweetStreams.Registry;

/// <summary>Sends one request to a registry, to each of its addresses in turn until one answers.</summary>
internal sealed class RegistryHttp : IDisposable
{
    private const int LongestReason = 500;

    private static readonly MediaTypeHeaderValue Json = new("application/vnd.schemaregistry.v1+json");

    private readonly SchemaRegistryOptions options;
    private readonly HttpClient http;

    // Where the last answer came from. Threads may overwrite each other's: it is only where to ask first.
    private volatile int preferred;

    public RegistryHttp(SchemaRegistryOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler
        {
            // Credentials go to the addresses that were given and to no other.
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        if (options.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        http = new HttpClient(handler) { Timeout = options.RequestTimeout };
        http.DefaultRequestHeaders.Authorization = options.Credentials?.Header;
    }

    /// <returns>The answer's status and JSON, where the registry said yes, or no for one of the expected reasons.</returns>
    /// <exception cref="SchemaRegistryException">No address answers, or the registry refuses.</exception>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body, HttpStatusCode[] expected, CancellationToken cancel)
    {
        SchemaRegistryException? failure = null;
        int first = preferred;
        for (int attempt = 0; attempt < options.Urls.Count; attempt++)
        {
            int index = (first + attempt) % options.Urls.Count;
            try
            {
                var answer = await SendAsync(options.Urls[index], method, path, body, expected, cancel).ConfigureAwait(false);
                preferred = index;
                return answer;
            }
            catch (SchemaRegistryException e) when (e.IsPassing)
            {
                failure = failure is null ? e : new SchemaRegistryException($"{failure.Message}; {e.Message}", e) { IsPassing = true };
            }
        }
        throw failure!;
    }

    public void Dispose() => http.Dispose();

    private async Task<(HttpStatusCode, JsonElement)> SendAsync(Uri url, HttpMethod method, string path, object? body, HttpStatusCode[] expected, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, path));
        if (body is not null) request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = Json } };
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancel).ConfigureAwait(false);
            byte[] content = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode && !expected.Contains(response.StatusCode)) throw Refused(url, response.StatusCode, content);
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw NoRegistry(url, "its answer is no JSON object");
            // A registry numbers what it does not have; without a number it is the path that is not there.
            if (response.StatusCode == HttpStatusCode.NotFound && !(document.RootElement.TryGetProperty("error_code", out JsonElement code) && code.TryGetInt32(out int number) && number > 40400))
                throw NoRegistry(url, "it knows no such path");
            return (response.StatusCode, document.RootElement.Clone());
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new SchemaRegistryException($"the schema registry at {url} does not answer within {options.RequestTimeout.TotalSeconds} s; is it running, and is the address right?", e) { IsPassing = true };
        }
        catch (HttpRequestException e)
        {
            // What a handshake fails of stands in the inner message.
            throw new SchemaRegistryException($"no schema registry answers at {url}: {(e.InnerException ?? e).Message}; is it running, and is the address right?", e) { IsPassing = true };
        }
        catch (JsonException e)
        {
            throw NoRegistry(url, "its answer is no JSON", e);
        }
    }

    private static SchemaRegistryException NoRegistry(Uri url, string why, Exception? cause = null) => new($"what answers at {url} is no schema registry: {why}; check the address and its path", cause!);

    private static SchemaRegistryException Refused(Uri url, HttpStatusCode status, byte[] content)
    {
        string said = $"{(int)status}{(Reason(content) is { Length: > 0 } reason ? $": {reason}" : $" {status}")}";
        return status switch
        {
            HttpStatusCode.Unauthorized => new($"the schema registry at {url} does not let this program in ({said}); check the user and password, or the token"),
            HttpStatusCode.Forbidden => new($"the schema registry at {url} does not allow this program what it asks ({said}); give its account the rights"),
            >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests =>
                new($"the schema registry at {url} has failed ({said})") { IsPassing = true },
            _ => new($"the schema registry at {url} refuses ({said})"),
        };
    }

    /// <summary>The message in an error's answer, or the beginning of whatever it is.</summary>
    internal static string Reason(byte[] content)
    {
        string text = Encoding.UTF8.GetString(content);
        try
        {
            using JsonDocument json = JsonDocument.Parse(content);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out JsonElement message)) text = message.ToString();
        }
        catch (JsonException)
        {
            // Then it is as it is.
        }
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= LongestReason ? text : text[..LongestReason] + "…";
    }
}
