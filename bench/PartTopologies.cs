using TweetStreams.Processor;
using TweetStreams.Processor.Formats;
using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;
using TweetStreams.Streams;
using TweetStreams.Streams.SerDes;
using TweetStreams.Streams.State;
using TweetStreams.Streams.Stream;
using TweetStreams.Streams.Table;

namespace TweetStreams.Bench;

/// <summary>Parts of the whole job, each alone, with the job's own formats.</summary>
internal static class PartTopologies
{
    public static Topology Build(string kind)
    {
        var builder = new StreamBuilder();
        IKStream<byte[], Message> received = builder.Stream<byte[], Message>(Topics.Raw, new ByteArraySerDes(), new MessageSerDes(), "messages", new EventTimeExtractor(TimeProvider.System));
        switch (kind)
        {
            case JobOptions.Split:
                received
                    .SelectKey((key, message, _) => message.Kind == MessageKind.DeadLetter ? key : message.Id!, "key-by-id")
                    .To((_, message, _) => message.Kind.Topic(), new ByteArraySerDes(), OutputFormat.Json.Messages, "kinds");
                break;
            case JobOptions.Totals:
                Words(received)
                    .Count(RocksDb.As<string, long>(TweetTopology.Stores.Totals).With<StringSerDes, Int64SerDes>(), "count-totals")
                    .ToStream("totals-changes")
                    .MapValues((word, count, _) => new WordTotal(word, count), "word-total")
                    .To(Topics.WordTotals, new StringSerDes(), OutputFormat.Json.WordTotals, "word-totals");
                break;
            case JobOptions.Windows:
                Words(received)
                    .WindowedBy(TumblingWindowOptions.Of(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)))
                    .Count(RocksDbWindows.As<string, long>(TweetTopology.Stores.Windows).With<StringSerDes, Int64SerDes>().WithRetention(TopologyOptions.Unlimited), "count-windows")
                    .ToStream("windows-changes")
                    .Map((key, count, _) => KeyValuePair.Create($"{key.Key}@{key.Window.StartMs}", WordCount.Of(key, count)), "word-count")
                    .To(Topics.WordCounts, WordPartition.Keep, new StringSerDes(), OutputFormat.Json.WordCounts, "word-counts");
                break;
            default:
                throw new ArgumentException($"'{kind}' is no part of the job", nameof(kind));
        }
        return builder.Build();
    }

    private static IKGroupedStream<string, string> Words(IKStream<byte[], Message> received) => received
        .FlatMapValues((message, _) => message.Words(), "split-words")
        .GroupBy<string, StringSerDes, StringSerDes>((_, word, _) => word, "words");
}
