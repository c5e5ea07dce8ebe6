using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace TweetStreams.Producer.Tests.Control;

public sealed class OpenApiTests
{
    [Fact]
    public async Task What_is_served_is_described_and_what_is_described_is_served()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        JsonElement document = (await control.GetAsync("/openapi.json")).Json;
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        string[] described = [.. document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}")).Order(StringComparer.Ordinal)];
        string[] served = [.. control.Server.Endpoints.SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}")).Order(StringComparer.Ordinal)];
        Assert.Equal(served, described);
        Assert.Equal(served.Distinct(), served);
    }

    [Fact]
    public async Task Every_part_that_is_named_is_there()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        JsonElement document = (await control.GetAsync("/openapi.json")).Json;
        string[] schemas = [.. document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => $"#/components/schemas/{schema.Name}")];
        string[] named = [.. All(document).Where(field => field.Name == "$ref").Select(field => field.Value.GetString()!).Distinct()];
        Assert.Empty(named.Except(schemas));
        Assert.Empty(schemas.Except(named));
        string[] operations = [.. All(document).Where(field => field.Name == "operationId").Select(field => field.Value.GetString()!)];
        Assert.Equal(operations.Distinct(), operations);
    }

    [Fact]
    public async Task All_that_varies_in_a_path_is_described_and_every_route_has_an_answer()
    {
        await using ControlHarness control = await ControlHarness.StartAsync();
        foreach (JsonProperty path in (await control.GetAsync("/openapi.json")).Json.GetProperty("paths").EnumerateObject())
        {
            string[] varying = [.. Regex.Matches(path.Name, "{(.*?)}").Select(match => match.Groups[1].Value)];
            foreach (JsonElement operation in path.Value.EnumerateObject().Select(method => method.Value))
            {
                Assert.Equal(varying, operation.GetProperty("parameters").EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!));
                Assert.Contains(operation.GetProperty("responses").EnumerateObject(), answer => answer.Name[0] == '2');
                Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            }
        }
    }

    private static IEnumerable<JsonProperty> All(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => All(field.Value).Prepend(field)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(All),
        _ => [],
    };
}
