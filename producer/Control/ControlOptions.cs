using System.Globalization;
using System.Net;

namespace TweetStreams.Producer.Control;

/// <summary>Where the control API is, and who may ask. Every value is checked when it is set.</summary>
/// <remarks>No record: what a record writes of itself would show the token.</remarks>
internal sealed class ControlOptions
{
    /// <summary>Flamingo's port, on this machine alone.</summary>
    public static IPEndPoint DefaultAddress { get; } = new(IPAddress.Loopback, 4711);

    /// <summary>What is listened on; port 0 for any that is free.</summary>
    public IPEndPoint Address { get; init; } = DefaultAddress;

    /// <summary>Who asks has to have it; null for no token, which only an address of this machine may do without.</summary>
    public string? Token
    {
        get;
        init => field = value is null || (value.Length > 0 && value.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0)
            ? value
            : throw new InvalidSettingException("the token of --control-token-file or TWEETSTREAMS_CONTROL_TOKEN has characters that a header cannot carry; make one of letters and digits");
    }

    /// <summary>Requests a second that each address may ask; as many at once, and twice as many wait.</summary>
    public int RequestsPerSecond
    {
        get;
        init => field = value > 0 ? value : throw new InvalidSettingException("the control API's rate is a number of requests a second above 0");
    } = 100;

    /// <summary>How long a request may take.</summary>
    public TimeSpan RequestTimeout
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new InvalidSettingException("the control API's time-out is a time above 0");
    } = TimeSpan.FromSeconds(30);

    /// <summary>Whether only this machine reaches it.</summary>
    public bool OnThisMachineOnly => IPAddress.IsLoopback(Address.Address);

    /// <summary>Reads what people write for <c>--control</c>: <c>127.0.0.1:4711</c>, <c>localhost:4711</c>, <c>[::]:4711</c>.</summary>
    /// <exception cref="InvalidSettingException">It is no address with a port.</exception>
    public static IPEndPoint ParseAddress(string text)
    {
        string numeric = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? $"127.0.0.1{text["localhost".Length..]}" : text;
        return IPEndPoint.TryParse(numeric, out IPEndPoint? point) && numeric.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{point.Port}"), StringComparison.Ordinal)
            ? point
            : throw new InvalidSettingException($"--control {text} is no address with a port, as 127.0.0.1:4711 or [::1]:4711");
    }

    /// <exception cref="InvalidSettingException">Others reach the address, and there is no token.</exception>
    internal void Check()
    {
        if (!OnThisMachineOnly && Token is null)
            throw new InvalidSettingException($"--control {Address} can be reached by other machines and needs a token: give one with --control-token-file or TWEETSTREAMS_CONTROL_TOKEN, or listen on 127.0.0.1");
    }
}
