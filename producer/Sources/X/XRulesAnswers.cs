using System.Collections.Immutable;
using System.Text.Json;
using TweetStreams.Producer.Sources.Http;

namespace TweetStreams.Producer.Sources.X;

/// <summary>Reads what X answers about rules, in all the forms that it has had.</summary>
internal static class XRulesAnswers
{
    public static (ImmutableArray<XRule> Rules, string? NextPage) Page(JsonElement answer)
    {
        string? next = answer.TryGetProperty("meta", out JsonElement meta) && meta.ValueKind == JsonValueKind.Object ? Text(meta, "next_token") : null;
        return (Rules(answer), next);
    }

    public static XRulesAnswer Change(JsonElement answer)
    {
        ImmutableArray<XRule> rules = Rules(answer);
        int count = rules.Length;
        if (answer.TryGetProperty("meta", out JsonElement meta) && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty("summary", out JsonElement summary) && summary.ValueKind == JsonValueKind.Object)
        {
            if (summary.TryGetProperty("deleted", out JsonElement done) && done.TryGetInt32(out int deleted)) count = deleted;
        }
        return new XRulesAnswer(rules, count, Errors(answer));
    }

    private static ImmutableArray<XRule> Rules(JsonElement answer)
    {
        if (!answer.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Array) return [];
        var rules = ImmutableArray.CreateBuilder<XRule>(data.GetArrayLength());
        foreach (JsonElement rule in data.EnumerateArray())
        {
            if (rule.ValueKind == JsonValueKind.Object && Text(rule, "value") is { } value) rules.Add(new XRule(value, Text(rule, "tag"), Text(rule, "id") ?? ""));
        }
        return rules.ToImmutable();
    }

    private static ImmutableArray<XRuleError> Errors(JsonElement answer)
    {
        if (answer.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0)
            return [.. errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object).Select(error => Error(error, answer))];
        // A problem that is about all of the request stands by itself.
        return answer.TryGetProperty("title", out _) ? [Error(answer, answer)] : [];
    }

    private static XRuleError Error(JsonElement error, JsonElement whole)
    {
        string reason = ServiceText.Line(ServiceText.Problem(error) ?? error.GetRawText());
        string type = Text(error, "type") ?? Text(whole, "type") ?? "";
        string title = Text(error, "title") ?? "";
        // The host of the type has changed once; its end has not.
        XRuleErrorKind kind =
            type.EndsWith("/duplicate-rules", StringComparison.Ordinal) || title == "DuplicateRule" ? XRuleErrorKind.Duplicate
            : type.EndsWith("/rule-cap", StringComparison.Ordinal) || title.Contains("CapExceeded", StringComparison.OrdinalIgnoreCase) ? XRuleErrorKind.Cap
            : type.EndsWith("/invalid-rules", StringComparison.Ordinal) || title is "InvalidRule" or "UnprocessableEntity" ? XRuleErrorKind.Invalid
            : XRuleErrorKind.Other;
        return new XRuleError(kind, Text(error, "value"), reason);
    }

    // Ids were numbers once.
    private static string? Text(JsonElement of, string name) => !of.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };
}
