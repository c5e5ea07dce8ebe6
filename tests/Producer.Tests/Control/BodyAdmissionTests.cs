using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TweetStreams.Producer.Control;

namespace TweetStreams.Producer.Tests.Control;

public sealed class BodyAdmissionTests
{
    [Theory]
    [InlineData(100, 64)]
    [InlineData(RequestBody.MostBytes, 8)]
    [InlineData(null, 8)]
    public async Task So_many_bodies_are_held_at_once_and_the_next_waits(int? bytes, int most)
    {
        using var bodies = new BodyAdmission();
        var held = new TaskCompletionSource();
        int inside = 0;
        Task Hold(HttpContext context)
        {
            inside++;
            return held.Task;
        }
        Task[] admitted = [.. Enumerable.Range(0, most + 1).Select(_ => bodies.AdmitAsync(Request(bytes), Hold))];
        Assert.Equal(most, inside);
        Task other = bodies.AdmitAsync(Request(bytes, hasBody: false), _ => Task.CompletedTask);
        await other;
        held.SetResult();
        await Task.WhenAll(admitted);
        Assert.Equal(most + 1, inside);
    }

    [Fact]
    public async Task When_too_many_wait_the_next_is_refused()
    {
        using var bodies = new BodyAdmission();
        var held = new TaskCompletionSource();
        Task[] admitted = [.. Enumerable.Range(0, 8 + 64).Select(_ => bodies.AdmitAsync(Request(null), _ => held.Task))];
        DefaultHttpContext refused = Request(null);
        await bodies.AdmitAsync(refused, _ => held.Task);
        Assert.Equal(429, refused.Response.StatusCode);
        held.SetResult();
        await Task.WhenAll(admitted);
    }

    private static DefaultHttpContext Request(int? bytes, bool hasBody = true)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestBodyDetectionFeature>(new Detected(hasBody));
        context.Request.ContentLength = bytes;
        return context;
    }

    private sealed class Detected(bool body) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => body;
    }
}
