using System.IO.Compression;
using System.Text;
using Avro.Generic;

namespace TweetStreams.Schemas.Tests.Typed;

/// <summary>Recordings of real streams, where they are at hand: what is written is what the messages say.</summary>
public class RecordingsTests
{
    [Theory]
    [InlineData("jetstream.ndjson")]
    [InlineData("v11-control-messages.ndjson")]
    [InlineData("v11-filter-2015-2018.ndjson.gz")]
    [InlineData("v11-sample-20170126.ndjson.gz")]
    [InlineData("v11-sample-20190703-first3000.ndjson.gz")]
    [InlineData("v2-compliance.ndjson")]
    [InlineData("v2-filtered-stream.ndjson")]
    [InlineData("v2-stream-derived.ndjson.gz")]
    public void Every_message_has_a_record_of_its_id_time_text_and_kind(string name)
    {
        int tweets = 0, authors = 0;
        foreach (Message message in Messages(Repository.Shared("data", name)))
        {
            if (message.Kind == MessageKind.DeadLetter) continue;
            GenericRecord record = ApacheAvro.Record(message, raw: true);
            Assert.Equal(message.EventTime == Message.NoTime ? null : message.EventTime, (long?)record.At("time"));
            if (message.Kind == MessageKind.Delete) Assert.Equal(message.IdText(), record.At("id"));
            if (message.Kind is not (MessageKind.Tweet or MessageKind.Retweet)) continue;
            Assert.Equal((message.IdText(), message.Text, Encoding.UTF8.GetString(message.Raw)), (record.At("id"), record.At("text"), record.At("raw")));
            Assert.Equal(message.Kind == MessageKind.Retweet, record.At("kind") is "retweet");
            Assert.Equal(record.At("kind") is "retweet", record.At("retweeted") is not null);
            tweets++;
            if (record.At("author.id") is not null) authors++;
        }
        Assert.True(authors >= tweets * 0.9, $"{authors} of {tweets} tweets have an author");
    }

    private static IEnumerable<Message> Messages(string file)
    {
        using Stream stored = File.OpenRead(file);
        using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stored, CompressionMode.Decompress) : stored;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            if (!string.IsNullOrWhiteSpace(line)) yield return Reading.Read(line);
    }
}
