using TweetStreams.Processor.Commands;
using TweetStreams.Registry;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Processor.Tests.Commands;

/// <summary>What is said of a schema registry, and where its credentials come from.</summary>
public sealed class RegistrySettingsTests : IDisposable
{
    private const string User = "TWEETSTREAMS_REGISTRY_USER", Password = "TWEETSTREAMS_REGISTRY_PASSWORD", Token = "TWEETSTREAMS_REGISTRY_TOKEN", Url = "http://registry:8081";

    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Avro_needs_a_registry() =>
        Assert.Contains("--format avro needs --registry", Assert.Throws<SettingException>(() => Options(new(true, null, null, null, null))).Message, StringComparison.Ordinal);

    [Fact]
    public void Json_needs_none_and_has_no_use_for_one()
    {
        Assert.Null(Options(new(false, null, null, null, null)));
        Assert.Contains("--registry has no use", Assert.Throws<SettingException>(() => Options(new(false, Url, null, null, null))).Message, StringComparison.Ordinal);
        Assert.Contains("--subject-naming has no use", Assert.Throws<SettingException>(() => Options(new(false, null, SubjectNaming.RecordName, null, null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_credentials_nobody_in_particular_asks()
    {
        SchemaRegistryOptions options = Options(new(true, Url, SubjectNaming.RecordName, null, null))!;
        Assert.Equal((null, SubjectNaming.RecordName, new Uri(Url + "/")), (options.Credentials, options.Naming, options.Urls.Single()));
    }

    [Fact]
    public void Credentials_come_from_the_environment()
    {
        Assert.NotNull(Options(new(true, Url, null, null, null), (User, "ann"), (Password, "s3cret"))!.Credentials);
        Assert.NotNull(Options(new(true, Url, null, null, null), (Token, "t0ken"))!.Credentials);
    }

    [Theory]
    [InlineData("ann", null, null, Password + " is not set")]
    [InlineData(null, "s3cret", null, User + " is not set")]
    [InlineData("ann", "s3cret", "t0ken", "both set")]
    public void Half_of_them_or_both_kinds_are_an_error_that_shows_none(string? user, string? password, string? token, string expected)
    {
        SettingException failure = Assert.Throws<SettingException>(() => Options(new(true, Url, null, null, null), (User, user), (Password, password), (Token, token)));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_come_from_a_file_before_the_environment()
    {
        File.WriteAllText(file, "ann:s3:cret\n");
        // The environment's alone would be an error.
        Assert.NotNull(Options(new(true, Url, null, file, null), (User, "only"))!.Credentials);
        File.WriteAllText(file, "t0ken");
        Assert.NotNull(Options(new(true, Url, null, file, null))!.Credentials);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann:s3cret\nbob:s3cret")]
    [InlineData(":s3cret")]
    public void A_file_without_one_line_of_them_is_an_error(string content)
    {
        File.WriteAllText(file, content);
        Exception failure = Assert.ThrowsAny<Exception>(() => Options(new(true, Url, null, file, null)));
        Assert.True(failure is SettingException or StreamConfigException, failure.ToString());
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("/nowhere", Assert.Throws<SettingException>(() => Options(new(true, Url, null, "/nowhere/file", null))).Message, StringComparison.Ordinal);
    }

    private static SchemaRegistryOptions? Options(RegistrySettings settings, params (string Name, string? Value)[] environment) =>
        settings.Options(name => environment.FirstOrDefault(variable => variable.Name == name).Value);
}
