using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A processor that asks for a token, over HTTPS, and takes texts.</summary>
public sealed class AccessTests : IDisposable
{
    private const string Token = "a token that is in no log";

    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_text_is_put_into_the_stream_and_counted()
    {
        using Running run = Running.Processor("run", "--port", "0", "--source", "-", "--commit-interval", "100ms");
        using var http = new HttpClient { BaseAddress = await run.PageAsync() };

        using HttpResponseMessage answer = await http.PostAsJsonAsync("api/messages", new { text = "posted  twice posted <script>" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.StartsWith("posted-", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync(http, "posted"));
        Assert.Equal(1, await CountAsync(http, "<script>"));

        await RefusedAsync(HttpStatusCode.BadRequest, "{\"text\":\" \"}");
        await RefusedAsync(HttpStatusCode.BadRequest, "{\"text\":");
        await RefusedAsync(HttpStatusCode.BadRequest, "{}");
        await RefusedAsync(HttpStatusCode.BadRequest, $"{{\"text\":\"{new string('x', 10_001)}\"}}");
        await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, $"{{\"text\":\"{new string('x', 70_000)}\"}}");
        // What the page of another site could send without being let.
        await RefusedAsync(HttpStatusCode.UnsupportedMediaType, "{\"text\":\"x\"}", "text/plain");
        await RefusedAsync(HttpStatusCode.MisdirectedRequest, "{\"text\":\"x\"}", host: "attacker.example");

        async Task RefusedAsync(HttpStatusCode expected, string body, string type = "application/json", string? host = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/messages") { Content = new StringContent(body, Encoding.UTF8, type) };
            request.Headers.Host = host;
            using HttpResponseMessage refused = await http.SendAsync(request);
            Assert.Equal(expected, refused.StatusCode);
        }
    }

    [Fact]
    public async Task With_a_token_and_a_certificate_only_who_has_the_token_is_answered_and_over_HTTPS()
    {
        string certificate = Certificate();
        using Running run = Running.Processor(
            "run", "--port", "0", "--count", "100000", "--rate", "100", "--seed", "1", "--token-file", temporary.Write("token", Token + "\n"), "--tls-certificate", certificate, "--tls-ca", certificate, "--verbose");
        Uri page = await run.PageAsync();
        Assert.Equal("https", page.Scheme);
        using var trusting = new SocketsHttpHandler();
        using X509Certificate2 expected = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(certificate));
        trusting.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == expected.GetCertHashString();
        using var http = new HttpClient(trusting) { BaseAddress = page };

        foreach (string path in (string[])["", "metrics", "api/live", "api/status", "api/words/top"])
        {
            using HttpResponseMessage refused = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Basic", Assert.Single(refused.Headers.WwwAuthenticate).Scheme);
        }
        Assert.Equal("live", await http.GetStringAsync("health/live"));

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Assert.Contains("tweetstreams_streams_state", await http.GetStringAsync("metrics"), StringComparison.Ordinal);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Token}")));
        Assert.Contains("TweetStreams", await http.GetStringAsync(""), StringComparison.Ordinal);

        using HttpResponseMessage posted = await http.PostAsJsonAsync("api/messages", new { text = "hello" });
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        Assert.DoesNotContain(Token, await http.GetStringAsync("metrics"), StringComparison.Ordinal);
        run.Send(Signal.Terminate);
        Assert.Equal(0, await run.ExitAsync());
        Assert.DoesNotContain(run.Output.Concat(run.Error), line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--token-file", "none")]
    [InlineData("--tls-certificate", "none")]
    [InlineData("--set-file", "none")]
    public async Task A_secret_that_cannot_be_read_is_named(string option, string file)
    {
        using Running run = Running.Processor("run", "--port", "0", option, temporary.At(file));
        Assert.Equal(64, await run.ExitAsync());
        Assert.Contains(option, Assert.Single(run.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_other_addresses_than_loopback_texts_are_taken_only_with_a_token()
    {
        using Running run = Running.Processor("run", "--port", "0", "--listen", "0.0.0.0", "--source", "-");
        using var http = new HttpClient { BaseAddress = await run.PageAsync() };
        using HttpResponseMessage answer = await http.PostAsJsonAsync("api/messages", new { text = "x" });
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    /// <summary>A certificate of its own making, and its key, in one PEM file.</summary>
    private string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return temporary.Write("tls.pem", Encoding.ASCII.GetBytes($"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n"));
    }

    private static async Task<long> CountAsync(HttpClient http, string word)
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"api/words/{Uri.EscapeDataString(word)}", UriKind.Relative));
            if (answer.StatusCode == HttpStatusCode.OK) return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt64();
            await Task.Delay(100);
        }
        throw new InvalidOperationException($"'{word}' was not counted");
    }
}
