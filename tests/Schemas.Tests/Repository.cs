namespace TweetStreams.Schemas.Tests;

/// <summary>Where this checkout lies, and what may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A file of the material beside the checkout, which not every machine has: the test that asks for it is skipped there.</summary>
    public static string Shared(params string[] path)
    {
        string file = Path.Combine([Root, "..", "shared", .. path]);
        Assert.SkipUnless(File.Exists(file), $"../shared/{string.Join('/', path)} is not on this machine");
        return file;
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "TweetStreams.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("the tests do not lie in a checkout of TweetStreams");
    }
}
