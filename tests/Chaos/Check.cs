namespace TweetStreams.Chaos;

/// <summary>Whether the topics hold what must come of the messages, as another language's client reads them and another program counts.</summary>
internal static class Check
{
    /// <exception cref="ChaosException">They do not; the message names the first differences.</exception>
    public static async Task RunAsync(string bootstrapServers, string file, ChaosOptions options)
    {
        string python = Repository.SharedIfThere("python", "py") ?? throw new ChaosException("nothing was checked: ../shared/python is not on this machine");
        string reference = Repository.SharedIfThere("reference", "reference.py") ?? throw new ChaosException("nothing was checked: ../shared/reference is not on this machine");
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "check.py"), bootstrapServers, file, reference, options.DemandsEquality ? ChaosOptions.ExactlyOnce : ChaosOptions.AtLeastOnce, .. options.Dedupe ? ["--dedupe"] : Array.Empty<string>()];
        using Running check = Running.Tool(python, arguments, ("TZ", "UTC"), ("PYTHONDONTWRITEBYTECODE", "1"));
        if (await check.ExitAsync() != 0) throw new ChaosException($"the check failed:\n{string.Join('\n', [.. check.Output, .. check.Error])}");
    }
}
