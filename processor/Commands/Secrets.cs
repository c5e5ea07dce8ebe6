namespace TweetStreams.Processor.Commands;

/// <summary>Secrets come from a file or the environment, never from the command line, which others on the machine can read.</summary>
internal static class Secrets
{
    /// <summary>Settings of a file, a key=value a line; # begins a comment.</summary>
    /// <exception cref="SettingException">The file cannot be read, or a line is no setting; the line is not told, since it may be a secret.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Settings(string? file)
    {
        if (file is null) return [];
        try
        {
            return [.. File.ReadAllLines(file).Select((line, index) => (Line: line.Trim(), Number: index + 1)).Where(row => row.Line.Length > 0 && row.Line[0] != '#')
                .Select(row => row.Line.Split('=', 2) is [{ Length: > 0 } key, var value] ? KeyValuePair.Create(key.Trim(), value.Trim()) : throw new SettingException($"--set-file {file}: line {row.Number} is wrong: a setting is key=value"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"--set-file: {e.Message}", e);
        }
    }

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
