using System.ComponentModel;
using System.Text.RegularExpressions;

namespace TweetStreams.EndToEnd.Tests;

/// <summary>What docs/inspect.md says to type shows what it says, and the doctor says what is wrong.</summary>
[Collection(OnRealKafka.Name)]
public sealed partial class InspectionTests(RealKafka kafka) : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task Every_line_of_the_guide_to_inspection_shows_something()
    {
        string script = Repository.Shared("kafka", "kafka"), bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        await FedAsync(bootstrap, application);
        // One that is there while the group is described.
        using Running instance = Running.Processor("process", "--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At("state"), "--port", "0");
        await instance.PageAsync();

        string[] lines = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "inspect.md")).Where(line => line.StartsWith("    k", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.True(lines.Length > 25, "the guide has lost its lines");
        var silent = new List<string>();
        int kcats = 0;
        foreach (string line in lines)
        {
            string[] words = [.. Word().Matches(line.Replace("localhost:9092", bootstrap, StringComparison.Ordinal).Replace("--group tweetstreams", $"--group {application}", StringComparison.Ordinal)).Select(word => word.Value.Trim('\''))];
            bool kcat = words[0] == "kcat";
            try
            {
                using Running tool = kcat ? Running.Tool("kcat", words[1..]) : Running.Tool(script, [words[0]["kafka-".Length..^".sh".Length], .. words[1..]]);
                await tool.ExitAsync();
                if (tool.Output.All(string.IsNullOrWhiteSpace)) silent.Add($"{line}\n{tool}");
                if (kcat) kcats++;
            }
            catch (Win32Exception) when (kcat)
            {
                TestContext.Current.SendDiagnosticMessage("kcat is not on this machine: {0}", line);
            }
        }
        Assert.True(silent.Count == 0, string.Join("\n\n", silent));
        if (await Tools.HasAsync("kcat", "-V")) Assert.True(kcats > 10);
        await instance.StopAsync();
    }

    [Fact]
    public async Task The_doctor_finds_nothing_wrong_where_nothing_is()
    {
        string bootstrap = await kafka.EmptyAsync(), application = kafka.NewApplicationId();
        (int code, IReadOnlyList<string> said) = await DoctorAsync(bootstrap, application);
        Assert.Equal(0, code);
        Assert.Contains(said, line => line.Contains("will be created", StringComparison.Ordinal));

        await FedAsync(bootstrap, application);
        (code, said) = await DoctorAsync(bootstrap, application);
        Assert.True(code == 0, string.Join('\n', said));
        Assert.DoesNotContain(said, line => line.StartsWith("WRONG", StringComparison.Ordinal));
        Assert.Contains(said, line => Regex.IsMatch(line, "^ok +messages +2,000 in tweets.raw, "));
        Assert.Contains(said, line => Regex.IsMatch(line, "^ok +clock +not behind"));
        Assert.Contains(said, line => Regex.IsMatch(line, "^ok +topics +12 are there"));
    }

    [Fact]
    public async Task The_doctor_names_a_topic_that_would_lose_data_and_a_directory_that_cannot_be_written()
    {
        string bootstrap = await kafka.EmptyAsync();
        using (var admin = new Confluent.Kafka.AdminClientBuilder(new Confluent.Kafka.AdminClientConfig { BootstrapServers = bootstrap }).Build())
            await admin.CreateTopicsAsync([new Confluent.Kafka.Admin.TopicSpecification { Name = "word-totals", NumPartitions = 4 }]);
        (int code, IReadOnlyList<string> said) = await DoctorAsync(bootstrap, kafka.NewApplicationId(), Path.Combine(temporary.Write("file", "x"), "state"));
        Assert.Equal(1, code);
        Assert.Contains(said, line => line.StartsWith("WRONG", StringComparison.Ordinal) && line.Contains("'word-totals' has cleanup.policy=delete", StringComparison.Ordinal));
        Assert.Contains(said, line => line.StartsWith("WRONG", StringComparison.Ordinal) && line.Contains("--state-dir", StringComparison.Ordinal));
        // It has changed nothing.
        (code, said) = await DoctorAsync(bootstrap, kafka.NewApplicationId());
        Assert.Equal(1, code);
    }

    private async Task FedAsync(string bootstrap, string application)
    {
        using Running run = Running.Processor("run", "--kafka", bootstrap, "--application-id", application, "--state-dir", temporary.At("state"), "--port", "0", "--count", "2000", "--rate", "max", "--seed", "1");
        Assert.True(await run.ExitAsync() == 0, run.ToString());
    }

    private async Task<(int Code, IReadOnlyList<string> Said)> DoctorAsync(string bootstrap, string application, string? state = null)
    {
        using Running doctor = Running.Processor("doctor", "--kafka", bootstrap, "--application-id", application, "--state-dir", state ?? temporary.At("state"), "--port", "0");
        int code = await doctor.ExitAsync();
        return (code, doctor.Output);
    }

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();
}
