using System.Text.Json;

namespace TweetStreams.Producer.Control;

/// <summary>A request that is not done. The message says why and what to do, and goes to who asked.</summary>
/// <param name="status">The status of the answer.</param>
/// <param name="reason">Why.</param>
/// <param name="more">Further fields of the answer.</param>
internal sealed class RefusedException(int status, string reason, Action<Utf8JsonWriter>? more = null) : Exception(reason)
{
    public int Status => status;

    public Action<Utf8JsonWriter>? More => more;
}
