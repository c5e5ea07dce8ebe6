using System.Diagnostics.Metrics;
using TweetStreams.Producer.EventLogs;
using TweetStreams.Producer.Gaps;
using TweetStreams.Producer.Kafka;
using TweetStreams.Producer.Statistics;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Metrics;

/// <summary>
/// Connections, what was missed, kinds, rules, and what the feed writes besides its messages, as instruments of the meter <c>TweetStreams.Producer</c>.
/// Labels have few values: a source's connections, and at most 100 rules.
/// </summary>
internal sealed class LiveMeter : IDisposable
{
    private readonly Meter meter;

    /// <param name="scope">As that of <see cref="FeedMeter"/>.</param>
    /// <param name="ledger">What was missed.</param>
    /// <param name="statistics">What passed.</param>
    /// <param name="log">The event log; null where there is none.</param>
    /// <param name="side">The topics of the producer's own; null where there are none.</param>
    /// <param name="leftOut">How many messages were not written, by reason; null where all are.</param>
    public LiveMeter(object scope, GapLedger ledger, FeedStatistics statistics, EventLog? log, SideTopics? side, Func<IEnumerable<KeyValuePair<string, long>>>? leftOut)
    {
        meter = new Meter("TweetStreams.Producer", null, null, scope);
        meter.CreateObservableGauge("connection.up", () => ledger.Connections().Where(connection => connection.Real).Select(connection => Of(connection.Up ? 1L : 0, "connection", connection.Connection)), null, "Whether the connection is open");
        meter.CreateObservableCounter("connection.events", () => ledger.Events().Select(entry => new Measurement<long>(entry.Count, Tag("kind", GapJson.Name(entry.Kind)), Tag("cause", GapJson.Name(entry.Cause)))), "{event}", "What happened to connections");
        OfConnections("connection.reconnects", "{reconnect}", "How often a connection was opened again", connection => connection.Reconnects);
        OfConnections("connection.keepalives", "{keepalive}", "Keep-alives and other signs of life", connection => connection.KeptAlive);
        OfConnections("connection.gaps", "{gap}", "Outages whose messages are missing", connection => connection.Gaps);
        OfConnections("connection.gaps.backfilled", "{gap}", "Outages whose messages were sent later", connection => connection.Backfilled);
        OfConnections("connection.missed.messages", "{message}", "Messages that the source left out, as its limit notices say", connection => connection.Missed);
        meter.CreateObservableCounter("connection.outage", () => ledger.Connections().Select(connection => new Measurement<double>(connection.Outage.TotalSeconds, Tag("connection", connection.Connection))), "s", "How long nothing was received from a connection");
        meter.CreateObservableGauge("coverage.ratio", () => new[]
        {
            new Measurement<double>(ledger.SinceStart.Percent / 100, Tag("since", "start")),
            new Measurement<double>(ledger.LastHour.Percent / 100, Tag("since", "hour")),
        }, null, "Tweets received of those there were, as limit notices say");
        meter.CreateObservableCounter("received", () => Enum.GetValues<MessageKind>().Select(kind => Of(statistics.Count(kind), "kind", GapJson.Name(kind))), "{message}", "Messages received, by kind");
        meter.CreateObservableGauge("last.message.timestamp", () => statistics.LastMessage is { } at ? [new Measurement<double>(at.ToUnixTimeMilliseconds() / 1000.0)] : Array.Empty<Measurement<double>>(), "s", "When the last message was received, in seconds since 1970");
        meter.CreateObservableCounter("rule.matches", () => Matches(statistics.Rules), "{message}", "Messages that matched a rule; of the first 100 rules that matched, and all others together");
        if (leftOut is not null)
            meter.CreateObservableCounter("left.out", () => leftOut().Select(entry => Of(entry.Value, "reason", entry.Key)), "{message}", "Messages received and not written, by reason");
        if (log is not null)
        {
            meter.CreateObservableGauge("event.log.state", () => (long)log.State, null, "The event log: 0 closed, 1 writing, 2 stopped by an error");
            meter.CreateObservableCounter("event.log.written", () => log.Bytes, "By", "Bytes written to the event log, before packing");
            meter.CreateObservableCounter("event.log.messages", () => log.Messages, "{message}", "Messages written to the event log");
            meter.CreateObservableCounter("event.log.lost.messages", () => log.Lost, "{message}", "Messages that are missing in the event log");
            meter.CreateObservableCounter("event.log.errors", () => log.Errors, "{error}", "How often the event log could not be written");
        }
        if (side is not null)
        {
            meter.CreateObservableCounter("side.records.written", () => side.All.Select(topic => Of(topic.Written, "topic", topic.Name)), "{record}", "Records about the feed itself, by topic");
            meter.CreateObservableCounter("side.records.lost", () => side.All.Select(topic => Of(topic.Lost, "topic", topic.Name)), "{record}", "Records about the feed itself that could not be written, by topic");
        }

        void OfConnections(string name, string unit, string description, Func<ConnectionFigures, long> figure) =>
            meter.CreateObservableCounter(name, () => ledger.Connections().Select(connection => Of(figure(connection), "connection", connection.Connection)), unit, description);
    }

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Matches(RuleCounts rules)
    {
        (IReadOnlyList<KeyValuePair<string, long>> labelled, long others) = rules.Totals();
        foreach ((string rule, long count) in labelled) yield return Of(count, "rule", rule);
        if (others > 0) yield return Of(others, "rule", "");
    }

    private static Measurement<long> Of(long value, string tag, string text) => new(value, Tag(tag, text));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
