using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TweetStreams.Processor.Doctor;

/// <summary>Looks at what a processor needs of its machine: a place for its state, a port, files and memory.</summary>
internal static class MachineExam
{
    private const long LittleDisk = 2L << 30, LittleMemory = 512L << 20;

    // Each task keeps up to 256 files of its state open.
    private const long FewFiles = 4096;

    public static IEnumerable<Finding> Examine(ProcessorSettings settings)
    {
        if (settings.StateDir is { } directory) yield return State(directory, settings.ApplicationId);
        yield return Port(settings.Listen, settings.Port);
        if (Files() is { } files) yield return files;
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        yield return new Finding(memory < LittleMemory ? Verdict.Look : Verdict.Good, "memory", $"{Megabytes(memory)} may be used{(memory < LittleMemory ? "; give it 512 MB or more" : "")}");
    }

    private static Finding State(string directory, string application)
    {
        string root = Path.Combine(directory, application);
        try
        {
            bool there = Directory.Exists(root);
            string at = root;
            while (!Directory.Exists(at)) at = File.Exists(at) ? throw new IOException($"{at} is a file") : Path.GetDirectoryName(at) ?? throw new IOException($"there is no {directory}");
            string probe = Path.Combine(at, $".doctor-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            long free = new DriveInfo(at).AvailableFreeSpace;
            if (free < LittleDisk) return new Finding(Verdict.Look, "state", $"{root} has {Megabytes(free)} of disk left; state and its compaction need more than the state's size");
            return new Finding(Verdict.Good, "state", $"{root} can be written, {Megabytes(free)} of disk left{(InUse(root) ? "; a processor runs with it now" : there ? "" : "; it will be made")}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding(Verdict.Wrong, "state", $"{root} cannot be written: {e.Message}; make it writable, or set another --state-dir");
        }
    }

    private static bool InUse(string root)
    {
        string path = Path.Combine(root, ".lock");
        if (!File.Exists(path)) return false;
        try
        {
            using var open = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static Finding Port(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return new Finding(Verdict.Good, "port", port == 0 ? $"any free one of {address}" : $"{port} of {address} is free");
        }
        catch (SocketException e)
        {
            return new Finding(Verdict.Look, "port", $"{port} of {address} cannot be listened on: {e.Message}; if no processor runs there now, choose another with --port");
        }
    }

    private static Finding? Files()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits) || File.ReadLines(limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is not { } row) return null;
        string most = row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        if (!long.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out long files)) return new Finding(Verdict.Good, "files", $"{most} may be open");
        return new Finding(files < FewFiles ? Verdict.Look : Verdict.Good, "files", string.Create(CultureInfo.InvariantCulture, $"{files:N0} may be open{(files < FewFiles ? "; state wants 4,096 or more: raise the limit (ulimit -n)" : "")}"));
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N0} MB");
}
