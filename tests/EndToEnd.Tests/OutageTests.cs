using System.Diagnostics;
using System.Net;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>A Kafka of its own, which is killed and comes back.</summary>
public sealed class OutageTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Temporary temporary = new();
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public async Task A_processor_that_is_asked_while_Kafka_is_away_answers_when_it_is_back_and_stops_when_it_is_not()
    {
        if (Repository.SharedIfThere("kafka", "kafka") is not { } script || !await Tools.HasAsync("java", "-version")) throw Repository.Skipped("no Kafka of its own: ../shared/kafka with java is not on this machine");
        string data = temporary.At("kafka"), bootstrap = (await Running.OutputOfAsync(script, "up", data))[^1].Trim();
        try
        {
            using Running processor = Running.Processor("process", "--kafka", bootstrap, "--application-id", "outage", "--state-dir", temporary.At("state"), "--port", "0");
            Uri top = new(await processor.PageAsync(), "api/words/top?n=1");
            await IsAnsweredAsync(processor, top, HttpStatusCode.OK);

            await Running.OutputOfAsync(script, "kill", data);
            // A question that the client itself gave up ended the process when the broker was back.
            for (int i = 0; i < 2; i++) await IsAnsweredAsync(processor, top, HttpStatusCode.ServiceUnavailable);
            await Running.OutputOfAsync(script, "up", data);
            await IsAnsweredAsync(processor, top, HttpStatusCode.OK);
            Assert.InRange(processor.Error.Count(line => line.Contains("no connection to a Kafka broker", StringComparison.Ordinal)), 1, 20);

            await Running.OutputOfAsync(script, "kill", data);
            await IsAnsweredAsync(processor, top, HttpStatusCode.ServiceUnavailable);
            processor.Send(Signal.Terminate);
            Assert.Equal(0, await processor.ExitAsync());
        }
        finally
        {
            await Running.OutputOfAsync(script, "kill", data);
        }
    }

    private async Task IsAnsweredAsync(Running processor, Uri question, HttpStatusCode expected)
    {
        for (long started = Stopwatch.GetTimestamp(); ; await Task.Delay(500))
        {
            Assert.False(processor.HasExited, processor.ToString());
            using HttpResponseMessage answer = await http.GetAsync(question);
            if (answer.StatusCode == expected) return;
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{answer.StatusCode} and not {expected}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
