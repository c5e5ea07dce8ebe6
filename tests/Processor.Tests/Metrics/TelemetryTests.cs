using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TweetStreams.Processor.Metrics;

namespace TweetStreams.Processor.Tests.Metrics;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_go_to_the_collector_with_the_application_and_the_instance()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using WebApplication collector = await CollectorAsync(received);
        using var meter = new Meter("TweetStreams.Processor");
        using (new Telemetry(new Uri(collector.Urls.First() + "/"), "my-application", "host:8080"))
        {
            meter.CreateCounter<long>("something.counted").Add(7);
        }
        string metrics = received["/v1/metrics"];
        Assert.All((string[])["something.counted", "my-application", "host:8080", "tweetstreams-processor"], part => Assert.Contains(part, metrics, StringComparison.Ordinal));
    }

    [Fact]
    public void A_collector_that_is_not_there_holds_nothing_up()
    {
        using var meter = new Meter("TweetStreams.Processor");
        using var telemetry = new Telemetry(new Uri("http://127.0.0.1:1/"), "application", "instance");
        meter.CreateCounter<long>("lost").Add(1);
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, string> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received[context.Request.Path] = Encoding.UTF8.GetString(body.ToArray());
        });
        await app.StartAsync();
        return app;
    }
}
