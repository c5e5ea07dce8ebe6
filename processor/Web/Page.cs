using System.Reflection;

namespace TweetStreams.Processor.Web;

/// <summary>The live page: files in the program itself.</summary>
internal static class Page
{
    private static readonly (string Path, string Resource, string Type)[] Files =
    [
        ("/", "page/index.html", "text/html; charset=utf-8"),
        ("/page.css", "page/page.css", "text/css; charset=utf-8"),
        ("/page.js", "page/page.js", "text/javascript; charset=utf-8"),
    ];

    public static void Map(WebApplication app)
    {
        foreach (var (path, resource, type) in Files)
        {
            byte[] content = Read(resource);
            app.MapGet(path, () => TypedResults.Bytes(content, type));
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
