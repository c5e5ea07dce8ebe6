using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TweetStreams.Producer.Control;

/// <summary>The description of the control API in OpenAPI 3.1, made of its routes.</summary>
internal static partial class OpenApi
{
    private const string Schemas = """
        {
          "Rule": {
            "type": "object", "required": ["type", "value"], "additionalProperties": true,
            "description": "What somebody wants of the stream. Any further fields are kept and shown.",
            "properties": {
              "id": {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$", "description": "Made of type and value where it is left out"},
              "type": {"type": "string", "enum": ["track", "follow", "locations", "keyword", "hashtag", "username", "geo", "x"]},
              "value": {"type": "string"},
              "tag": {"type": ["string", "null"]}
            }
          },
          "Problem": {
            "type": "object", "required": ["title", "status", "detail"],
            "properties": {
              "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string", "description": "What is wrong and what to do"},
              "problems": {"type": "array", "items": {"$ref": "#/components/schemas/RuleProblem"}},
              "more": {"type": "integer", "description": "How many further problems there are"}
            }
          },
          "RuleProblem": {
            "type": "object", "required": ["reason"],
            "properties": {
              "index": {"type": "integer", "description": "Which of the rules sent, the first is 0"}, "line": {"type": "integer", "description": "In which line it was sent, the first is 1"},
              "id": {"type": "string"}, "value": {"type": "string"}, "reason": {"type": "string"}
            }
          },
          "Error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}, "problems": {"type": "array", "items": {"$ref": "#/components/schemas/RuleProblem"}}}},
          "TraptorError": {"type": "object", "required": ["status", "error"], "properties": {"status": {"const": "error"}, "error": {"type": "string"}, "context": {}, "tweets_per_second": {"type": "number"}}},
          "DryRun": {"type": "object", "properties": {"dryRun": {"const": true}, "set": {"type": "integer", "description": "Rules that would be added or replaced"}, "removed": {"type": "integer"}}},
          "Imported": {"type": "object", "properties": {"imported": {"type": "integer"}}},
          "Stream": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "resource": {"type": "string"}, "params": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Values"}}}
          },
          "Values": {"type": "array", "items": {"type": "string"}},
          "Changes": {
            "type": "object",
            "properties": {"values": {"type": "string", "description": "Separated by commas; the same as add"}, "add": {"type": "string"}, "remove": {"type": "string"}}
          },
          "SetValues": {"type": "object", "required": ["values"], "properties": {"values": {"type": "string", "description": "Separated by commas"}}},
          "SetParameters": {
            "type": "object",
            "properties": {"track": {"type": "string"}, "follow": {"type": "string"}, "locations": {"type": "string", "description": "Four numbers a box: west, south, east, north"}}
          },
          "SubscriptionForm": {
            "type": "object", "required": ["name"],
            "properties": {
              "name": {"type": "string"}, "kinds": {"type": "string", "description": "Separated by commas, as all of these"}, "rules": {"type": "string"}, "words": {"type": "string"},
              "topic": {"type": "string"}, "partitions": {"type": "integer", "minimum": 1}
            }
          },
          "Subscription": {
            "type": "object", "required": ["name"], "description": "A named consumer of the stream. It takes what fits kinds, rules and words, each where given.",
            "properties": {
              "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
              "topic": {"type": "string", "description": "Where its messages are; begins with subscription-"},
              "kinds": {"type": "array", "items": {"type": "string", "enum": ["tweet", "retweet", "delete", "limit", "notice", "dead-letter"]}},
              "rules": {"type": "array", "items": {"type": "string"}, "description": "Ids of rules, one of which matches"},
              "words": {"type": "array", "items": {"type": "string"}, "description": "Words in any case, one of which is in the text of a tweet"},
              "partitions": {"type": "integer", "minimum": 1, "writeOnly": true, "description": "Of the topic, when it is created"},
              "messages": {"type": "integer", "readOnly": true}, "bytes": {"type": "integer", "readOnly": true}
            }
          },
          "TraptorRule": {
            "type": "object", "required": ["type", "value"],
            "properties": {
              "type": {"type": "string", "enum": ["hashtag", "geo", "keyword", "username"]}, "value": {},
              "metadata": {"type": "object", "properties": {"complex_value": {"description": "A GeoJSON feature, as an object or a string of one"}}}
            }
          },
          "Validated": {
            "type": "object", "required": ["status", "context"],
            "properties": {
              "status": {"const": "ok"}, "context": {"$ref": "#/components/schemas/TraptorRule"}, "userid": {"type": "string"},
              "tweets_per_second": {"type": ["number", "null"], "description": "Of what passes here; null while too little has"}, "geo_type": {"enum": ["legacy", "geo_json"]}
            }
          },
          "ScreenName": {"type": "object", "properties": {"screen_name": {"type": "string"}, "status": {"const": "ok"}}},
          "Source": {
            "type": "object",
            "properties": {
              "name": {"type": "string"}, "live": {"type": "boolean"}, "paused": {"type": "boolean"}, "progress": {"type": ["number", "null"]},
              "counters": {"type": "object", "properties": {"messages": {"type": "integer"}, "bytes": {"type": "integer"}, "delivered": {"type": "integer"}, "missed": {"type": "integer"}}}
            }
          },
          "Gaps": {
            "type": "object",
            "properties": {
              "coverage": {"type": "object", "properties": {"percent": {"type": ["number", "null"]}, "received": {"type": "integer"}, "missed": {"type": "integer"}}},
              "gaps": {"type": "array", "items": {"type": "object", "properties": {
                "from": {"type": "string", "format": "date-time"}, "to": {"type": ["string", "null"], "format": "date-time"}, "connection": {"type": "string"},
                "cause": {"type": "string"}, "backfilled": {"type": "boolean"}, "missed": {"type": ["integer", "null"]}}}}
            }
          }
        }
        """;

