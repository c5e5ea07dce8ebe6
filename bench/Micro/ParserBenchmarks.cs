using BenchmarkDotNet.Attributes;
using TweetStreams.Producer.Sources;
using TweetStreams.Schemas;

namespace TweetStreams.Bench.Micro;

/// <summary>Reading a message, and splitting the text of a tweet into words; the mean of messages of the sample stream's shape.</summary>
public class ParserBenchmarks
{
    private const int Messages = 1_000;

    private byte[][] messages = [];
    private string[] texts = [];

    /// <summary>The recording beside the repository, or messages that are made up.</summary>
    [GlobalSetup]
    public async Task ReadAsync()
    {
        string recording = Repository.Shared("data", "v11-sample-20190703-first3000.ndjson.gz");
        IMessageSource source = SourceSpec.Open([File.Exists(recording) ? recording : "sample"], new SampleOptions { Seed = 7, Rate = 0, Count = Messages }, TimeProvider.System);
        var read = new List<byte[]>();
        await foreach (byte[] message in source.ReadAsync(CancellationToken.None))
        {
            read.Add(message);
            if (read.Count == Messages) break;
        }
        messages = [.. read];
        texts = [.. messages.Select(message => MessageReader.Read(message)).Where(message => message.Kind is MessageKind.Tweet or MessageKind.Retweet).Select(message => message.Text)];
        texts = [.. Enumerable.Range(0, Messages).Select(i => texts[i % texts.Length])];
    }

    [Benchmark(OperationsPerInvoke = Messages, Description = "MessageReader.Read, a message")]
    public int Read()
    {
        int kinds = 0;
        foreach (byte[] message in messages) kinds += (int)MessageReader.Read(message).Kind;
        return kinds;
    }

    [Benchmark(OperationsPerInvoke = Messages, Description = "WordTokenizer.Split, a tweet")]
    public int Split()
    {
        int letters = 0;
        foreach (string text in texts)
            foreach (string word in WordTokenizer.Split(text)) letters += word.Length;
        return letters;
    }
}
