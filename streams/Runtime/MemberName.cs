namespace TweetStreams.Streams.Runtime;

/// <summary>
/// The client id of a member of the group: the thread's name and, behind the last <c>@</c>, where its instance answers queries. The client id is all
/// that librdkafka lets a member tell the others; the group's description shows it beside the member's partitions.
/// </summary>
internal static class MemberName
{
    private const char Separator = '@';

    internal static string Of(string thread, string applicationServer) => applicationServer.Length == 0 ? thread : $"{thread}{Separator}{applicationServer}";

    /// <summary>Where the member's instance answers; null where it does not say.</summary>
    internal static HostInfo? Host(string clientId)
    {
        int at = clientId.LastIndexOf(Separator);
        return at >= 0 && HostInfo.TryParse(clientId[(at + 1)..], out HostInfo? host) ? host : null;
    }
}
