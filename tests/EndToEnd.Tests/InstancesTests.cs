using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>Several instances on a real Kafka: each answers for all of them, rightly or not at all.</summary>
[Collection(OnRealKafka.Name)]
public sealed class InstancesTests(RealKafka kafka) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Temporary temporary = new();
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public async Task Every_instance_answers_for_all_and_never_with_a_wrong_number_while_one_is_killed_and_one_comes()
    {
        string file = Recordings.Path("v11-sample-20170126.ndjson.gz");
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        Question[] questions = await QuestionsAsync(file);
        using Running producer = Running.Producer("--kafka", bootstrap, "--source", file);
        Assert.True(await producer.ExitAsync() == 0, producer.ToString());
        using Running first = Process(bootstrap, application, "first"), second = Process(bootstrap, application, "second"), third = Process(bootstrap, application, "third");
        await AllRightAsync(questions, first, second, third);
        await SameHistoriesAsync(file, first, second, third);

        // From here on nothing changes but who has what.
        using var enough = new CancellationTokenSource();
        var wrong = new ConcurrentQueue<string>();
        int refused = 0;
        Task[] clients = [.. new[] { second, third }.Select(async instance => await AskOnAsync(await instance.PageAsync()))];
        first.Kill();
        // The group needs seconds to see it; until then there is no answer for what the first had.
        await UntilAsync(() => Volatile.Read(ref refused) > 0, "nothing was refused");
        await AllRightAsync(questions, second, third);
        using Running fourth = Process(bootstrap, application, "fourth");
        await AllRightAsync(questions, second, third, fourth);
        await StopAsync(second);
        await AllRightAsync(questions, third, fourth);
        await enough.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(wrong);
        await StopAsync(third);
        await AllRightAsync(questions, fourth);
        await StopAsync(fourth);

        async Task AskOnAsync(Uri page)
        {
            for (int i = 0; !enough.IsCancellationRequested; i++)
            {
                Question question = questions[i % questions.Length];
                (Verdict verdict, string answer) = await AskAsync(page, question);
                if (verdict == Verdict.Refused) Interlocked.Increment(ref refused);
                else if (verdict == Verdict.Wrong) wrong.Enqueue($"{question.Path}: {answer}");
                // Without a pause the clients would take the machine from those that they ask.
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task A_question_of_another_application_is_not_answered()
    {
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        using Running instance = Process(bootstrap, application, "state");
        Uri rows = new(await instance.PageAsync(), "internal/rows");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await PostAsync("""{"application":"another","partitions":[0],"question":{"store":"totals"}}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("""{"application":"another","partitions":[0],"question":null}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync("no question"));
        // A partition that there is not is nobody's.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync($$$"""{"application":"{{{application}}}","partitions":[0,99],"question":{"store":"totals"}}"""));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync($$$"""{"application":"{{{application}}}","partitions":[0],"question":{"store":"no such"}}"""));
        await StopAsync(instance);

        async Task<HttpStatusCode> PostAsync(string body)
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await http.PostAsync(rows, content);
            return response.StatusCode;
        }
    }

    private Running Process(string bootstrap, string application, string state) => Running.Processor(
        "process", "--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At(state), "--port", "0", "--retention", "2000d", "--commit-interval", "500ms",
        // As short as the broker lets it be, so that the group soon sees that a member is gone.
        "--set", "session.timeout.ms=6000");

    /// <summary>A clean stop, if not a silent one: a busy machine may have had a warning about a slow broker.</summary>
    private static async Task StopAsync(Running instance)
    {
        instance.Send(Signal.Terminate);
        Assert.True(await instance.ExitAsync() == 0, instance.ToString());
    }

    private static async Task<Question[]> QuestionsAsync(string file)
    {
        IReadOnlyList<string> totals = await Reference.TotalsAsync(file), windows = await Reference.WindowsAsync(file);
        (string Word, long Count)[] words = [.. totals.Select(row => row.Split('\t')).Select(row => (row[0], long.Parse(row[1], CultureInfo.InvariantCulture)))];
        (string, long)[] top = [.. words.OrderByDescending(row => row.Count).Take(20)];
        return
        [
            // Some of every partition.
            .. words.Where((_, i) => i % (words.Length / 16) == 0).Select(row => new Question($"api/words/{Uri.EscapeDataString(row.Word)}", answer => Json(answer).GetProperty("count").GetInt64() == row.Count)),
            new Question("api/words/top?n=20", answer => Json(answer).EnumerateArray().Select(row => (row.GetProperty("word").GetString()!, row.GetProperty("count").GetInt64())).SequenceEqual(top)),
            new Question("api/words/totals.tsv", answer => Reference.Rows(answer).SequenceEqual(totals)),
            new Question("api/windows.tsv", answer => Reference.Rows(answer).SequenceEqual(windows)),
        ];
    }

    /// <summary>Waits until each instance has answered each question rightly, one round after the other.</summary>
    private async Task AllRightAsync(Question[] questions, params Running[] instances)
    {
        string last = "";
        await UntilAsync(async () =>
        {
            foreach (Running instance in instances)
            {
                foreach (Question question in questions)
                {
                    Assert.False(instance.HasExited, instance.ToString());
                    (Verdict verdict, string answer) = await AskAsync(await instance.PageAsync(), question);
                    last = $"{question.Path}: {verdict} {answer}";
                    if (verdict != Verdict.Right) return false;
                }
            }
            return true;
        }, () => last);
    }

    private async Task SameHistoriesAsync(string file, params Running[] instances)
    {
        IReadOnlyList<string> totals = await Reference.TotalsAsync(file);
        foreach (string path in totals.Where((_, i) => i % (totals.Count / 16) == 0).Select(row => $"api/words/{Uri.EscapeDataString(row.Split('\t')[0])}").Append("api/windows?n=3"))
        {
            var answers = new List<string>();
            foreach (Running instance in instances) answers.Add(await http.GetStringAsync(new Uri(await instance.PageAsync(), path)));
            Assert.True(answers.Distinct().Count() == 1, $"{path}: {string.Join(" | ", answers)}");
        }
    }

    private async Task<(Verdict Verdict, string Answer)> AskAsync(Uri page, Question question)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri(page, question.Path));
            byte[] answer = await response.Content.ReadAsByteArrayAsync();
            Verdict verdict = response.StatusCode switch
            {
                HttpStatusCode.OK when question.Right(answer) => Verdict.Right,
                HttpStatusCode.ServiceUnavailable when response.Headers.RetryAfter is not null => Verdict.Refused,
                _ => Verdict.Wrong,
            };
            return (verdict, verdict == Verdict.Right ? "" : $"{response.StatusCode} {System.Text.Encoding.UTF8.GetString(answer.AsSpan(0, Math.Min(answer.Length, 300)))}");
        }
        catch (HttpRequestException e)
        {
            return (Verdict.None, e.Message);
        }
    }

    private static Task UntilAsync(Func<bool> condition, string otherwise) => UntilAsync(() => Task.FromResult(condition()), () => otherwise);

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        for (long started = Stopwatch.GetTimestamp(); !await condition(); await Task.Delay(250)) Assert.True(Stopwatch.GetElapsedTime(started) < Patience, otherwise());
    }

    private static JsonElement Json(byte[] answer) => JsonDocument.Parse(answer).RootElement;

    private sealed record Question(string Path, Func<byte[], bool> Right);

    private enum Verdict
    {
        Right,

        /// <summary>503 with Retry-After.</summary>
        Refused,

        /// <summary>No answer: nobody is there.</summary>
        None,
        Wrong,
    }
}
