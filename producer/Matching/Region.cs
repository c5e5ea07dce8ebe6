namespace TweetStreams.Producer.Matching;

/// <summary>A part of the earth: a polygon with holes, in degrees of longitude (x) and latitude (y), on a plane. Its edge belongs to it.</summary>
internal sealed class Region
{
    // Each ring as x, y, x, y...; the way from its last position to its first is an edge as well.
    private readonly double[] outer;
    private readonly double[][] holes;
    private readonly double west = double.PositiveInfinity, south = double.PositiveInfinity, east = double.NegativeInfinity, north = double.NegativeInfinity;

    /// <summary>A polygon.</summary>
    /// <param name="outer">Its ring, closed or not.</param>
    /// <param name="holes">What is not in it, though inside of the ring.</param>
    public Region(double[] outer, params double[][] holes)
    {
        (this.outer, this.holes) = (outer, holes);
        for (int at = 0; at < outer.Length; at += 2)
        {
            west = Math.Min(west, outer[at]);
            east = Math.Max(east, outer[at]);
            south = Math.Min(south, outer[at + 1]);
            north = Math.Max(north, outer[at + 1]);
        }
    }

    public static Region Box(double west, double south, double east, double north) => new([west, south, west, north, east, north, east, south]);

    /// <summary>Whether a point lies in it.</summary>
    public bool Contains(double x, double y)
    {
        if (!(x >= west && x <= east && y >= south && y <= north)) return false;
        int where = Where(outer, x, y);
        if (where <= 0) return where == 0;
        foreach (double[] hole in holes)
        {
            int inHole = Where(hole, x, y);
            if (inHole >= 0) return inHole == 0;
        }
        return true;
    }

    /// <summary>Whether it has a point in common with another polygon, given by its ring, which has no holes.</summary>
    public bool Intersects(ReadOnlySpan<double> ring)
    {
        if (ring.IsEmpty) return false;
        double ringWest = ring[0], ringEast = ring[0], ringSouth = ring[1], ringNorth = ring[1];
        for (int at = 2; at < ring.Length; at += 2)
        {
            ringWest = Math.Min(ringWest, ring[at]);
            ringEast = Math.Max(ringEast, ring[at]);
            ringSouth = Math.Min(ringSouth, ring[at + 1]);
            ringNorth = Math.Max(ringNorth, ring[at + 1]);
        }
        if (!(ringEast >= west && ringWest <= east && ringNorth >= south && ringSouth <= north)) return false;
        if (Cross(outer, ring)) return true;
        foreach (double[] hole in holes)
            if (Cross(hole, ring)) return true;
        // No edge meets another. So one lies wholly in the other, or they are apart, and any one position of each tells which.
        return Contains(ring[0], ring[1]) || Where(ring, outer[0], outer[1]) >= 0;
    }

    // 1 inside, 0 on the edge, -1 outside: how often a ray to the east meets the ring.
    private static int Where(ReadOnlySpan<double> ring, double x, double y)
    {
        bool inside = false;
        int count = ring.Length / 2;
        for (int i = 0, before = count - 1; i < count; before = i++)
        {
            double x1 = ring[2 * before], y1 = ring[2 * before + 1], x2 = ring[2 * i], y2 = ring[2 * i + 1];
            if (OnEdge(x1, y1, x2, y2, x, y)) return 0;
            if (y1 > y != y2 > y && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) inside = !inside;
        }
        return inside ? 1 : -1;
    }

    private static bool Cross(ReadOnlySpan<double> ring, ReadOnlySpan<double> other)
    {
        int count = ring.Length / 2, otherCount = other.Length / 2;
        for (int i = 0, before = count - 1; i < count; before = i++)
            for (int j = 0, otherBefore = otherCount - 1; j < otherCount; otherBefore = j++)
                if (Meet(ring[2 * before], ring[2 * before + 1], ring[2 * i], ring[2 * i + 1], other[2 * otherBefore], other[2 * otherBefore + 1], other[2 * j], other[2 * j + 1])) return true;
        return false;
    }

    private static bool Meet(double ax, double ay, double bx, double by, double cx, double cy, double dx, double dy)
    {
        int c = Side(ax, ay, bx, by, cx, cy), d = Side(ax, ay, bx, by, dx, dy), a = Side(cx, cy, dx, dy, ax, ay), b = Side(cx, cy, dx, dy, bx, by);
        if (c * d < 0 && a * b < 0) return true;
        return OnEdge(ax, ay, bx, by, cx, cy) || OnEdge(ax, ay, bx, by, dx, dy) || OnEdge(cx, cy, dx, dy, ax, ay) || OnEdge(cx, cy, dx, dy, bx, by);
    }

    private static int Side(double ax, double ay, double bx, double by, double x, double y) => Math.Sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));

    private static bool OnEdge(double ax, double ay, double bx, double by, double x, double y) =>
        Side(ax, ay, bx, by, x, y) == 0 && x >= Math.Min(ax, bx) && x <= Math.Max(ax, bx) && y >= Math.Min(ay, by) && y <= Math.Max(ay, by);
}