    private static readonly string Version = typeof(OpenApi).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Route> routes)
    {
        writer.WriteStartObject();
        writer.WriteString("openapi"u8, "3.1.0"u8);
        writer.WriteStartObject("info"u8);
        writer.WriteString("title"u8, "TweetStreams producer: control"u8);
        writer.WriteString("version"u8, Version);
        writer.WriteString("description"u8, "Rules, subscriptions and the source of a producer, at run time. The routes of Flamingo and Traptor are kept."u8);
        writer.WriteEndObject();
        writer.WriteStartArray("security"u8);
        WriteRaw(writer, """{"token":[]}""");
        WriteRaw(writer, "{}");
        writer.WriteEndArray();
        writer.WriteStartObject("paths"u8);
        foreach (IGrouping<string, Route> path in routes.GroupBy(route => route.Pattern, StringComparer.Ordinal))
        {
            writer.WriteStartObject(path.Key);
            foreach (Route route in path) Write(writer, route);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteStartObject("components"u8);
        writer.WritePropertyName("schemas"u8);
        WriteRaw(writer, Schemas);
        writer.WritePropertyName("securitySchemes"u8);
        WriteRaw(writer, """{"token":{"type":"http","scheme":"bearer","description":"The token of --control-token-file or TWEETSTREAMS_CONTROL_TOKEN, where the producer has one"}}""");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Route route)
    {
        writer.WriteStartObject(route.Method.ToLowerInvariant());
        writer.WriteString("operationId"u8, OperationId(route));
        writer.WriteString("summary"u8, route.Summary);
        writer.WriteStartArray("tags"u8);
        writer.WriteStringValue(route.Group);
        writer.WriteEndArray();
        if (route.Open)
        {
            writer.WriteStartArray("security"u8);
            writer.WriteEndArray();
        }
        writer.WriteStartArray("parameters"u8);
        foreach (RouteParameter parameter in route.Parameters)
        {
            bool inPath = route.Pattern.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal);
            writer.WriteStartObject();
            writer.WriteString("name"u8, parameter.Name);
            writer.WriteString("in"u8, inPath ? "path"u8 : "query"u8);
            writer.WriteBoolean("required"u8, inPath);
            writer.WriteString("description"u8, parameter.Description);
            writer.WritePropertyName("schema"u8);
            WriteRaw(writer, parameter.Schema);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (route.Body.Count > 0)
        {
            writer.WriteStartObject("requestBody"u8);
            writer.WriteBoolean("required"u8, true);
            Write(writer, route.Body);
            writer.WriteEndObject();
        }
        writer.WriteStartObject("responses"u8);
        foreach (RouteAnswer answer in route.Answers)
        {
            writer.WriteStartObject(answer.Status.ToString(CultureInfo.InvariantCulture));
            writer.WriteString("description"u8, answer.Description);
            if (answer.Content is { } content) Write(writer, [content]);
            writer.WriteEndObject();
        }
        writer.WriteStartObject("default"u8);
        writer.WriteString("description"u8, "Why it was not done"u8);
        bool traptor = route.Pattern.StartsWith("/v1.0", StringComparison.Ordinal);
        Write(writer, [traptor ? new RouteContent("application/json", RouteAnswer.Named("TraptorError"))
            : route.Pattern.EndsWith(".json", StringComparison.Ordinal) ? new RouteContent("application/json", RouteAnswer.Named("Error"))
            : new RouteContent("application/problem+json", RouteAnswer.Named("Problem"))]);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<RouteContent> contents)
    {
        writer.WriteStartObject("content"u8);
        foreach (RouteContent content in contents)
        {
            writer.WriteStartObject(content.Type);
            writer.WritePropertyName("schema"u8);
            WriteRaw(writer, content.Schema);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static string OperationId(Route route)
    {
        var id = new StringBuilder(route.Method.ToLowerInvariant());
        foreach (Match part in Word.Matches(route.Pattern)) id.Append(char.ToUpperInvariant(part.Value[0])).Append(part.ValueSpan[1..]);
        return id.ToString();
    }

    // What is written here is written above, so that it needs no second look; blank lines between would only make it larger.
    private static void WriteRaw(Utf8JsonWriter writer, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        document.WriteTo(writer);
    }

    [GeneratedRegex("[A-Za-z0-9]+")]
    private static partial Regex Word { get; }
}
