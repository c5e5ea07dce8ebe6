using System.IO.Compression;
using System.Text.RegularExpressions;

namespace TweetStreams.Operations.Tests;

/// <summary>The library as a package, used by a project that knows nothing else: the one in the package's own README.</summary>
public sealed partial class PackageTests
{
    private const string Version = "0.0.0-test";

    [Fact]
    public async Task The_package_has_its_readme_its_documentation_and_its_symbols_and_the_example_in_its_readme_runs()
    {
        using var temporary = new Temporary();
        using (Running pack = Running.Tool("dotnet", ["pack", Sources.At("streams"), "-c", "Release", "-o", temporary.At("feed"), $"-p:Version={Version}", $"-p:IntermediateOutputPath={temporary.At("obj")}/", $"-p:OutputPath={temporary.At("bin")}/"], Quiet))
            Assert.True(await pack.ExitAsync() == 0, pack.ToString());
        using (ZipArchive package = ZipFile.OpenRead(Path.Combine(temporary.At("feed"), $"TweetStreams.Streams.{Version}.nupkg")))
        {
            string[] files = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.All((string[])["README.md", "lib/net10.0/TweetStreams.Streams.dll", "lib/net10.0/TweetStreams.Streams.xml"], file => Assert.Contains(file, files));
        }
        using (ZipArchive symbols = ZipFile.OpenRead(Path.Combine(temporary.At("feed"), $"TweetStreams.Streams.{Version}.snupkg")))
            Assert.Contains("lib/net10.0/TweetStreams.Streams.pdb", symbols.Entries.Select(entry => entry.FullName));

        string sample = temporary.At("sample");
        Directory.CreateDirectory(sample);
        await File.WriteAllTextAsync(Path.Combine(sample, "Program.cs"), Example().Match(Sources.Text("streams/README.md")).Groups[1].Value);
        await File.WriteAllTextAsync(Path.Combine(sample, "sample.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{temporary.At("feed")}</RestoreAdditionalProjectSources>
                <!-- The package under test is kept nowhere; what it needs is there from the build. -->
                <RestorePackagesPath>{temporary.At("packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{await PackagesAsync()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TweetStreams.Streams" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        using Running run = Running.Tool("dotnet", ["run", "--project", sample], Quiet);
        Assert.True(await run.ExitAsync() == 0, run.ToString());
        Assert.Equal(["be 2", "not 1", "or 1", "to 2"], run.Output.Where(line => Count().IsMatch(line)));
    }

    // No compiler or build server that stays.
    private static (string, string)[] Quiet { get; } = [("MSBUILDDISABLENODEREUSE", "1"), ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), ("UseSharedCompilation", "false")];

    private static async Task<string> PackagesAsync() => (await Running.OutputOfAsync("dotnet", "nuget", "locals", "global-packages", "--list"))[0].Split(": ", 2)[1].Trim();

    [GeneratedRegex("```csharp\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^[a-z]+ [0-9]+$")]
    private static partial Regex Count();
}
