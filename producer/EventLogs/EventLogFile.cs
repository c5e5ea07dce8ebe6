using System.Globalization;
using System.Text.RegularExpressions;

namespace TweetStreams.Producer.EventLogs;

/// <summary>A file of an event log, as its name says: <c>event-yyyyMMdd-HHmmss-N.log</c>, with <c>.gz</c> behind when it is packed.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Begun">When it was begun, UTC, to the second.</param>
/// <param name="Number">Its number: one more than that of the file before.</param>
/// <param name="Packed">Whether it is packed.</param>
internal sealed partial record EventLogFile(string Path, DateTime Begun, long Number, bool Packed)
{
    /// <summary>The name of a link to the file that is being written.</summary>
    public const string Link = "event.log";

    /// <summary>What a file is called while it is being packed.</summary>
    public const string Unfinished = ".gz.tmp";

    private const string TimeFormat = "yyyyMMdd-HHmmss";

    /// <summary>Where it is when it is packed.</summary>
    public string PackedPath => Packed ? Path : Path + ".gz";

    /// <summary>The files of a directory, oldest first, which is the order of their names.</summary>
    public static IReadOnlyList<EventLogFile> In(string directory) =>
        [.. Directory.EnumerateFiles(directory, "event-*").Select(Parse).OfType<EventLogFile>().OrderBy(file => file.Begun).ThenBy(file => file.Number).ThenBy(file => file.Packed)];

    /// <summary>The file behind these: never before the last one in order, even where the clock was set back.</summary>
    public static EventLogFile After(EventLogFile? last, string directory, DateTimeOffset now)
    {
        DateTime begun = now.UtcDateTime;
        if (last is not null && begun < last.Begun) begun = last.Begun;
        long number = last is null ? 0 : last.Number + 1;
        string name = string.Create(CultureInfo.InvariantCulture, $"event-{begun.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{number}.log");
        return new EventLogFile(System.IO.Path.Combine(directory, name), begun, number, false);
    }

    private static EventLogFile? Parse(string path) =>
        Name.Match(System.IO.Path.GetFileName(path)) is { Success: true } match
        && DateTime.TryParseExact(match.Groups[1].Value, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime begun)
        && long.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? new EventLogFile(path, begun, number, match.Groups[3].Success) : null;

    [GeneratedRegex(@"^event-(\d{8}-\d{6})-(\d+)\.log(\.gz)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name { get; }
}
