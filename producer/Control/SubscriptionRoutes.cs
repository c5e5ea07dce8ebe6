using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TweetStreams.Producer.Subscriptions;

namespace TweetStreams.Producer.Control;

/// <summary>Flamingo's routes for subscriptions, with a filter besides the name.</summary>
internal sealed class SubscriptionRoutes(ISubscriptions? subscriptions)
{
    private const string Group = "flamingo";

    private static readonly RouteParameter Name = new("name", "The subscription's name");
    private static readonly RouteAnswer Absent = RouteAnswer.Json(404, "Subscription does not exist", RouteAnswer.Named("Error"));
    private static readonly RouteAnswer Shown = RouteAnswer.Json(200, "The subscription", RouteAnswer.Named("Subscription"));

    public IEnumerable<Route> Routes =>
    [
        new("GET", "/subscriptions.json", Group, "All subscriptions", ListAsync) { Answers = [RouteAnswer.Json(200, "The subscriptions", RouteAnswer.Many("Subscription"))] },
        new("POST", "/subscriptions.json", Group, "Add a subscription, or replace its filter", AddAsync)
        {
            Body = [new("application/x-www-form-urlencoded", RouteAnswer.Named("SubscriptionForm")), new("application/json", RouteAnswer.Named("Subscription"))],
            Answers = [Shown, RouteAnswer.Json(422, "It was refused", RouteAnswer.Named("Error"))],
        },
        new("GET", "/subscriptions/{name}.json", Group, "A subscription", ShowAsync) { Parameters = [Name], Answers = [Shown, Absent] },
        new("DELETE", "/subscriptions/{name}.json", Group, "Remove a subscription", RemoveAsync)
        {
            Parameters = [Name, new("deleteTopic", "true: its topic as well, with all messages in it", """{"type":"boolean"}""")],
            Answers = [RouteAnswer.Json(200, "The subscription as it was", RouteAnswer.Named("Subscription")), Absent],
        },
    ];

    private ISubscriptions Book => subscriptions ?? throw new RefusedException(StatusCodes.Status409Conflict, "this producer keeps no subscriptions");

    private Task ListAsync(HttpContext context) => Answer.ArrayAsync(context, Book.Current.All, Write);

    private Task ShowAsync(HttpContext context)
    {
        Subscription subscription = Find(context);
        return Answer.JsonAsync(context, writer => Write(writer, subscription));
    }

    private async Task AddAsync(HttpContext context)
    {
        ISubscriptions book = Book;
        Subscription subscription;
        int? partitions;
        if (RequestBody.IsForm(context.Request) || context.Request.ContentType is null)
        {
            IReadOnlyDictionary<string, string> fields = await RequestBody.ReadFieldsAsync(context).ConfigureAwait(false);
            (subscription, partitions) = OfForm(fields);
            // Flamingo's clients subscribe whenever they start: the name alone changes nothing of what is there.
            if (fields.Count == 1 && book.Current.Find(subscription.Name) is { } there)
            {
                await Answer.JsonAsync(context, writer => Write(writer, there)).ConfigureAwait(false);
                return;
            }
        }
        else
        {
            using JsonDocument body = await RequestBody.ReadJsonAsync(context).ConfigureAwait(false);
            (subscription, partitions) = OfJson(body.RootElement);
        }
        if (await book.AddAsync(subscription, partitions, context.RequestAborted).ConfigureAwait(false) is { } refused) throw NotFit(refused);
        await Answer.JsonAsync(context, writer => Write(writer, subscription)).ConfigureAwait(false);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        bool deleteTopic = Switch.Read(context, "deleteTopic");
        Subscription subscription = Find(context);
        SubscriptionCount count = Book.CountOf(subscription.Name);
        if (!await Book.RemoveAsync(subscription.Name, deleteTopic, context.RequestAborted).ConfigureAwait(false)) throw NotThere();
        await Answer.JsonAsync(context, writer => subscription.Write(writer, count)).ConfigureAwait(false);
    }

    private static (Subscription Subscription, int? Partitions) OfForm(IReadOnlyDictionary<string, string> fields)
    {
        if (fields.Keys.FirstOrDefault(field => field is not ("name" or "topic" or "kinds" or "rules" or "words" or "partitions")) is { } unknown) throw NotFit($"there is no field {unknown}; there are name, topic, kinds, rules, words and partitions");
        if (!fields.TryGetValue("name", out string? name)) throw NotFit("name is missing; give name=…");
        var bare = new Subscription(name);
        if (fields.TryGetValue("topic", out string? topic)) bare = bare with { Topic = topic };
        if (Subscription.TryMake(bare, List("kinds"), List("rules"), List("words"), out Subscription made) is { } problem) throw NotFit(problem);
        if (!fields.TryGetValue("partitions", out string? text)) return (made, null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int partitions) ? (made, partitions) : throw NotFit($"partitions={text} is no number");

        string[] List(string field) => fields.GetValueOrDefault(field, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static (Subscription Subscription, int? Partitions) OfJson(JsonElement body)
    {
        if (Subscription.TryRead(body, out Subscription read) is { } problem) throw NotFit(problem);
        if (!body.TryGetProperty("partitions", out JsonElement given) || given.ValueKind == JsonValueKind.Null) return (read, null);
        return given.ValueKind == JsonValueKind.Number && given.TryGetInt32(out int partitions) ? (read, partitions) : throw NotFit("partitions is no whole number");
    }

    private void Write(Utf8JsonWriter writer, Subscription subscription) => subscription.Write(writer, Book.CountOf(subscription.Name));

    private Subscription Find(HttpContext context) => Book.Current.Find((string)context.Request.RouteValues["name"]!) ?? throw NotThere();

    private static RefusedException NotThere() => new(StatusCodes.Status404NotFound, "Subscription does not exist");

    private static RefusedException NotFit(string reason) => new(StatusCodes.Status422UnprocessableEntity, reason);
}
