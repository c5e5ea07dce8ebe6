using TweetStreams.Producer;

namespace TweetStreams.Producer.Tests.Control;

public sealed class SecretFileTests
{
    [Fact]
    public void A_secret_is_read_without_the_space_around_it()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, " secret\n");
            Assert.Equal("secret", SecretFile.Read(file, "--control-token-file", "NO_SUCH_VARIABLE_OF_THIS_TEST"));
            File.WriteAllText(file, " \n");
            Assert.Contains("--control-token-file", Assert.Throws<InvalidSettingException>(() => SecretFile.Read(file, "--control-token-file", "X")).Message, StringComparison.Ordinal);
            File.WriteAllText(file, new string('s', 100_000));
            InvalidSettingException tooLong = Assert.Throws<InvalidSettingException>(() => SecretFile.Read(file, "--control-token-file", "X"));
            Assert.DoesNotContain("sss", tooLong.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/no/such/file")]
    [InlineData("/")]
    [InlineData("")]
    public void A_file_that_cannot_be_read_is_named_with_its_setting(string file) =>
        Assert.StartsWith("--control-token-file", Assert.Throws<InvalidSettingException>(() => SecretFile.Read(file, "--control-token-file", "X")).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_file_and_a_variable_there_is_none() => Assert.Null(SecretFile.Read(null, "--control-token-file", "NO_SUCH_VARIABLE_OF_THIS_TEST"));
}
