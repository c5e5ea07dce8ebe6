using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace TweetStreams.Processor.Web;

/// <summary>The live page: files in the program itself.</summary>
internal static class Page
{
    private const string Folder = "page/";

    // By the endings of the files' names; there are no others.
    private static readonly Dictionary<string, string> Types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    public static void Map(WebApplication app)
    {
        foreach (string resource in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            string name = resource[Folder.Length..], type = Types[Path.GetExtension(name)];
            byte[] content = Read(resource);
            // Another version of the program has another page.
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
            app.MapGet(name == "index.html" ? "/" : "/" + name, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                return TypedResults.Bytes(content, type, entityTag: new EntityTagHeaderValue(tag));
            });
        }
    }

    private static byte[] Read(string resource)
    {
        using System.IO.Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"{resource} is not in the program");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
