namespace TweetStreams.FakeX;

/// <summary>X's words for what is wrong.</summary>
public static class Problems
{
    /// <summary>The body of a 429 for a second connection.</summary>
    public const string TooManyConnections =
        """{"title":"ConnectionException","detail":"This stream is currently at the maximum allowed connection limit.","connection_issue":"TooManyConnections","type":"https://api.x.com/2/problems/streaming-connection"}""";

    /// <summary>The body of a 409.</summary>
    public const string NoRules =
        """{"title":"ConnectionException","detail":"There are no rules associated with the filtered stream for this client.","connection_issue":"RuleConfigurationIssue","type":"https://api.x.com/2/problems/streaming-connection"}""";

    /// <summary>The body of a 401.</summary>
    public const string Unauthorized = """{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}""";

    /// <summary>The body of a 400.</summary>
    public static string Invalid(string detail) => $$"""{"errors":[{"message":"{{detail}}"}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.x.com/2/problems/invalid-request"}""";

    /// <summary>The last message of a stream that X ends.</summary>
    public static string Disconnect(string type = "UpstreamOperationalDisconnect") =>
        $$"""{"errors":[{"title":"operational-disconnect","disconnect_type":"{{type}}","detail":"This stream has been disconnected upstream for operational reasons.","type":"https://api.x.com/2/problems/operational-disconnect"}]}""";
}
