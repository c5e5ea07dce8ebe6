using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TweetStreams.FakeX;

/// <summary>X's rules: list, add, delete, with its caps and its ways to say no. Safe from any thread.</summary>
public sealed class FakeRules
{
    private const string Path = "/2/tweets/search/stream/rules";

    private readonly Lock gate = new();
    private readonly FakeXOptions options;
    private readonly TimeProvider time;
    private readonly List<FakeRule> rules = [];
    private readonly List<string> requests = [];
    private readonly Queue<Behaviour> refusals = new();
    private long lastId = 1_500_000_000_000_000_000;

    internal FakeRules(FakeXOptions options, TimeProvider time) => (this.options, this.time) = (options, time);

    /// <summary>The rules at this moment.</summary>
    public IReadOnlyList<FakeRule> All
    {
        get
        {
            lock (gate) return [.. rules];
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => All.Count;

    /// <summary>What was asked: method, query, body.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (gate) return [.. requests];
        }
    }

    /// <summary>Puts rules there as if somebody else had.</summary>
    public void Put(string value, string? tag)
    {
        lock (gate) rules.Add(new FakeRule(NextId(), value, tag));
    }

    /// <summary>Answers the next request so.</summary>
    public void Refuse(Behaviour answer)
    {
        lock (gate) refusals.Enqueue(answer);
    }

    internal void Map(WebApplication app)
    {
        app.MapGet(Path, context => AnswerAsync(context, body => List(context.Request.Query)));
        app.MapPost(Path, context => AnswerAsync(context, body => Change(body, context.Request.Query["dry_run"] == "true")));
    }

    private async Task AnswerAsync(HttpContext context, Func<JsonObject?, (int Status, JsonNode Body)> answer)
    {
        using var reader = new StreamReader(context.Request.Body);
        string text = await reader.ReadToEndAsync(context.RequestAborted);
        Behaviour? refusal;
        lock (gate)
        {
            requests.Add($"{context.Request.Method} {context.Request.QueryString} {text}");
            refusals.TryDequeue(out refusal);
        }
        if (options.Token is { } token && context.Request.Headers.Authorization != $"Bearer {token}") refusal = Behaviour.Refuse(401, Problems.Unauthorized);
        (int status, string body) = refusal is null ? Serialised(answer(Parsed(text))) : (refusal.Status, refusal.Body);
        if (status == 0)
        {
            context.Abort();
            return;
        }
        foreach ((string name, string value) in refusal?.Headers ?? new Dictionary<string, string>()) context.Response.Headers[name] = value;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    private (int, JsonNode) List(IQueryCollection query)
    {
        int most = int.TryParse(query["max_results"], CultureInfo.InvariantCulture, out int asked) ? asked : 1000;
        if (most is < 1 or > 1000) return (400, Invalid("max_results"));
        int from = int.TryParse(query["pagination_token"], CultureInfo.InvariantCulture, out int page) ? page : 0;
        lock (gate)
        {
            int size = Math.Min(most, PageSize);
            FakeRule[] some = [.. rules.Skip(from).Take(size)];
            var meta = new JsonObject { ["sent"] = Sent(), ["result_count"] = some.Length };
            if (from + size < rules.Count) meta["next_token"] = (from + size).ToString("D16", CultureInfo.InvariantCulture);
            var answer = new JsonObject { ["meta"] = meta };
            if (some.Length > 0) answer["data"] = new JsonArray([.. some.Select(Node)]); // X leaves an empty list out
            return (200, answer);
        }
    }

    /// <summary>How many rules a page of the list has at most.</summary>
    public int PageSize { get; set; } = 1000;

    private (int, JsonNode) Change(JsonObject? body, bool dryRun)
    {
        lock (gate)
        {
            if (body?["add"] is JsonArray { Count: > 0 } add) return Add(add, dryRun);
            if (body?["delete"] is JsonObject delete && delete["ids"] is JsonArray ids) return Delete(ids, dryRun);
            return (400, Invalid("add or delete"));
        }
    }

    private (int, JsonNode) Add(JsonArray add, bool dryRun)
    {
        var made = new List<FakeRule>();
        var errors = new JsonArray();
        foreach (JsonNode? one in add)
        {
            string value = one?["value"]?.GetValue<string>() ?? "";
            if (rules.Concat(made).FirstOrDefault(rule => rule.Value == value) is { } other)
                errors.Add(new JsonObject { ["value"] = value, ["id"] = other.Id, ["title"] = "DuplicateRule", ["type"] = "https://api.x.com/2/problems/duplicate-rules" });
            else if (Complaint(value) is { } complaint)
                errors.Add(new JsonObject { ["value"] = value, ["details"] = new JsonArray(complaint), ["title"] = "InvalidRule", ["type"] = "https://api.x.com/2/problems/invalid-rules" });
            else
                made.Add(new FakeRule(NextId(), value, one?["tag"]?.GetValue<string>()));
        }
        if (rules.Count + made.Count > options.RuleCap)
            return (422, new JsonObject { ["title"] = "RulesCapExceeded", ["detail"] = $"Rule cap of {options.RuleCap} rules would be exceeded.", ["type"] = "https://api.x.com/2/problems/rule-cap" });
        if (!dryRun) rules.AddRange(made);
        var summary = new JsonObject { ["created"] = made.Count, ["not_created"] = errors.Count, ["valid"] = made.Count, ["invalid"] = errors.Count };
        var answer = new JsonObject { ["meta"] = new JsonObject { ["sent"] = Sent(), ["summary"] = summary } };
        if (made.Count > 0) answer["data"] = new JsonArray([.. made.Select(Node)]);
        if (errors.Count > 0) answer["errors"] = errors;
        return (made.Count > 0 ? 201 : 200, answer);
    }

    private (int, JsonNode) Delete(JsonArray ids, bool dryRun)
    {
        HashSet<string> unwanted = [.. ids.Select(id => id!.GetValue<string>())];
        int deleted = rules.Count(rule => unwanted.Contains(rule.Id));
        if (!dryRun) rules.RemoveAll(rule => unwanted.Contains(rule.Id));
        var summary = new JsonObject { ["deleted"] = deleted, ["not_deleted"] = ids.Count - deleted };
        return (200, new JsonObject { ["meta"] = new JsonObject { ["sent"] = Sent(), ["summary"] = summary } });
    }

    private string? Complaint(string value) =>
        value.Length == 0 ? "The rule is empty"
        : value.Length > options.RuleLength ? $"Rule length must be no more than {options.RuleLength} characters"
        : value.Count(character => character == '"') % 2 != 0 || value.Count(character => character == '(') != value.Count(character => character == ')') ? "Ambiguous use of quotes or parentheses"
        : value.Contains("nonsense:", StringComparison.Ordinal) ? "Reference to invalid operator 'nonsense'"
        : null;

    private string NextId() => (++lastId).ToString(CultureInfo.InvariantCulture);

    private string Sent() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static JsonObject Node(FakeRule rule)
    {
        var node = new JsonObject { ["id"] = rule.Id, ["value"] = rule.Value };
        if (rule.Tag is { } tag) node["tag"] = tag;
        return node;
    }

    private static JsonNode Invalid(string what) => JsonNode.Parse(Problems.Invalid($"{what} is not right"))!;

    private static (int, string) Serialised((int Status, JsonNode Body) answer) => (answer.Status, answer.Body.ToJsonString());

    private static JsonObject? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A rule of a fake X.</summary>
public sealed record FakeRule(string Id, string Value, string? Tag);
