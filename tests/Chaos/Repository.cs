namespace TweetStreams.Chaos;

/// <summary>Where this checkout lies, what was built in it, and what may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the material beside the checkout, which not every machine has.</summary>
    public static string? SharedIfThere(params string[] path)
    {
        string file = Path.GetFullPath(Path.Combine([Root, "..", "shared", .. path]));
        return File.Exists(file) ? file : null;
    }

    /// <summary>A program of this solution, built the same way, as it would be started from a shell.</summary>
    public static string Program(string project, string name)
    {
        // tests/EndToEnd.Tests/bin/Release/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, project, "bin", output.Parent!.Name, output.Name, OperatingSystem.IsWindows() ? name + ".exe" : name);
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "TweetStreams.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("this does not lie in a checkout of TweetStreams");
    }
}
