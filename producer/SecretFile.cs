namespace TweetStreams.Producer;

/// <summary>Secrets come from a file or the environment, never from the command line, which others on the machine can read.</summary>
internal static class SecretFile
{
    private const int MostCharacters = 64 * 1024;

    /// <summary>The secret in the file, or where none is named, in the environment.</summary>
    /// <returns>The secret, without the white space around it; null where there is none.</returns>
    /// <exception cref="InvalidSettingException">The file cannot be read, holds nothing, or is no such file. Its content is not shown.</exception>
    public static string? Read(string? file, string option, string variable, Func<string, string?>? environment = null)
    {
        if (file is null) return (environment ?? Environment.GetEnvironmentVariable)(variable)?.Trim() is { Length: > 0 } secret ? secret : null;
        try
        {
            using StreamReader reader = new(file);
            // A wrong name may be that of a recording: more than any secret has is not read.
            var text = new char[MostCharacters];
            int length = reader.ReadBlock(text);
            if (length == MostCharacters) throw new InvalidSettingException($"{option} {file} is too long for a secret; name a file that holds the secret alone");
            string read = new string(text, 0, length).Trim();
            return read.Length > 0 ? read : throw new InvalidSettingException($"{option} {file} is empty; write the secret into it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidSettingException($"{option}: {e.Message}", e);
        }
    }
}
