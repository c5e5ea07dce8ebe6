using TweetStreams.Processor.Messages;
using TweetStreams.Processor.Trends;
using TweetStreams.Processor.Words;
using TweetStreams.Schemas;

namespace TweetStreams.Processor;

/// <summary>
/// The whole job: a raw stream is split by kind, byte for byte, and its words are counted, in total and in windows of event time.
/// </summary>
internal static class TweetTopology
{
    public static Topology Build(TopologyOptions options, KindCounters kinds, PendingRankings rankings, TimeProvider time)
    {
        var builder = new StreamBuilder();

        IKStream<byte[], Message> received = builder
            .Stream<byte[], Message>(Topics.Raw, new ByteArraySerDes(), new MessageSerDes(), "messages", new EventTimeExtractor(time));
        if (options.Dedupe is { } interval) received = received.TransformValues(DuplicateMarker.Supplier(interval), "mark-duplicates");

        // Every message goes to the topic of its kind, as it came or in Avro; one that this topic would refuse to the dead letters.
        IKStream<byte[], Message> messages = received;
        if (options.Limits is { } limits) messages = messages.MapValues(limits.Fit, "fit-topics");
        messages
            .Peek((_, message, context) => kinds.Count(message, context.Partition, context.Offset), "count-kinds")
            .Peek(DeadLetters.Explain, "explain-dead-letters")
            .SelectKey((key, message, _) => message.Kind == MessageKind.DeadLetter ? key : message.Id!, "key-by-id")
            .To((_, message, _) => message.Kind.Topic(), new ByteArraySerDes(), options.Format.Messages, "kinds");

        // The words of tweets and retweets that come for the first time, each counted for ever and in its window.
        IKStream<byte[], Message> once = received.FilterNot((_, message, _) => message.IsDuplicate, "count-once");
        IKGroupedStream<string, string> words = once
            .FlatMapValues((message, _) => options.Normalise ? message.Words().Select(WordNormaliser.Normalise).OfType<string>() : message.Words(), "split-words")
            .GroupBy<string, StringSerDes, StringSerDes>((_, word, _) => word, "words");
        // Windows first: on Streamiz a count changes the time of the record in hand for the steps behind it in line.
        IKStream<Windowed<string>, long> windows = words
            .WindowedBy(TumblingWindowOptions.Of(options.Window, options.Grace))
            .Count(RocksDbWindows.As<string, long>(Stores.Windows).With<StringSerDes, Int64SerDes>().WithRetention(options.Retention), "count-windows")
            .ToStream("windows-changes");
        IKStream<string, long> totals = words
            .Count(RocksDb.As<string, long>(Stores.Totals).With<StringSerDes, Int64SerDes>(), "count-totals")
            .ToStream("totals-changes");

        totals
            .MapValues((word, count, _) => new WordTotal(word, count), "word-total")
            .To(Topics.WordTotals, new StringSerDes(), options.Format.WordTotals, "word-totals");
        windows
            .Map((key, count, _) => KeyValuePair.Create($"{key.Key}@{key.Window.StartMs}", WordCount.Of(key, count)), "word-count")
            .To(Topics.WordCounts, WordPartition.Keep, new StringSerDes(), options.Format.WordCounts, "word-counts");

        // Each task ranks its own words; the rankings of all tasks meet in one place by window, or under "totals".
        totals
            .Transform(TransformerBuilder.New<string, long, string, Ranking>().Transformer<TotalsRanker>(options.Top, options.TopEvery, rankings).Build(), "rank-totals", Stores.Totals)
            .GroupByKey<StringSerDes, JsonSerDes<Ranking>>("top-totals")
            .Aggregate(() => new MergedRanking(), MergedRanking.Merge, RocksDb.As<string, MergedRanking>(Stores.TopTotals).With<StringSerDes, JsonSerDes<MergedRanking>>(), "merge-top-totals")
            .ToStream("top-totals-changes")
            .MapValues((ranking, _) => ranking.Top(options.Top), "top-total")
            .To(Topics.TopWords, new StringSerDes(), options.Format.TopWords, "top-words-of-totals");
        windows
            .Transform(TransformerBuilder.New<Windowed<string>, long, string, Ranking>().Transformer<WindowsRanker>(options.Top, Open(options), rankings).Build(), "rank-windows", Stores.Windows)
            .WithRecordTimestamp((_, ranking, _) => ranking.WindowStart, "rank-at-window")
            .GroupByKey<StringSerDes, JsonSerDes<Ranking>>("top-windows")
            .WindowedBy(TumblingWindowOptions.Of(options.Window, options.Retention - options.Window))
            .Aggregate(() => new MergedRanking(), MergedRanking.Merge, RocksDbWindows.As<string, MergedRanking>(Stores.TopWindows).With<StringSerDes, JsonSerDes<MergedRanking>>().WithRetention(options.Retention), "merge-top-windows")
            .ToStream((key, _, _) => key.Key, "top-windows-changes")
            .MapValues((ranking, _) => ranking.Top(options.Top), "top-window")
            .To(Topics.TopWords, new StringSerDes(), options.Format.TopWords, "top-words-of-windows");

        if (options.Trends is { } trends) TrendTopology.Add(once, trends, options.Grace, options.Retention, rankings);
        return builder.Build();
    }

    // With a grace of days, as recordings get it, not all that could still change is ranked anew at a start, but the last hour.
    private static TimeSpan Open(TopologyOptions options) => options.Window + options.Grace is var open && open < TimeSpan.FromHours(1) ? open : TimeSpan.FromHours(1);

    /// <summary>Numbers of subtopologies: they follow the order in which the steps above read their topics.</summary>
    public static class Subtopologies
    {
        public const int Messages = 0;
        public const int Words = 1;
    }

    /// <summary>The state stores, for queries.</summary>
    public static class Stores
    {
        public const string Totals = "totals";
        public const string Windows = "windows";
        public const string TopTotals = "top-totals-merged";
        public const string TopWindows = "top-windows-merged";
    }
}
