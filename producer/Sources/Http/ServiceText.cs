using System.Text;
using System.Text.Json;

namespace TweetStreams.Producer.Sources.Http;

/// <summary>What a service said in its own words, made fit for a line of a log.</summary>
internal static class ServiceText
{
    private const int Longest = 300;

    /// <summary>The beginning of a text, in one line.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (char character in text.Trim())
        {
            if (line.Length == Longest) return line.Append('…').ToString();
            line.Append(char.IsControl(character) ? ' ' : character);
        }
        return line.ToString();
    }

    /// <summary>What a problem's object says, in the forms that X has had: title and detail, error with message, errors with either.</summary>
    public static string? Problem(JsonElement problem)
    {
        if (problem.ValueKind == JsonValueKind.String) return problem.GetString();
        if (problem.ValueKind != JsonValueKind.Object) return null;
        string? named = Of(problem, "disconnect_type") ?? Of(problem, "connection_issue") ?? Of(problem, "title");
        string? said = Of(problem, "detail") ?? Of(problem, "message") ?? Of(problem, "reason");
        if (said is null && problem.TryGetProperty("details", out JsonElement details) && details is { ValueKind: JsonValueKind.Array } && details.GetArrayLength() > 0) said = Problem(details[0]);
        if (said is null && problem.TryGetProperty("error", out JsonElement error)) said = Problem(error);
        if (problem.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0 && Problem(errors[0]) is { } first)
            said = said is null ? first : $"{said} {first}";
        return (named, said) switch
        {
            (null, _) => said,
            (_, null) => named,
            _ => $"{named}: {said}",
        };
    }

    private static string? Of(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
