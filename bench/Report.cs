using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TweetStreams.Bench;

/// <summary>The figures of several rounds: the one in the middle, the least and the greatest.</summary>
internal readonly record struct Spread(double Median, double Least, double Greatest)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Spread(sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1]);
    }

    public string Text(string format) => Least.ToString(format, CultureInfo.InvariantCulture) == Greatest.ToString(format, CultureInfo.InvariantCulture)
        ? Median.ToString(format, CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Median.ToString(format, CultureInfo.InvariantCulture)} ({Least.ToString(format, CultureInfo.InvariantCulture)}–{Greatest.ToString(format, CultureInfo.InvariantCulture)})");
}

/// <summary>Figures as a table for people and as JSON for programs, with the machine that they were measured on.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints rows under their heads, each column as wide as its widest.</summary>
    public static void Print(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] lines = [heads, .. rows];
        int[] widths = [.. heads.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (var line in lines) Console.WriteLine(string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    /// <summary>Writes the figures to the file that the user named, or to one of their own.</summary>
    public static void Write(BenchOptions options, string what, object figures)
    {
        string path = options.Json ?? Path.Combine(Repository.Root, "bench", "results", string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{what}.json"));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(new { What = what, When = DateTime.UtcNow, Machine = Machine(), options.Repeats, options.Rounds, options.Threads, options.Partitions, options.Dedupe, options.Trends, Figures = figures }, Json));
        Console.WriteLine($"written to {path}");
    }

    private static object Machine() => new
    {
        Cores = Environment.ProcessorCount,
        Processor = Line("/proc/cpuinfo", "model name")?.Split(':', 2)[1].Trim(),
        Load = Line("/proc/loadavg", ""),
        System = RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        GcGen0Size = Environment.GetEnvironmentVariable("DOTNET_GCgen0size"),
    };

    private static string? Line(string file, string beginning) => File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) : null;
}
