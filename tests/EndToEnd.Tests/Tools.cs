using System.ComponentModel;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>Programs that a machine may have or not.</summary>
internal static class Tools
{
    /// <summary>Whether the program is there, and this call of it ends well.</summary>
    public static async Task<bool> HasAsync(string program, params string[] arguments)
    {
        try
        {
            using Running running = Running.Tool(program, arguments);
            return await running.ExitAsync() == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
