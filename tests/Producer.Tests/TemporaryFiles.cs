using System.IO.Compression;
using System.Text;
using TweetStreams.Producer.Sources;

namespace TweetStreams.Producer.Tests;

/// <summary>A directory of a test's own.</summary>
internal sealed class TemporaryFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tweetstreams-producer-").FullName;

    public string Write(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>As gzip packs an empty file; .NET's packer leaves nothing at all.</summary>
    public static byte[] EmptyGzip => Convert.FromHexString("1f8b080000000000000303000000000000000000");

    public static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}

internal static class Reading
{
    public static IMessageSource Open(params string[] specs) => SourceSpec.Open(specs, new SampleOptions(), TimeProvider.System);

    public static async Task<List<byte[]>> AllAsync(this IMessageSource source)
    {
        var messages = new List<byte[]>();
        await foreach (byte[] message in source.ReadAsync(TestContext.Current.CancellationToken))
            messages.Add(message);
        return messages;
    }

    public static async Task<List<string>> TextsAsync(this IMessageSource source) => [.. (await source.AllAsync()).Select(Encoding.UTF8.GetString)];

    /// <summary>What was read before the source failed, and how.</summary>
    public static async Task<(List<string> Read, SourceException? Failure)> UntilFailureAsync(this IMessageSource source)
    {
        var read = new List<string>();
        try
        {
            await foreach (byte[] message in source.ReadAsync(TestContext.Current.CancellationToken))
                read.Add(Encoding.UTF8.GetString(message));
            return (read, null);
        }
        catch (SourceException failure)
        {
            return (read, failure);
        }
    }
}
