namespace TweetStreams.Processor.Commands;

/// <summary>Secrets come from a file or the environment, never from the command line, which others on the machine can read.</summary>
internal static class Secrets
{
    /// <returns>The secret, without the white space around it; null where there is none.</returns>
    /// <exception cref="SettingException">The file cannot be read, or holds nothing.</exception>
    public static string? Read(string? file, string option, string variable)
    {
        if (file is null) return Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } secret ? secret : null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } read ? read : throw new SettingException($"{option} {file} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"{option}: {e.Message}", e);
        }
    }
}
