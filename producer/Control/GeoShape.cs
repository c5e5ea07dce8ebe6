using System.Globalization;
using System.Text.Json;

namespace TweetStreams.Producer.Control;

/// <summary>Looks at places as Traptor's rules name them.</summary>
internal static class GeoShape
{
    private const int LeastPositions = 4;

    /// <returns>What is wrong with four numbers, west, south, east, north; null for nothing.</returns>
    public static string? WrongWithBox(string box)
    {
        string[] parts = box.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new double[4];
        if (parts.Length != numbers.Length) return "give four numbers: lon1,lat1,lon2,lat2";
        for (int i = 0; i < numbers.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) return $"'{parts[i]}' is no number; give four: lon1,lat1,lon2,lat2";
        return WrongWithPosition(numbers[0], numbers[1]) ?? WrongWithPosition(numbers[2], numbers[3]);
    }

    /// <returns>What is wrong with a GeoJSON feature that is a polygon; null for nothing. A ring may be open: closing it takes one position.</returns>
    public static string? WrongWithFeature(JsonElement feature)
    {
        if (TypeOf(feature) != "Feature" || !feature.TryGetProperty("geometry", out JsonElement geometry) || TypeOf(geometry) != "Polygon")
            return "give a GeoJSON Feature whose geometry is a Polygon";
        if (!geometry.TryGetProperty("coordinates", out JsonElement rings) || rings.ValueKind != JsonValueKind.Array || rings.GetArrayLength() == 0) return "the polygon has no coordinates";
        foreach (JsonElement ring in rings.EnumerateArray())
            if (WrongWithRing(ring) is { } wrong) return wrong;
        return null;
    }

    private static string? WrongWithRing(JsonElement ring)
    {
        if (ring.ValueKind != JsonValueKind.Array) return "a ring of the polygon is no array of positions";
        (double Lon, double Lat)? first = null, last = null;
        int count = 0;
        foreach (JsonElement position in ring.EnumerateArray())
        {
            if (position.ValueKind != JsonValueKind.Array || position.GetArrayLength() < 2 || !Number(position[0], out double lon) || !Number(position[1], out double lat)) return "a position of the polygon is no array of two numbers: lon, lat";
            if (WrongWithPosition(lon, lat) is { } wrong) return wrong;
            if (last == (lon, lat)) continue;
            first ??= (lon, lat);
            last = (lon, lat);
            count++;
        }
        if (first != last) count++;
        return count < LeastPositions ? $"a ring of the polygon has {count} positions; it needs {LeastPositions}, of which the last is the first again" : null;
    }

    private static string? WrongWithPosition(double lon, double lat) =>
        Math.Abs(lon) <= 180 && Math.Abs(lat) <= 90 ? null : string.Create(CultureInfo.InvariantCulture, $"Lat/lon out of range: {lat}, {lon}");

    private static bool Number(JsonElement element, out double number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out number);
    }

    private static string? TypeOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}
