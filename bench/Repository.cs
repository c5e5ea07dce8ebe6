namespace TweetStreams.Bench;

/// <summary>Where this checkout lies, and what may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A file of the material beside the checkout, which not every machine has.</summary>
    public static string Shared(params string[] path) => Path.GetFullPath(Path.Combine([Root, "..", "shared", .. path]));

    /// <summary>A program of this checkout, as it was built.</summary>
    public static string Program(string project, string name) => Path.Combine(Root, project, "bin", "Release", "net10.0", name + ".dll");

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "TweetStreams.sln"))) return directory.FullName;
        throw new BenchException("run the benchmark from within the repository");
    }
}

/// <summary>The benchmark cannot go on; the message says why, and what to do.</summary>
internal sealed class BenchException : Exception
{
    public BenchException() { }
    public BenchException(string message) : base(message) { }
    public BenchException(string message, Exception innerException) : base(message, innerException) { }
}
