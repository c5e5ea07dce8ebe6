using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Control;

/// <summary>Traptor's routes. What it asked of Twitter is answered from what passes here.</summary>
internal sealed class TraptorRoutes(IRateEstimate? rates, INames? names)
{
    private const string Group = "traptor";
    private const int MostTrackBytes = 60;
    private const int MostNameCharacters = 253;

    public IEnumerable<Route> Routes =>
    [
        new("POST", "/v1.0/validate", Group, "Whether something can be a rule, and how much it would bring", ValidateAsync)
        {
            Body = [new("application/json", RouteAnswer.Named("TraptorRule"))],
            Answers = [RouteAnswer.Json(200, "It can", RouteAnswer.Named("Validated")), RouteAnswer.Json(400, "It cannot", RouteAnswer.Named("TraptorError")), RouteAnswer.Json(404, "No such user was seen", RouteAnswer.Named("TraptorError"))],
        },
        new("GET", "/v1.0/screen_name/{userid}", Group, "The name of a user that was seen", NameAsync)
        {
            Parameters = [new("userid", "The user's id")],
            Answers = [RouteAnswer.Json(200, "The name", RouteAnswer.Named("ScreenName")), RouteAnswer.Json(404, "No such user was seen", RouteAnswer.Named("TraptorError"))],
        },
    ];

    private async Task ValidateAsync(HttpContext context)
    {
        using JsonDocument body = await RequestBody.ReadJsonAsync(context).ConfigureAwait(false);
        JsonElement rule = body.RootElement;
        switch (Text(rule, "type"))
        {
            case "username":
                await ValidateUserAsync(context, rule).ConfigureAwait(false);
                break;
            case "keyword":
                await ValidateTrackAsync(context, rule, RuleType.Keyword).ConfigureAwait(false);
                break;
            case "hashtag":
                await ValidateTrackAsync(context, rule, RuleType.Hashtag).ConfigureAwait(false);
                break;
            case "geo":
                await ValidatePlaceAsync(context, rule).ConfigureAwait(false);
                break;
            default:
                throw Wrong(rule, "the type is none of hashtag, geo, keyword, username");
        }
    }

    private Task ValidateUserAsync(HttpContext context, JsonElement rule)
    {
        string name = (Text(rule, "value") ?? "").Trim().TrimStart('@');
        if (name.Length is 0 or > MostNameCharacters || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')) throw Wrong(rule, "the value is no name of a user");
        string id = names?.IdOf(name) ?? throw Wrong(rule, $"no user {name} has been seen here yet", StatusCodes.Status404NotFound);
        return FineAsync(context, rule, writer => writer.WriteString("userid"u8, id));
    }

    private Task ValidateTrackAsync(HttpContext context, JsonElement rule, RuleType type)
    {
        string value = Text(rule, "value") ?? "";
        if (string.IsNullOrWhiteSpace(value)) throw Wrong(rule, "the value is empty");
        if (Encoding.UTF8.GetByteCount(value) > MostTrackBytes)
            throw Wrong(rule, "The byte length of the track phrase is over 60.", more: static writer => writer.WriteNumber("tweets_per_second"u8, 0));
        double? rate = rates?.PerSecond(type, value);
        return FineAsync(context, rule, writer =>
        {
            if (rate is { } known && double.IsFinite(known)) writer.WriteNumber("tweets_per_second"u8, known);
            else writer.WriteNull("tweets_per_second"u8);
        });
    }

    private static Task ValidatePlaceAsync(HttpContext context, JsonElement rule)
    {
        if (rule.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("complex_value", out JsonElement complex) && complex.ValueKind != JsonValueKind.Null) return ValidateFeatureAsync(context, rule, complex);
        if (rule.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.Object) return ValidateFeatureAsync(context, rule, value);
        if (GeoShape.WrongWithBox(Text(rule, "value") ?? "") is { } wrong) throw Wrong(rule, wrong);
        return FineAsync(context, rule, static writer => writer.WriteString("geo_type"u8, "legacy"u8));
    }

    private static Task ValidateFeatureAsync(HttpContext context, JsonElement rule, JsonElement feature)
    {
        using JsonDocument? inside = feature.ValueKind == JsonValueKind.String ? Inside(rule, feature.GetString()!) : null;
        if (GeoShape.WrongWithFeature(inside?.RootElement ?? feature) is { } wrong) throw Wrong(rule, wrong);
        return FineAsync(context, rule, static writer => writer.WriteString("geo_type"u8, "geo_json"u8));
    }

    private Task NameAsync(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["userid"]!;
        string name = names?.NameOf(id) ?? throw new RefusedException(StatusCodes.Status404NotFound, $"no user {id} has been seen here yet");
        return Answer.JsonAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("screen_name"u8, name);
            writer.WriteString("status"u8, "ok"u8);
            writer.WriteEndObject();
        });
    }

    private static JsonDocument Inside(JsonElement rule, string text)
    {
        try
        {
            return RequestBody.Parse(Encoding.UTF8.GetBytes(text), "complex_value");
        }
        catch (RefusedException refused)
        {
            throw Wrong(rule, refused.Message);
        }
    }

    private static Task FineAsync(HttpContext context, JsonElement rule, Action<Utf8JsonWriter> more) => Answer.JsonAsync(context, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("status"u8, "ok"u8);
        more(writer);
        writer.WritePropertyName("context"u8);
        rule.WriteTo(writer);
        writer.WriteEndObject();
    });

    private static RefusedException Wrong(JsonElement rule, string reason, int status = StatusCodes.Status400BadRequest, Action<Utf8JsonWriter>? more = null)
    {
        // The answer is written when the request's document is gone.
        JsonElement kept = rule.Clone();
        return new RefusedException(status, reason, writer =>
        {
            more?.Invoke(writer);
            writer.WritePropertyName("context"u8);
            kept.WriteTo(writer);
        });
    }

    private static string? Text(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
