using TweetStreams.Processor.Commands;

namespace TweetStreams.Processor.Tests.Commands;

public sealed class RunExportTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tweetstreams-export-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_directory_is_made_and_left_empty()
    {
        string path = Path.Combine(folder.FullName, "a", "b");
        RunExport.Prepare(path);
        Assert.Empty(Directory.GetFileSystemEntries(path));
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_an_error_before_the_run()
    {
        string file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");
        Assert.Contains("cannot be written", Assert.Throws<SettingException>(() => RunExport.Prepare(Path.Combine(file, "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<SettingException>(() => RunExport.Prepare(file)).Message, StringComparison.Ordinal);
    }
}
