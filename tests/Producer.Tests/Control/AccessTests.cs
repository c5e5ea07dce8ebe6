using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TweetStreams.Producer.Control;

namespace TweetStreams.Producer.Tests.Control;

public sealed class AccessTests
{
    [Theory]
    [InlineData("Bearer secret")]
    [InlineData("bearer secret")]
    [InlineData("Basic anybody:secret")]
    [InlineData("Basic :secret")]
    public async Task Who_has_the_token_may_ask(string header) => Assert.Equal(200, await AskAsync("secret", "/metrics", header));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer Secret")]
    [InlineData("Bearer secrets")]
    [InlineData("Basic secret")]
    [InlineData("Basic secret:anybody")]
    [InlineData("Digest secret")]
    public async Task Who_has_not_may_not(string? header) => Assert.Equal(401, await AskAsync("secret", "/api/words/top", header));

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task The_health_is_everybodys(string path) => Assert.Equal(200, await AskAsync("secret", path, null));

    [Theory]
    [InlineData("/healthy")]
    [InlineData("/Health/live")]
    public async Task What_only_looks_like_it_is_not(string path) => Assert.Equal(401, await AskAsync("secret", path, null));

    [Fact]
    public async Task Without_a_token_everybody_may_ask() => Assert.Equal(200, await AskAsync(null, "/metrics", null));

    private static async Task<int> AskAsync(string? token, string path, string? header)
    {
        if (header?.StartsWith("Basic ", StringComparison.Ordinal) == true) header = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(header[6..]));
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Path = path;
        if (header is not null) context.Request.Headers.Authorization = header;
        await new Access(token).CheckAsync(context, passed =>
        {
            passed.Response.StatusCode = 200;
            return Task.CompletedTask;
        });
        Assert.Equal(context.Response.StatusCode == 401, context.Response.Headers.WWWAuthenticate.Count > 0);
        return context.Response.StatusCode;
    }
}
