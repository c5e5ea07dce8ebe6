namespace TweetStreams.Operations.Tests;

public sealed class SystemdTests
{
    [Theory, InlineData("processor"), InlineData("producer")]
    public async Task The_unit_is_one_that_systemd_takes(string program)
    {
        await Sources.NeedsAsync("systemd-analyze", "--version");
        using var temporary = new Temporary();
        // Wherever this machine has dotnet.
        string dotnet = (await Running.OutputOfAsync("bash", "-c", "command -v dotnet"))[0];
        string unit = temporary.Write($"tweetstreams-{program}.service", Sources.Text("deploy", "systemd", $"tweetstreams-{program}.service").Replace("/usr/bin/dotnet", dotnet, StringComparison.Ordinal));
        using Running verify = Running.Tool("systemd-analyze", "verify", unit);
        // An unknown setting is a line, not a failure.
        Assert.True(await verify.ExitAsync() == 0 && verify.Error.Count == 0, verify.ToString());
    }

    [Theory, InlineData("processor"), InlineData("producer")]
    public void The_unit_gives_the_program_no_rights_and_the_time_to_stop(string program)
    {
        ILookup<string, string> unit = Settings($"tweetstreams-{program}.service");
        Assert.Equal(["yes"], unit["NoNewPrivileges"]);
        Assert.Equal(["strict"], unit["ProtectSystem"]);
        Assert.Equal(["yes"], unit["DynamicUser"]);
        Assert.Single(unit["StateDirectory"]);
        Assert.Equal(["/etc/tweetstreams/tweetstreams.env"], unit["EnvironmentFile"]);
        Assert.True(int.Parse(unit["TimeoutStopSec"].Single(), System.Globalization.CultureInfo.InvariantCulture) > 35);
        Assert.Equal(["on-failure"], unit["Restart"]);
        Assert.Contains("64", unit["RestartPreventExitStatus"].Single().Split(' '));
        // The runtime compiles as it runs.
        Assert.Empty(unit["MemoryDenyWriteExecute"]);
    }

    [Theory, InlineData("processor", "process"), InlineData("producer", null)]
    public async Task The_options_and_variables_of_the_unit_are_known(string program, string? command)
    {
        IReadOnlySet<string> known = await Sources.OptionsAsync(program, $"tweetstreams-{program}", command is null ? [] : [command]);
        string[] words = Settings($"tweetstreams-{program}.service")["ExecStart"].Single().Split(' ');
        Assert.EndsWith($"tweetstreams-{program}.dll", words[1], StringComparison.Ordinal);
        Assert.All(words.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains(option, known));
        ILookup<string, string> environment = Settings("tweetstreams.env");
        Assert.Single(environment["KAFKA"]);
        Assert.All(words.Where(word => word.StartsWith('$') && !word.StartsWith("${", StringComparison.Ordinal)), variable => Assert.Single(environment[variable[1..]]));
    }

    private static ILookup<string, string> Settings(string file) => Sources.Text("deploy", "systemd", file).Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && line[0] != '#').Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
}
