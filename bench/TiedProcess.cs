using System.Diagnostics;

namespace TweetStreams.Bench;

/// <summary>Processes that end with the benchmark, also where that is ended by a signal.</summary>
internal static class TiedProcess
{
    public static Process Start(ProcessStartInfo start)
    {
        Process process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                if (!process.HasExited) process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended, and been disposed.
            }
        };
        return process;
    }
}
