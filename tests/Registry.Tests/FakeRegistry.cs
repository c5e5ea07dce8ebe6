using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TweetStreams.Registry.Tests;

/// <summary>A registry in this process: it files schemas and answers as Confluent's, unless a test has it answer otherwise.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly List<string> schemas = [];
    private readonly Dictionary<string, List<int>> subjects = [];

    private FakeRegistry(X509Certificate2? certificate)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <param name="certificate">Its own, for https; null: http.</param>
    public static async Task<FakeRegistry> StartAsync(X509Certificate2? certificate = null)
    {
        var registry = new FakeRegistry(certificate);
        await registry.app.StartAsync();
        return registry;
    }

    public string Url => app.Urls.Single();

    /// <summary>Method, path and authorization of what was asked.</summary>
    public ConcurrentQueue<(string Request, string? Authorization)> Asked { get; } = new();

    /// <summary>What is answered instead, by method and path; null for as usual.</summary>
    public Func<string, Task<(int Status, string Body)?>> Instead { get; set; } = _ => Task.FromResult<(int, string)?>(null);

    /// <summary>Why no schema is compatible; null: all are.</summary>
    public string? Incompatible { get; set; }

    /// <summary>Where its answers send who asks.</summary>
    public string? Location { get; set; }

    public string[] Requests => [.. Asked.Select(asked => asked.Request)];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string request = $"{context.Request.Method} {context.Request.Path}";
        Asked.Enqueue((request, context.Request.Headers.Authorization.ToString() is { Length: > 0 } given ? given : null));
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        (int status, string answer) = await Instead(request) ?? Answer(context.Request.Method, context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries), body);
        context.Response.StatusCode = status;
        if (Location is not null) context.Response.Headers.Location = Location;
        await context.Response.WriteAsync(answer);
    }

    private (int, string) Answer(string method, string[] path, string body)
    {
        lock (schemas)
        {
            string schema = body.Length == 0 ? "" : JsonDocument.Parse(body).RootElement.GetProperty("schema").GetString()!;
            switch (method, path)
            {
                case ("GET", ["schemas", "ids", var id]):
                    int number = int.Parse(id, System.Globalization.CultureInfo.InvariantCulture);
                    return number <= schemas.Count ? (200, Json(new { schema = schemas[number - 1] })) : Missing(40403);
                case ("GET", ["subjects", var subject, "versions", "latest"]):
                    return subjects.TryGetValue(subject, out List<int>? versions) ? (200, Json(new { id = versions[^1], version = versions.Count, schema = schemas[versions[^1] - 1] })) : Missing(40401);
                case ("POST", ["subjects", var subject]):
                    return subjects.TryGetValue(subject, out versions) && versions.FirstOrDefault(known => schemas[known - 1] == schema) is > 0 and var found ? (200, Json(new { id = found })) : Missing(40403);
                case ("POST", ["compatibility", "subjects", var subject, "versions", "latest"]):
                    return !subjects.ContainsKey(subject) ? Missing(40401) : (200, Json(new { is_compatible = Incompatible is null, messages = Incompatible is null ? [] : new[] { Incompatible } }));
                case ("POST", ["subjects", var subject, "versions"]):
                    if (Incompatible is not null && subjects.ContainsKey(subject)) return (409, Json(new { error_code = 409, message = Incompatible }));
                    if (!schemas.Contains(schema)) schemas.Add(schema);
                    if (!subjects.TryGetValue(subject, out versions)) subjects[subject] = versions = [];
                    versions.Add(schemas.IndexOf(schema) + 1);
                    return (200, Json(new { id = versions[^1] }));
                default:
                    return (404, Json(new { error_code = 404, message = "HTTP 404 Not Found" }));
            }
        }
    }

    private static (int, string) Missing(int code) => (404, Json(new { error_code = code, message = "not found" }));
    private static string Json(object value) => JsonSerializer.Serialize(value);
}
