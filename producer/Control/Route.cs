using Microsoft.AspNetCore.Http;

namespace TweetStreams.Producer.Control;

/// <summary>A route of the control API, with all that its description says of it: what is served and what is described are one list.</summary>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Pattern">Its path, with the names of what varies in braces.</param>
/// <param name="Group">What it belongs to.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Handler">Does it.</param>
internal sealed record Route(string Method, string Pattern, string Group, string Summary, RequestDelegate Handler)
{
    /// <summary>What may stand in the path and behind it.</summary>
    public IReadOnlyList<RouteParameter> Parameters { get; init; } = [];

    /// <summary>What is sent along; none where empty. Several kinds, one of which is chosen.</summary>
    public IReadOnlyList<RouteContent> Body { get; init; } = [];

    /// <summary>What is answered when it is done.</summary>
    public required IReadOnlyList<RouteAnswer> Answers { get; init; }

    /// <summary>Whether it is answered also without the token.</summary>
    public bool Open { get; init; }
}

/// <summary>Something that varies in a path, or an option behind it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Schema">Its JSON schema.</param>
internal sealed record RouteParameter(string Name, string Description, string Schema = """{"type":"string"}""");

/// <summary>A body.</summary>
/// <param name="Type">Its media type.</param>
/// <param name="Schema">Its JSON schema.</param>
internal sealed record RouteContent(string Type, string Schema);

/// <summary>An answer.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Description">What it means.</param>
/// <param name="Content">Its body; null for none.</param>
internal sealed record RouteAnswer(int Status, string Description, RouteContent? Content = null)
{
    public static RouteAnswer Json(int status, string description, string schema) => new(status, description, new RouteContent("application/json", schema));

    /// <summary>One of <see cref="OpenApi"/>'s schemas.</summary>
    public static string Named(string schema) => $$"""{"$ref":"#/components/schemas/{{schema}}"}""";

    public static string Many(string schema) => $$"""{"type":"array","items":{{Named(schema)}} }""";
}
