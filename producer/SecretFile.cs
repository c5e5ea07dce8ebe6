namespace TweetStreams.Producer;

/// <summary>Secrets come from a file or the environment, never from the command line, which others on the machine can read.</summary>
internal static class SecretFile
{
    /// <returns>The secret, without the white space around it; null where there is none.</returns>
    /// <exception cref="InvalidSettingException">The file cannot be read, or holds nothing.</exception>
    public static string? Read(string? file, string option, string variable, Func<string, string?> environment)
    {
        if (file is null) return environment(variable)?.Trim() is { Length: > 0 } secret ? secret : null;
        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } read ? read : throw new InvalidSettingException($"{option} {file} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"{option}: {e.Message}", e);
        }
    }
}
