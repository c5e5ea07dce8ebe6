namespace TweetStreams.Streams.Tests;

public sealed class HostInfoTests
{
    [Theory]
    [InlineData("localhost:1", "localhost", 1)]
    [InlineData("127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("a.b-c.example:8080", "a.b-c.example", 8080)]
    [InlineData("[::1]:80", "::1", 80)]
    public void Host_and_port_are_read_and_written_again(string text, string name, int port)
    {
        Assert.True(HostInfo.TryParse(text, out HostInfo? host));
        Assert.Equal((new HostInfo(name, port), text), (host, host.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host")]
    [InlineData(":80")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+80")]
    [InlineData("host:80 ")]
    [InlineData(" host:80")]
    [InlineData("host:80/")]
    [InlineData("http://host:80")]
    [InlineData("user@host:80")]
    [InlineData("::1:80")]
    [InlineData("[host]:80")]
    [InlineData("[::1:80")]
    [InlineData("höst:80")]
    public void What_is_no_host_and_port_is_refused(string? text) => Assert.False(HostInfo.TryParse(text, out _));
}
