using System.Globalization;
using Microsoft.AspNetCore.Http;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Control;

/// <summary>Flamingo's routes for streams: the parameters of a stream are rules here, each value one.</summary>
internal sealed class StreamRoutes(RuleChanges changes)
{
    private const string Group = "flamingo";
    private const string Filter = "filter";

    private static readonly (string Key, RuleType Type)[] Keys = [("track", RuleType.Track), ("follow", RuleType.Follow), ("locations", RuleType.Locations)];
    private static readonly RouteParameter Name = new("name", "The stream: filter, sample, firehose or retweet; filter alone has parameters");
    private static readonly RouteParameter Key = new("key", "track, follow or locations");
    private static readonly RouteAnswer Values = RouteAnswer.Json(200, "The values", RouteAnswer.Named("Values"));
    private static readonly RouteAnswer Stream = RouteAnswer.Json(200, "The stream", RouteAnswer.Named("Stream"));

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/streams/{name}.json", Group, "A stream with its parameters", ShowAsync) { Parameters = [Name], Answers = [Stream] },
        new("PUT", "/streams/{name}.json", Group, "Replace parameters of a stream, each that is named", PutAsync)
        {
            Parameters = [Name],
            Body = [new("application/x-www-form-urlencoded", RouteAnswer.Named("SetParameters"))],
            Answers = [Stream],
        },
        new("GET", "/streams/{name}/{key}.json", Group, "The values of a parameter", ShowKeyAsync) { Parameters = [Name, Key], Answers = [Values] },
        new("POST", "/streams/{name}/{key}.json", Group, "Add and remove values", ChangeKeyAsync)
        {
            Parameters = [Name, Key],
            Body = [new("application/x-www-form-urlencoded", RouteAnswer.Named("Changes"))],
            Answers = [Values],
        },
        new("PUT", "/streams/{name}/{key}.json", Group, "Replace all values", PutKeyAsync)
        {
            Parameters = [Name, Key],
            Body = [new("application/x-www-form-urlencoded", RouteAnswer.Named("SetValues"))],
            Answers = [Values],
        },
        new("DELETE", "/streams/{name}/{key}.json", Group, "Remove values, or without any named, all of them", DeleteKeyAsync)
        {
            Parameters = [Name, Key, new("values", "The values to remove, separated by commas; may be in a form as well")],
            Answers = [Values],
        },
    ];

    private Task ShowAsync(HttpContext context) => ShowAsync(context, Named(context));

    private async Task PutAsync(HttpContext context)
    {
        string name = Filtered(context);
        IReadOnlyDictionary<string, string> fields = await RequestBody.ReadFieldsAsync(context).ConfigureAwait(false);
        if (fields.Keys.FirstOrDefault(field => !Array.Exists(Keys, key => key.Key == field)) is { } unknown) throw NoKey(unknown);
        if (fields.Count == 0) throw new RefusedException(StatusCodes.Status400BadRequest, "nothing is named; give track=a,b or follow=1,2 or locations=w,s,e,n");
        (RuleType Type, string[] Values)[] wanted = [.. fields.Select(field => (Keys.First(key => key.Key == field.Key).Type, Split(TypeOf(field.Key), field.Value)))];
        await changes.ChangeAsync(current => Combined(wanted.Select(key => Replacing(current, key.Type, key.Values))), dry: false, context.RequestAborted).ConfigureAwait(false);
        await ShowAsync(context, name).ConfigureAwait(false);
    }

    private Task ShowKeyAsync(HttpContext context) => ValuesAsync(context, Named(context), Keyed(context));

    private async Task ChangeKeyAsync(HttpContext context)
    {
        string name = Filtered(context);
        RuleType type = Keyed(context);
        IReadOnlyDictionary<string, string> fields = await RequestBody.ReadFieldsAsync(context).ConfigureAwait(false);
        string[] add = [.. Field(fields, type, "values"), .. Field(fields, type, "add")];
        string[] remove = Field(fields, type, "remove");
        if (add.Length == 0 && remove.Length == 0) throw new RefusedException(StatusCodes.Status400BadRequest, "nothing is named; give values= or add= or remove=, values separated by commas");
        if (add.Intersect(remove, StringComparer.Ordinal).FirstOrDefault() is { } both) throw new RefusedException(StatusCodes.Status400BadRequest, $"{both} is to be added and removed; name it once");
        await changes.ChangeAsync(current => new RuleChange(Adding(current, type, add), Removing(current, type, remove.Contains)), dry: false, context.RequestAborted).ConfigureAwait(false);
        await ValuesAsync(context, name, type).ConfigureAwait(false);
    }

    private async Task PutKeyAsync(HttpContext context)
    {
        string name = Filtered(context);
        RuleType type = Keyed(context);
        IReadOnlyDictionary<string, string> fields = await RequestBody.ReadFieldsAsync(context).ConfigureAwait(false);
        if (!fields.ContainsKey("values")) throw new RefusedException(StatusCodes.Status400BadRequest, "nothing is named; give values=, separated by commas, or DELETE to remove all");
        string[] values = Field(fields, type, "values");
        await changes.ChangeAsync(current => Replacing(current, type, values), dry: false, context.RequestAborted).ConfigureAwait(false);
        await ValuesAsync(context, name, type).ConfigureAwait(false);
    }

    private async Task DeleteKeyAsync(HttpContext context)
    {
        string name = Filtered(context);
        RuleType type = Keyed(context);
        IReadOnlyDictionary<string, string> fields = await RequestBody.ReadFieldsAsync(context).ConfigureAwait(false);
        string[] values = Field(fields, type, "values");
        // A script whose list came out empty does not mean everything.
        if (fields.ContainsKey("values") && values.Length == 0) throw new RefusedException(StatusCodes.Status400BadRequest, "values is empty; leave it out to remove all");
        await changes.ChangeAsync(current => new RuleChange([], Removing(current, type, value => values.Length == 0 || values.Contains(value))), dry: false, context.RequestAborted).ConfigureAwait(false);
        await ValuesAsync(context, name, type).ConfigureAwait(false);
    }

    private Task ShowAsync(HttpContext context, string name)
    {
        RuleSet current = changes.Book.Current;
        return Answer.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, name);
            writer.WriteString("resource"u8, $"statuses/{name}");
            writer.WriteStartObject("params"u8);
            foreach ((string key, RuleType type) in Keys)
            {
                string[] values = Of(current, name, type);
                if (values.Length == 0) continue;
                writer.WriteStartArray(key);
                foreach (string value in values) writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private Task ValuesAsync(HttpContext context, string name, RuleType type) =>
        Answer.ArrayAsync(context, Of(changes.Book.Current, name, type), static (writer, value) => writer.WriteStringValue(value));

    // Several rules may look for the same, with tags of their own; the stream has the value once.
    private static string[] Of(RuleSet rules, string name, RuleType type) =>
        name == Filter ? [.. rules.Rules.Where(rule => rule.Type == type).Select(rule => rule.Value).Distinct(StringComparer.Ordinal)] : [];

    private static RuleChange Combined(IEnumerable<RuleChange> parts)
    {
        RuleChange[] all = [.. parts];
        return new RuleChange([.. all.SelectMany(part => part.Set)], [.. all.SelectMany(part => part.Remove)]);
    }

    private static RuleChange Replacing(RuleSet current, RuleType type, string[] values) =>
        new(Adding(current, type, values), Removing(current, type, value => !values.Contains(value)));

    /// <summary>Rules for the values that have none.</summary>
    private static List<Rule> Adding(RuleSet current, RuleType type, string[] values)
    {
        var there = current.Rules.Where(rule => rule.Type == type).Select(rule => Canonical(type, rule.Value)).ToHashSet(StringComparer.Ordinal);
        var ids = current.Rules.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        var added = new List<Rule>();
        foreach (string value in values)
        {
            if (!there.Add(value)) continue;
            string made = RuleFormat.IdOf(type, value), id = made;
            // A rule of that id may have been given another value.
            for (int other = 2; !ids.Add(id); other++) id = string.Create(CultureInfo.InvariantCulture, $"{made}-{other}");
            added.Add(new Rule(id, type, value));
        }
        return added;
    }

    private static List<string> Removing(RuleSet current, RuleType type, Func<string, bool> which) =>
        [.. current.Rules.Where(rule => rule.Type == type && which(Canonical(type, rule.Value))).Select(rule => rule.Id)];

    private static string[] Field(IReadOnlyDictionary<string, string> fields, RuleType type, string name) => fields.TryGetValue(name, out string? text) ? Split(type, text) : [];

    /// <summary>The values in a text: what is between commas, or for boxes, four numbers each.</summary>
    private static string[] Split(RuleType type, string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (type != RuleType.Locations) return [.. parts.Distinct(StringComparer.Ordinal)];
        if (parts.Length % 4 != 0) throw new RefusedException(StatusCodes.Status400BadRequest, $"{parts.Length} numbers make no boxes; a box is four: west, south, east, north");
        return [.. parts.Chunk(4).Select(box => Canonical(type, string.Join(',', box))).Distinct(StringComparer.Ordinal)];
    }

    // 1.50 and 1.5 are one number; what is none stays as it is, for the rules to refuse.
    private static string Canonical(RuleType type, string value) => type != RuleType.Locations ? value
        : string.Join(',', value.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number.ToString("R", CultureInfo.InvariantCulture) : part));

    private static string Named(HttpContext context) => (string)context.Request.RouteValues["name"]! is Filter or "sample" or "firehose" or "retweet"
        ? (string)context.Request.RouteValues["name"]!
        : throw new RefusedException(StatusCodes.Status404NotFound, "Stream does not exist; there are filter, sample, firehose and retweet");

    private static string Filtered(HttpContext context) => Named(context) is Filter and var name ? name
        : throw new RefusedException(StatusCodes.Status409Conflict, $"the stream {Named(context)} takes no parameters; those of filter are the rules");

    private static RuleType Keyed(HttpContext context) => TypeOf((string)context.Request.RouteValues["key"]!);

    private static RuleType TypeOf(string name)
    {
        foreach ((string key, RuleType type) in Keys)
            if (key == name) return type;
        throw NoKey(name);
    }

    private static RefusedException NoKey(string name) => new(StatusCodes.Status404NotFound, $"there is no parameter {name}; there are track, follow and locations");
}
