using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Registry.Tests;

public sealed class SchemaRegistryClientTests : IAsyncLifetime
{
    private const string Schema = "\"string\"", Another = "\"long\"";

    private FakeRegistry registry = null!;

    public async ValueTask InitializeAsync() => registry = await FakeRegistry.StartAsync();
    public ValueTask DisposeAsync() => registry.DisposeAsync();

    [Fact]
    public async Task A_registry_that_is_not_there_is_an_error_that_names_its_address()
    {
        string url = Closed();
        using SchemaRegistryClient client = Client(url);
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
        Assert.Contains($"no schema registry answers at {url}/", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_says_nothing_is_an_error_after_the_time_of_a_request()
    {
        var never = new TaskCompletionSource<(int, string)?>();
        registry.Instead = _ => never.Task;
        using SchemaRegistryClient client = Client(registry.Url, options => options with { RequestTimeout = TimeSpan.FromMilliseconds(100) });
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.SchemaAsync(1, TestContext.Current.CancellationToken));
        never.SetResult(null);
        Assert.Contains("does not answer within 0.1 s", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"error_code":401,"message":"Unauthorized"}""", "does not let this program in (401: Unauthorized)")]
    [InlineData(403, "", "does not allow this program what it asks (403 Forbidden)")]
    [InlineData(422, """{"error_code":42201,"message":"Invalid schema"}""", "refuses (422: Invalid schema)")]
    [InlineData(500, "<html>\noops</html>", "has failed (500: <html> oops</html>)")]
    [InlineData(302, "", "refuses (302 ")]
    [InlineData(200, "<html>", "is no schema registry: its answer is no JSON")]
    [InlineData(200, "[]", "is no schema registry: its answer is no JSON object")]
    [InlineData(200, "{}", "is no schema registry: its answer has no 'id'")]
    [InlineData(404, """{"error_code":404,"message":"HTTP 404 Not Found"}""", "is no schema registry: it knows no such path")]
    public async Task A_registry_that_refuses_is_an_error_with_its_reason(int status, string body, string expected)
    {
        registry.Instead = _ => Task.FromResult<(int, string)?>((status, body));
        using SchemaRegistryClient client = Client(registry.Url);
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains(registry.Url, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incompatible_schema_is_refused_with_subject_and_reason_before_anything_is_registered()
    {
        using SchemaRegistryClient client = Client(registry.Url);
        await client.EnsureAsync("tweets-value", Schema, TestContext.Current.CancellationToken);
        registry.Incompatible = "READER_FIELD_MISSING_DEFAULT_VALUE: x";
        IncompatibleSchemaException failure = await Assert.ThrowsAsync<IncompatibleSchemaException>(() => client.EnsureAsync("tweets-value", Another, TestContext.Current.CancellationToken));
        Assert.Contains("subject tweets-value", failure.Message, StringComparison.Ordinal);
        Assert.Contains("READER_FIELD_MISSING_DEFAULT_VALUE: x", failure.Message, StringComparison.Ordinal);
        Assert.Single(registry.Requests, "POST /subjects/tweets-value/versions");
        // And where another program was quicker, registering says the same.
        failure = await Assert.ThrowsAsync<IncompatibleSchemaException>(() => client.RegisterAsync("tweets-value", Another, TestContext.Current.CancellationToken));
        Assert.Contains("READER_FIELD_MISSING_DEFAULT_VALUE: x", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_registering_a_schema_must_be_there()
    {
        using SchemaRegistryClient reads = Client(registry.Url, options => options with { AutoRegister = false }), writes = Client(registry.Url);
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => reads.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
        Assert.Contains("registering is switched off", failure.Message, StringComparison.Ordinal);
        int id = await writes.EnsureAsync("s", Schema, TestContext.Current.CancellationToken);
        Assert.Equal(id, await reads.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_was_asked_once_is_not_asked_again()
    {
        using SchemaRegistryClient client = Client(registry.Url), other = Client(registry.Url);
        int id = await client.EnsureAsync("a b/c", Schema, TestContext.Current.CancellationToken);
        Assert.Equal(["POST /subjects/a%20b%2Fc", "POST /compatibility/subjects/a%20b%2Fc/versions/latest", "POST /subjects/a%20b%2Fc/versions"], registry.Requests);
        Assert.Equal((id, Schema), (await client.EnsureAsync("a b/c", Schema, TestContext.Current.CancellationToken), await client.SchemaAsync(id, TestContext.Current.CancellationToken)));
        Assert.Equal(3, registry.Requests.Length);
        Assert.Equal((Schema, Schema), (await other.SchemaAsync(id, TestContext.Current.CancellationToken), await other.SchemaAsync(id, TestContext.Current.CancellationToken)));
        Assert.Equal(4, registry.Requests.Length);
    }

    [Fact]
    public async Task The_newest_schema_of_a_subject_is_asked_each_time()
    {
        using SchemaRegistryClient client = Client(registry.Url);
        Assert.Null(await client.LatestAsync("s", TestContext.Current.CancellationToken));
        await client.RegisterAsync("s", Schema, TestContext.Current.CancellationToken);
        Assert.Equal(new RegisteredSchema(1, 1, Schema), await client.LatestAsync("s", TestContext.Current.CancellationToken));
        await client.RegisterAsync("s", Another, TestContext.Current.CancellationToken);
        Assert.Equal(new RegisteredSchema(2, 2, Another), await client.LatestAsync("s", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Of_several_addresses_the_next_one_is_asked_and_stayed_with()
    {
        using SchemaRegistryClient client = Client($"{Closed()}, {registry.Url}");
        Assert.Equal(1, await client.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
        Assert.Equal(3, registry.Requests.Length);

        string first = Closed(), second = Closed();
        using SchemaRegistryClient none = Client($"{first},{second}");
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => none.SchemaAsync(1, TestContext.Current.CancellationToken));
        Assert.Contains(first, failure.Message, StringComparison.Ordinal);
        Assert.Contains(second, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_not_asked_of_the_next_address()
    {
        await using FakeRegistry next = await FakeRegistry.StartAsync();
        registry.Instead = _ => Task.FromResult<(int, string)?>((403, "{}"));
        using SchemaRegistryClient client = Client($"{registry.Url},{next.Url}");
        await Assert.ThrowsAsync<SchemaRegistryException>(() => client.SchemaAsync(1, TestContext.Current.CancellationToken));
        Assert.Empty(next.Requests);
    }

    [Fact]
    public async Task Who_is_patient_asks_until_the_registry_is_back()
    {
        int failures = 3;
        registry.Instead = _ => Task.FromResult<(int, string)?>(failures-- > 0 ? (503, "") : null);
        using SchemaRegistryClient client = Client(registry.Url);
        Assert.Equal(1, await client.PatientlyAsync(cancel => client.RegisterAsync("s", Schema, cancel)));
        Assert.Equal(4, registry.Requests.Length);
    }

    [Fact]
    public async Task Patience_ends_with_an_error_that_names_the_address()
    {
        string url = Closed();
        using SchemaRegistryClient client = Client(url, options => options with { Patience = TimeSpan.FromMilliseconds(200) });
        SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.PatientlyAsync(cancel => client.SchemaAsync(1, cancel)));
        Assert.Contains(url, failure.Message, StringComparison.Ordinal);
        Assert.Contains("It was asked again for", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patience_does_not_wait_for_a_refusal_to_pass()
    {
        registry.Instead = _ => Task.FromResult<(int, string)?>((401, "{}"));
        using SchemaRegistryClient client = Client(registry.Url);
        await Assert.ThrowsAsync<SchemaRegistryException>(() => client.PatientlyAsync(cancel => client.SchemaAsync(1, cancel)));
        Assert.Single(registry.Requests);
    }

    [Fact]
    public async Task Disposing_ends_the_wait()
    {
        SchemaRegistryClient client = Client(Closed());
        Task<string> waiting = client.PatientlyAsync(cancel => client.SchemaAsync(1, cancel));
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => waiting);
    }

    [Fact]
    public async Task Credentials_are_sent_and_shown_nowhere()
    {
        var basic = new SchemaRegistryOptions(registry.Url) { Credentials = RegistryCredentials.Basic("ann", "s3cret") };
        var bearer = new SchemaRegistryOptions(registry.Url) { Credentials = RegistryCredentials.Bearer("t0ken") };
        registry.Instead = _ => Task.FromResult<(int, string)?>((401, """{"message":"no"}"""));
        foreach (SchemaRegistryOptions options in (SchemaRegistryOptions[])[basic, bearer])
        {
            using var client = new SchemaRegistryClient(options);
            SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.SchemaAsync(1, TestContext.Current.CancellationToken));
            foreach (string secret in (string[])["s3cret", "t0ken", Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:s3cret"))])
                Assert.DoesNotContain(secret, $"{failure} {options} {options.Credentials}", StringComparison.Ordinal);
        }
        Assert.Equal([$"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:s3cret"))}", "Bearer t0ken"], registry.Asked.Select(asked => asked.Authorization));
    }

    [Fact]
    public async Task A_registry_does_not_send_credentials_on_to_others()
    {
        await using FakeRegistry other = await FakeRegistry.StartAsync();
        registry.Location = other.Url;
        registry.Instead = _ => Task.FromResult<(int, string)?>((307, ""));
        using SchemaRegistryClient client = Client(registry.Url, options => options with { Credentials = RegistryCredentials.Bearer("t0ken") });
        await Assert.ThrowsAsync<SchemaRegistryException>(() => client.SchemaAsync(1, TestContext.Current.CancellationToken));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task A_certificate_must_come_from_the_authority_that_is_named()
    {
        using X509Certificate2 own = Certificate(), other = Certificate();
        await using FakeRegistry secure = await FakeRegistry.StartAsync(own);
        string trusted = Pem(own), foreign = Pem(other);
        try
        {
            using SchemaRegistryClient client = Client(secure.Url, options => options with { CaFile = trusted }), wrong = Client(secure.Url, options => options with { CaFile = foreign }), without = Client(secure.Url);
            Assert.Equal(1, await client.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
            foreach (SchemaRegistryClient refused in (SchemaRegistryClient[])[wrong, without])
            {
                SchemaRegistryException failure = await Assert.ThrowsAsync<SchemaRegistryException>(() => refused.EnsureAsync("s", Schema, TestContext.Current.CancellationToken));
                Assert.Contains("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
            }
        }
        finally
        {
            File.Delete(trusted);
            File.Delete(foreign);
        }

        static X509Certificate2 Certificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=registry", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        }

        static string Pem(X509Certificate2 certificate)
        {
            string file = Path.GetTempFileName();
            File.WriteAllText(file, certificate.ExportCertificatePem());
            return file;
        }
    }

    [Theory]
    [InlineData("", "has no address")]
    [InlineData("registry:8081", "is wrong")]
    [InlineData("ftp://registry", "is wrong")]
    [InlineData("http://ann:s3cret@registry:8081", "has credentials in it")]
    [InlineData("ann:s3cret@registry:8081", "is wrong")]
    [InlineData("http://registry/?key=s3cret", "more than a path")]
    public void A_wrong_address_is_told_without_what_may_be_secret(string urls, string expected)
    {
        StreamConfigException failure = Assert.Throws<StreamConfigException>(() => new SchemaRegistryOptions(urls));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_wrong_settings_are_told()
    {
        var options = new SchemaRegistryOptions("http://registry");
        Assert.Throws<StreamConfigException>(() => options with { RequestTimeout = TimeSpan.Zero });
        Assert.Throws<StreamConfigException>(() => options with { Patience = TimeSpan.FromDays(2) });
        Assert.Contains("/nowhere/ca.pem", Assert.Throws<StreamConfigException>(() => options with { CaFile = "/nowhere/ca.pem" }).Message, StringComparison.Ordinal);
        Assert.Throws<StreamConfigException>(() => RegistryCredentials.Basic("a:b", "c"));
        Assert.Throws<StreamConfigException>(() => RegistryCredentials.Bearer("a\nb"));
    }

    private static SchemaRegistryClient Client(string urls, Func<SchemaRegistryOptions, SchemaRegistryOptions>? change = null)
    {
        var options = new SchemaRegistryOptions(urls) { Backoff = TimeSpan.FromMilliseconds(10) };
        return new SchemaRegistryClient(change?.Invoke(options) ?? options);
    }

    /// <summary>An address where nobody listens.</summary>
    private static string Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
