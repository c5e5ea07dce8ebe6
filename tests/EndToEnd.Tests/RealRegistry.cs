using System.ComponentModel;
using System.Text;
using System.Text.Json;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A real schema registry of ../shared/registry, of a test's own; where it is not to be had the test is skipped.</summary>
internal sealed class RealRegistry : IAsyncDisposable
{
    private readonly HttpClient http = new();
    private readonly Temporary data = new();
    private readonly string script;

    private RealRegistry(string script) => this.script = script;

    public string Url { get; private set; } = "";

    public static async Task<RealRegistry> StartAsync()
    {
        var registry = new RealRegistry(Repository.Shared("registry", "registry"));
        try
        {
            await Running.OutputOfAsync("java", "-version");
        }
        catch (Win32Exception)
        {
            throw Repository.Skipped("java is not on this machine");
        }
        await registry.UpAsync();
        return registry;
    }

    /// <summary>Starts it, empty, where it was before.</summary>
    public async Task UpAsync()
    {
        // What it starts would hold a pipe open for as long as it runs.
        string output = data.At("url");
        await Running.OutputOfAsync("bash", "-c", "\"$0\" up \"$1\" >\"$2\" 2>&1 </dev/null", script, data.At("registry"), output);
        Url = (await File.ReadAllLinesAsync(output))[^1].Trim();
    }

    public Task KillAsync() => Running.OutputOfAsync(script, "kill", data.At("registry"));

    public async Task<string[]> SubjectsAsync() => JsonSerializer.Deserialize<string[]>(await http.GetStringAsync(new Uri($"{Url}/subjects")))!;

    /// <summary>Sets what schemas may follow others, in all subjects.</summary>
    public Task CompatibilityAsync(string level) => SendAsync(HttpMethod.Put, "config", new { compatibility = level });

    public Task RegisterAsync(string subject, string schema) => SendAsync(HttpMethod.Post, $"subjects/{subject}/versions", new { schema });

    public async ValueTask DisposeAsync()
    {
        await Running.OutputOfAsync(script, "down", data.At("registry"));
        http.Dispose();
        data.Dispose();
    }

    private async Task SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{Url}/{path}")) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
    }
}
