using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace TweetStreams.Operations.Tests;

public sealed class DockerfileTests
{
    [Theory, InlineData("processor"), InlineData("producer")]
    public void What_is_copied_is_there_and_not_ignored(string program)
    {
        string[] allowed = [.. Sources.Text(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..])];
        string[] sources = [.. Dockerfile.Read($"docker/{program}.Dockerfile").Build.Where(instruction => instruction.Name == "COPY").SelectMany(copy => copy.Words[..^1])];
        Assert.NotEmpty(sources);
        Assert.All(sources, source =>
        {
            Assert.True(Path.Exists(Sources.At(source)), $"{source} is missing");
            Assert.Contains(source.Split('/')[0], allowed);
        });
    }

    [Theory, InlineData("processor"), InlineData("producer")]
    public async Task The_steps_of_the_build_make_a_program_that_starts(string program)
    {
        await Sources.NeedsAsync("bash", "--version");
        using var temporary = new Temporary();
        Dockerfile file = Dockerfile.Read($"docker/{program}.Dockerfile");
        string work = temporary.At("src"), app = temporary.At("app");
        Directory.CreateDirectory(work);
        foreach (Instruction step in file.Build)
        {
            if (step.Name == "COPY") foreach (string source in step.Words[..^1]) Copy(Sources.At(source), Path.Combine(work, step.Words[^1], source.EndsWith('/') ? "" : Path.GetFileName(source)));
            if (step.Name != "RUN") continue;
            // The image's own /app, in this test's directory; and no compiler that stays.
            using Running run = Running.Tool("bash", ["-c", $"cd '{work}' && {step.Arguments.Replace(" /app", $" '{app}'", StringComparison.Ordinal)}"],
                ("TARGETARCH", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64"), ("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("UseSharedCompilation", "false"));
            Assert.True(await run.ExitAsync() == 0, run.ToString());
        }

        string[] entry = file.Final.Single(instruction => instruction.Name == "ENTRYPOINT").List;
        Assert.Equal("dotnet", entry[0]);
        IReadOnlyList<string> help = await Running.OutputOfAsync(entry[0], [Path.Combine(app, entry[1]), "--help"]);
        Assert.Contains(help, line => line.Contains("--help", StringComparison.Ordinal));

        // The base image has the frameworks that the program asks for.
        JsonNode options = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(app, Path.ChangeExtension(entry[1], ".runtimeconfig.json")), TestContext.Current.CancellationToken))!["runtimeOptions"]!;
        string[] frameworks = [.. (options["frameworks"]?.AsArray() ?? [options["framework"]?.DeepClone()]).Select(framework => framework!["name"]!.ToString())];
        string image = file.Final.First().Words[0];
        Assert.Matches(@"^mcr\.microsoft\.com/dotnet/(aspnet|runtime):10\.0-noble$", image);
        if (frameworks.Contains("Microsoft.AspNetCore.App")) Assert.Contains("/aspnet:", image, StringComparison.Ordinal);
    }

    [Theory, InlineData("processor"), InlineData("producer")]
    public void The_image_is_not_roots_and_stops_by_the_signal_that_commits(string program)
    {
        Instruction[] final = [.. Dockerfile.Read($"docker/{program}.Dockerfile").Final];
        Assert.Equal("1654:1654", final.Last(instruction => instruction.Name == "USER").Arguments);
        Assert.Equal("SIGTERM", final.Single(instruction => instruction.Name == "STOPSIGNAL").Arguments);
        Assert.Single(final, instruction => instruction.Name == "HEALTHCHECK");
        // Exec forms: a shell between would take the signal and not pass it on.
        Assert.NotEmpty(final.Single(instruction => instruction.Name == "ENTRYPOINT").List);
    }

    [Theory, InlineData("processor", "process"), InlineData("producer", null)]
    public async Task The_options_of_the_image_are_the_programs(string program, string? command)
    {
        IReadOnlySet<string> known = await Sources.OptionsAsync(program, $"tweetstreams-{program}", command is null ? [] : [command]);
        string[] used = Dockerfile.Read($"docker/{program}.Dockerfile").Final.Single(instruction => instruction.Name == "CMD").List;
        Assert.All(used.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains(option, known));
    }

    [Fact]
    public void The_state_is_in_the_volume()
    {
        Instruction[] final = [.. Dockerfile.Read("docker/processor.Dockerfile").Final];
        string volume = final.Single(instruction => instruction.Name == "VOLUME").Arguments;
        string[] command = final.Single(instruction => instruction.Name == "CMD").List;
        Assert.Equal(volume, command[Array.IndexOf(command, "--state-dir") + 1]);
        Assert.Contains(final, instruction => instruction.Name == "RUN" && instruction.Arguments == $"install -d -o 1654 -g 1654 {volume}");
        Assert.EndsWith($":{volume}", new ComposeProject("zookeeper").Service("processor")["volumes"]!.AsArray().Single()!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nlive", 0)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\n\r\nfailed", 1)]
    [InlineData(null, 1)]
    public async Task The_processors_health_check_is_its_live_page(string? answer, int code) => await ChecksAsync("processor", 8080, "/health/live", answer, code);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n# HELP", 0)]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\n\r\n", 1)]
    [InlineData(null, 1)]
    public async Task The_producers_health_check_is_its_metrics(string? answer, int code) => await ChecksAsync("producer", 4712, "/metrics", answer, code);

    private static async Task ChecksAsync(string program, int port, string path, string? answer, int code)
    {
        await Sources.NeedsAsync("bash", "--version");
        (int exit, string asked) = await CheckAsync(Dockerfile.Read($"docker/{program}.Dockerfile").Final.Single(instruction => instruction.Name == "HEALTHCHECK").List, port, answer);
        Assert.Equal(code, exit);
        if (answer is not null) Assert.StartsWith($"GET {path} HTTP/1.0\r\n", asked);
    }

    [Theory]
    [InlineData("Zookeeper version: 3.8\nMode: standalone\n", 0)]
    [InlineData("This ZooKeeper instance is not currently serving requests\n", 1)]
    [InlineData(null, 1)]
    public async Task ZooKeepers_health_check_asks_whether_it_serves(string? answer, int code)
    {
        await Sources.NeedsAsync("bash", "--version");
        string[] check = [.. new ComposeProject("zookeeper").Service("zookeeper")["healthcheck"]!["test"]!.AsArray().Select(word => word!.ToString())];
        Assert.Equal("CMD", check[0]);
        (int exit, string asked) = await CheckAsync(check[1..], 2181, answer);
        Assert.Equal(code, exit);
        if (answer is not null) Assert.Equal("srvr\n", asked);
    }

    /// <summary>Runs a check against a port of this machine that gives one answer, or where nobody listens.</summary>
    private static async Task<(int Exit, string Asked)> CheckAsync(string[] check, int port, string? answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string there = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (answer is null) listener.Stop();
        Task<string> served = answer is null ? Task.FromResult("") : AnswerAsync(listener, answer);
        using Running run = Running.Tool(check[0], [.. check[1..].Select(word => word.Replace(port.ToString(System.Globalization.CultureInfo.InvariantCulture), there, StringComparison.Ordinal))]);
        int exit = await run.ExitAsync();
        return (exit, await served);
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string answer)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[1000];
        int length = await stream.ReadAsync(buffer);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>As .dockerignore has it: without what was built.</summary>
    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            return;
        }
        foreach (string entry in Directory.EnumerateFileSystemEntries(from))
            if (Path.GetFileName(entry) is not ("bin" or "obj")) Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}
