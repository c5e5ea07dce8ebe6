using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Matching;

namespace TweetStreams.Producer.Rules;

/// <summary>Reads the part of the earth that a rule of type <see cref="RuleType.Locations"/> or <see cref="RuleType.Geo"/> names.</summary>
internal static class RuleRegions
{
    private const string HowToWriteABox = "write each box as west,south,east,north, in degrees, such as -74.3,40.5,-73.7,40.9";

    /// <summary>Reads it. Returns what is wrong with the value and what to do, or null.</summary>
    public static string? Read(Rule rule, out ImmutableArray<Region> regions)
    {
        regions = [];
        return rule.Type == RuleType.Geo && rule.Value.AsSpan().TrimStart().StartsWith('{') ? Polygon(rule.Value, out regions) : Boxes(rule, out regions);
    }

    private static string? Boxes(Rule rule, out ImmutableArray<Region> regions)
    {
        regions = [];
        string[] parts = rule.Value.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
                return $"\"{parts[i]}\" is no number; {HowToWriteABox}.";
        }
        if (numbers.Length % 4 != 0 || rule.Type == RuleType.Geo && numbers.Length != 4)
            return $"It has {numbers.Length} numbers, and a box takes four; {HowToWriteABox}.";
        var boxes = ImmutableArray.CreateBuilder<Region>(numbers.Length / 4);
        for (int i = 0; i < numbers.Length; i += 4)
        {
            double west = numbers[i], south = numbers[i + 1], east = numbers[i + 2], north = numbers[i + 3];
            if ((Range(west, south) ?? Range(east, north)) is { } wrong) return wrong;
            if (west > east) return Invariant($"The box's west, {west}, is east of its east, {east}; exchange them, or, if the box crosses the 180th degree of longitude, write it as two boxes, one to 180 and one from -180.");
            if (south > north) return Invariant($"The box's south, {south}, is north of its north, {north}; exchange them.");
            boxes.Add(Region.Box(west, south, east, north));
        }
        regions = boxes.ToImmutable();
        return null;
    }

    private static string? Polygon(string value, out ImmutableArray<Region> regions)
    {
        regions = [];
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(Encoding.UTF8.GetBytes(value)); // as bytes, in which there is no half a character
        }
        catch (JsonException wrong)
        {
            return $"It is no JSON ({wrong.Message}); write a GeoJSON polygon such as {{\"type\":\"Polygon\",\"coordinates\":[[[7.3,46.7],[7.5,46.7],[7.4,46.9],[7.3,46.7]]]}}, or a box.";
        }
        using (document)
        {
            JsonElement geometry = document.RootElement;
            string type = TypeOf(geometry);
            if (type == "Feature") type = geometry.TryGetProperty("geometry", out geometry) ? TypeOf(geometry) : "";
            if (type != "Polygon") return $"It is a GeoJSON {(type is "" ? "object without a type" : type)}; a Polygon, or a Feature with a Polygon as its geometry, is needed.";
            if (!geometry.TryGetProperty("coordinates", out JsonElement rings) || rings.ValueKind != JsonValueKind.Array || rings.GetArrayLength() == 0)
                return "The polygon has no coordinates; they are a list of rings, each a list of positions [longitude, latitude].";
            var read = new List<double[]>();
            foreach (JsonElement ring in rings.EnumerateArray())
            {
                if (Ring(ring, out double[] positions) is { } wrong) return wrong;
                read.Add(positions);
            }
            regions = [new Region(read[0], [.. read.Skip(1)])];
            return null;
        }
    }

    // Without positions that repeat the one before, and without the last one, which is the first again or was forgotten.
    private static string? Ring(JsonElement ring, out double[] positions)
    {
        positions = [];
        const string wanted = "a ring of a polygon is a list of positions, each a list of two numbers, [longitude, latitude].";
        if (ring.ValueKind != JsonValueKind.Array) return $"A ring of the polygon is no list; {wanted}";
        var read = new List<double>();
        foreach (JsonElement position in ring.EnumerateArray())
        {
            if (position.ValueKind != JsonValueKind.Array || position.GetArrayLength() < 2 || !Number(position[0], out double x) || !Number(position[1], out double y))
                return $"{Cut(position.GetRawText())} is no position; {wanted}";
            if (Range(x, y) is { } wrong) return wrong;
            if (read is not [.., var lastX, var lastY] || lastX != x || lastY != y) read.AddRange([x, y]);
        }
        if (read.Count > 2 && read[0] == read[^2] && read[1] == read[^1]) read.RemoveRange(read.Count - 2, 2);
        if (read.Count < 6) return $"A ring of the polygon has {read.Count / 2} different positions; it takes three, and the first again at the end, which makes four.";
        positions = [.. read];
        return null;
    }

    private static bool Number(JsonElement element, out double number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out number) && double.IsFinite(number);
    }

    private static string? Range(double longitude, double latitude) =>
        longitude is < -180 or > 180 ? Invariant($"Longitude {longitude} is out of range; it goes from -180 to 180, and comes before the latitude.")
        : latitude is < -90 or > 90 ? Invariant($"Latitude {latitude} is out of range; it goes from -90 to 90, and comes after the longitude.")
        : null;

    private static string TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? Cut(type.GetRawText().Trim('"')) : "";

    private static string Cut(string text) => text.Length <= 40 ? text : $"{text.AsSpan(0, 40)}…";

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
