using System.ComponentModel;

namespace TweetStreams.Operations.Tests;

/// <summary>Files of this repository, and tools that not every machine has.</summary>
internal static class Sources
{
    public static string At(params string[] path) => Path.Combine([Repository.Root, .. path]);

    public static string Text(params string[] path) => File.ReadAllText(At(path));

    /// <summary>Ends the test as skipped where a tool is missing.</summary>
    public static async Task NeedsAsync(string tool, params string[] arguments)
    {
        string? reason = null;
        try
        {
            using Running running = Running.Tool(tool, arguments);
            if (await running.ExitAsync() != 0) reason = $"`{tool} {string.Join(' ', arguments)}` does not work: {string.Join(' ', running.Error)}";
        }
        catch (Win32Exception)
        {
            reason = $"{tool} is not on this machine; tests/install-tools.sh gets what can be had";
        }
        if (reason is not null) Assert.Skip(reason);
    }

    /// <summary>A tool has nothing to find fault with.</summary>
    public static async Task PassesAsync(string tool, params string[] arguments)
    {
        using Running running = Running.Tool(tool, arguments);
        Assert.True(await running.ExitAsync() == 0, running.ToString());
    }

    /// <summary>The options that a program has, by its own help.</summary>
    public static async Task<IReadOnlySet<string>> OptionsAsync(string project, string name, params string[] command)
    {
        IReadOnlyList<string> help = await Running.OutputOfAsync(Repository.Program(project, name), [.. command, "--help"]);
        return help.SelectMany(line => line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)).Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToHashSet();
    }
}

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class Temporary : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("tweetstreams-ops-").FullName;

    public string At(params string[] path) => Path.Combine([Folder, .. path]);

    public string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
