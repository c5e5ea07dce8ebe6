using System.IO.Compression;
using System.Text;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class Temporary : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tweetstreams-e2e-").FullName;

    public string At(params string[] path) => Path.Combine([Folder, .. path]);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    public string Write(string name, params string[] lines) => Write(name, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
