using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Control;

/// <summary>The rules: list, add, change, remove, import and export.</summary>
internal sealed class RuleRoutes(RuleChanges changes)
{
    private const int MostRules = 25_000;
    private const string Group = "rules";

    private static readonly RouteParameter Id = new("id", "The rule's id");
    private static readonly RouteParameter DryRun = new("dryRun", "true: say what would come of it, and change nothing", """{"type":"boolean"}""");
    private static readonly RouteAnswer Tried = RouteAnswer.Json(200, "What would be done, with dryRun", RouteAnswer.Named("DryRun"));
    private static readonly RouteAnswer NotFit = new(422, "A rule was refused, and nothing was changed", new RouteContent("application/problem+json", RouteAnswer.Named("Problem")));
    private static readonly RouteAnswer Absent = new(404, "There is no such rule", new RouteContent("application/problem+json", RouteAnswer.Named("Problem")));

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/rules", Group, "All rules, by type and tag where given", ListAsync)
        {
            Parameters = [new("type", "Only rules of this type"), new("tag", "Only rules with this tag")],
            Answers = [RouteAnswer.Json(200, "The rules, in the order of their ids", RouteAnswer.Many("Rule"))],
        },
        new("POST", "/api/rules", Group, "Add or replace a rule, or several: all or none", AddAsync)
        {
            Parameters = [DryRun],
            Body = [new("application/json", $$"""{"oneOf":[{{RouteAnswer.Named("Rule")}},{{RouteAnswer.Many("Rule")}}]}""")],
            Answers = [RouteAnswer.Json(201, "The rules as they are now", $$"""{"oneOf":[{{RouteAnswer.Named("Rule")}},{{RouteAnswer.Many("Rule")}}]}"""), Tried, NotFit],
        },
        new("POST", "/api/rules/import", Group, "Add or replace the rules of JSON lines: all or none", ImportAsync)
        {
            Parameters = [DryRun],
            Body = [new("application/x-ndjson", """{"type":"string"}""")],
            Answers = [RouteAnswer.Json(200, "How many", $$"""{"oneOf":[{{RouteAnswer.Named("Imported")}},{{RouteAnswer.Named("DryRun")}}]}"""), NotFit],
        },
        new("GET", "/api/rules/export", Group, "All rules as JSON lines, as they can be imported", context => Answer.LinesAsync(context, Wanted(context), Write))
        {
            Parameters = [new("type", "Only rules of this type"), new("tag", "Only rules with this tag")],
            Answers = [new(200, "A rule a line", new RouteContent("application/x-ndjson", """{"type":"string"}"""))],
        },
        new("GET", "/api/rules/{id}", Group, "A rule", ShowAsync) { Parameters = [Id], Answers = [RouteAnswer.Json(200, "The rule", RouteAnswer.Named("Rule")), Absent] },
        new("PUT", "/api/rules/{id}", Group, "Add or replace a rule", PutAsync)
        {
            Parameters = [Id, DryRun],
            Body = [new("application/json", RouteAnswer.Named("Rule"))],
            Answers = [RouteAnswer.Json(200, "The rule was replaced, or would be with dryRun", $$"""{"oneOf":[{{RouteAnswer.Named("Rule")}},{{RouteAnswer.Named("DryRun")}}]}"""), RouteAnswer.Json(201, "The rule was added", RouteAnswer.Named("Rule")), NotFit],
        },
        new("DELETE", "/api/rules/{id}", Group, "Remove a rule", RemoveAsync) { Parameters = [Id, DryRun], Answers = [new(204, "It is removed"), Tried, Absent] },
    ];

    private Task ListAsync(HttpContext context) => Answer.ArrayAsync(context, Wanted(context), Write);

    private Task ShowAsync(HttpContext context)
    {
        Rule rule = Find(changes.Book.Current, IdIn(context)) ?? throw NoRule(context);
        return Answer.JsonAsync(context, writer => RuleFormat.Write(rule, writer));
    }

    private async Task AddAsync(HttpContext context)
    {
        bool dry = IsDry(context);
        using JsonDocument body = await RequestBody.ReadJsonAsync(context).ConfigureAwait(false);
        bool several = body.RootElement.ValueKind == JsonValueKind.Array;
        if (several && body.RootElement.GetArrayLength() > MostRules) throw TooMany();
        List<Rule> rules = Read(several ? body.RootElement.EnumerateArray().Select((element, index) => ((JsonElement?)element, index)) : [(body.RootElement, 0)],
            static (problem, index) => problem with { Index = index });
        RuleChange done = await changes.ChangeAsync(_ => new RuleChange(rules, []), dry, context.RequestAborted).ConfigureAwait(false);
        if (dry) await DryAsync(context, done).ConfigureAwait(false);
        else if (!several) await Answer.JsonAsync(context, writer => RuleFormat.Write(rules[0], writer), StatusCodes.Status201Created).ConfigureAwait(false);
        else
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            await Answer.ArrayAsync(context, rules, Write).ConfigureAwait(false);
        }
    }

    private async Task ImportAsync(HttpContext context)
    {
        bool dry = IsDry(context);
        IReadOnlyList<(int Number, ReadOnlyMemory<byte> Line)> lines = await RequestBody.ReadLinesAsync(context).ConfigureAwait(false);
        if (lines.Count == 0) throw new RefusedException(StatusCodes.Status400BadRequest, "there is no rule in it; send one a line");
        if (lines.Count > MostRules) throw TooMany();
        List<Rule> rules = Read(lines.Select(line => (Element(line.Line, line.Number), line.Number)), static (problem, line) => problem with { Line = line });
        RuleChange done = await changes.ChangeAsync(_ => new RuleChange(rules, []), dry, context.RequestAborted).ConfigureAwait(false);
        if (dry) await DryAsync(context, done).ConfigureAwait(false);
        else
        {
            await Answer.JsonAsync(context, writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("imported"u8, rules.Count);
                writer.WriteEndObject();
            }).ConfigureAwait(false);
        }
    }

    private async Task PutAsync(HttpContext context)
    {
        bool dry = IsDry(context);
        string id = IdIn(context);
        using JsonDocument body = await RequestBody.ReadJsonAsync(context).ConfigureAwait(false);
        if (body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("id", out JsonElement given) && !(given.ValueKind == JsonValueKind.String && given.ValueEquals(id)))
            throw new RefusedException(StatusCodes.Status400BadRequest, $"the body's id is another than {id}, which the address has; leave it out");
        List<Rule> rules = Read([(body.RootElement, 0)], static (problem, _) => problem, id);
        bool added = false;
        RuleChange done = await changes.ChangeAsync(current =>
        {
            added = Find(current, id) is null;
            return new RuleChange(rules, []);
        }, dry, context.RequestAborted).ConfigureAwait(false);
        if (dry) await DryAsync(context, done).ConfigureAwait(false);
        else await Answer.JsonAsync(context, writer => RuleFormat.Write(rules[0], writer), added ? StatusCodes.Status201Created : StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        bool dry = IsDry(context);
        string id = IdIn(context);
        RuleChange done = await changes.ChangeAsync(current => Find(current, id) is null ? throw NoRule(context) : new RuleChange([], [id]), dry, context.RequestAborted).ConfigureAwait(false);
        if (dry) await DryAsync(context, done).ConfigureAwait(false);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private IEnumerable<Rule> Wanted(HttpContext context)
    {
        RuleType? type = null;
        if (context.Request.Query["type"] is { Count: > 0 } named)
            type = RuleFormat.TryReadType(named.ToString(), out RuleType read) ? read : throw new RefusedException(StatusCodes.Status400BadRequest, $"type={named} is none of {RuleFormat.Words}");
        string? tag = context.Request.Query["tag"] is { Count: > 0 } tagged ? tagged.ToString() : null;
        return changes.Book.Current.Rules.Where(rule => (type is null || rule.Type == type) && (tag is null || rule.Tag == tag));
    }

    /// <summary>All rules that were sent, or all that is wrong with them.</summary>
    private List<Rule> Read(IEnumerable<(JsonElement? Element, int Place)> sent, Func<PlacedProblem, int, PlacedProblem> placed, string? id = null)
    {
        var rules = new List<Rule>();
        var problems = new List<PlacedProblem>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach ((JsonElement? element, int place) in sent)
        {
            if (element is not { } known) problems.Add(placed(new PlacedProblem(id, null, "is no JSON that can be taken"), place));
            else if (!RuleFormat.TryRead(known, out Rule? rule, out string? reason, id) || (reason = RuleCheck.OfId(rule.Id)) is not null) problems.Add(placed(new PlacedProblem(id ?? Text(known, "id"), Text(known, "value"), reason), place));
            else if (!ids.Add(rule.Id)) problems.Add(placed(new PlacedProblem(rule.Id, rule.Value, "is there twice, with the same id"), place));
            else rules.Add(rule);
        }
        return problems.Count == 0 ? rules : throw RuleChanges.Refused(problems);
    }

    private static void Write(Utf8JsonWriter writer, Rule rule) => RuleFormat.Write(rule, writer);

    private static JsonElement? Element(ReadOnlyMemory<byte> line, int number)
    {
        try
        {
            using JsonDocument document = RequestBody.Parse(line, $"line {number}");
            return document.RootElement.Clone();
        }
        catch (RefusedException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out JsonElement value)
            ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null } : null;

    private static Rule? Find(RuleSet rules, string id) => rules.Rules.FirstOrDefault(rule => rule.Id == id);

    private static string IdIn(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static bool IsDry(HttpContext context) => Switch.Read(context, "dryRun");

    private static Task DryAsync(HttpContext context, RuleChange change) => Answer.JsonAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("dryRun"u8, true);
        writer.WriteNumber("set"u8, change.Set.Count);
        writer.WriteNumber("removed"u8, change.Remove.Count);
        writer.WriteEndObject();
    });

    private static RefusedException NoRule(HttpContext context) => new(StatusCodes.Status404NotFound, $"there is no rule {IdIn(context)}");

    private static RefusedException TooMany() => new(StatusCodes.Status422UnprocessableEntity, $"more than {MostRules} rules at once; send them in parts");
}

/// <summary>An option in the address that is true or false.</summary>
internal static class Switch
{
    public static bool Read(HttpContext context, string name) => context.Request.Query[name].ToString() switch
    {
        "" or "false" or "0" => false,
        "true" or "1" => true,
        var other => throw new RefusedException(StatusCodes.Status400BadRequest, $"{name}={other} is neither true nor false"),
    };
}
