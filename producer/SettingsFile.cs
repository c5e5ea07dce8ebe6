namespace TweetStreams.Producer;

/// <summary>Settings of librdkafka in a file: for what must not be on a command line, which others on the machine can read.</summary>
internal static class SettingsFile
{
    /// <summary>The settings, a key=value a line; # begins a comment. None where there is no file.</summary>
    /// <exception cref="InvalidSettingException">The file cannot be read, or a line is no setting; the line is not told, since it may be a secret.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(string? file)
    {
        if (file is null) return [];
        try
        {
            return [.. File.ReadAllLines(file).Select((line, index) => (Line: line.Trim(), Number: index + 1)).Where(row => row.Line.Length > 0 && row.Line[0] != '#')
                .Select(row => row.Line.Split('=', 2) is [{ Length: > 0 } key, var value] ? KeyValuePair.Create(key.Trim(), value.Trim()) : throw new InvalidSettingException($"--set-file {file}: line {row.Number} is wrong: a setting is key=value"))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException($"--set-file: {e.Message}", e);
        }
    }
}
