using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace TweetStreams.Producer.Metrics;

/// <summary>
/// Shows instruments of System.Diagnostics.Metrics as Prometheus metrics, with names, types and units by Prometheus' rules: the meter's name in front
/// (but for the runtime's own, which begin with dotnet), the unit behind, then <c>_total</c> for what only grows.
/// </summary>
/// <remarks>Labels are an instrument's tags; an instrument has the same ones each time, and few values of each.</remarks>
internal sealed class MeterExport : IDisposable
{
    private const string Runtime = "System.Runtime";

    // Of the runtime's own what tells whether memory is short; its counters of exceptions by type would be labels without a bound.
    private static readonly HashSet<string> RuntimeInstruments = ["dotnet.gc.pause.time", "dotnet.gc.heap.total_allocated", "dotnet.gc.last_collection.heap.size"];

    private readonly MeterListener listener = new();
    private readonly MetricFactory metrics;
    private readonly Lock gate = new();
    private readonly List<Series> observed = [];

    /// <param name="registry">Where the metrics are shown; nobody else has a callback there that waits for this one.</param>
    /// <param name="scope">Only meters of this scope are shown, so that two applications in a process do not mix; and the runtime's.</param>
    public MeterExport(CollectorRegistry registry, object scope)
    {
        metrics = Prometheus.Metrics.WithCustomRegistry(registry);
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (!(ReferenceEquals(instrument.Meter.Scope, scope) || (instrument.Meter.Name == Runtime && RuntimeInstruments.Contains(instrument.Name)))) return;
            var series = new Series(instrument, metrics);
            if (instrument.IsObservable)
            {
                lock (gate) observed.Add(series);
            }
            listening.EnableMeasurementEvents(instrument, series);
        };
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((Series)series!).Record(value, tags));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((Series)series!).Record(value, tags));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((Series)series!).Record(value, tags));
        listener.Start();
        registry.AddBeforeCollectCallback(Observe);
    }

    public void Dispose() => listener.Dispose();

    private void Observe()
    {
        // Two scrapes at once would take each other's values for gone.
        lock (gate)
        {
            foreach (Series series in observed) series.Begin();
            listener.RecordObservableInstruments();
            foreach (Series series in observed) series.End();
        }
    }

    /// <summary>An instrument, and the metric that shows it, which is made with the first value: only then are its labels known.</summary>
    private sealed class Series(Instrument instrument, MetricFactory metrics)
    {
        private readonly Lock making = new();
        private readonly HashSet<string> seen = [];
        private HashSet<string> shown = [];
        private Dictionary<string, string[]> labels = [];
        private volatile Collector? collector;

        public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Collector metric = collector ?? Make(tags);
            string[] values = Values(tags);
            switch (metric)
            {
                case Counter counter when instrument.IsObservable:
                    counter.WithLabels(values).IncTo(value);
                    break;
                case Counter counter:
                    counter.WithLabels(values).Inc(value);
                    break;
                case Gauge gauge:
                    gauge.WithLabels(values).Set(value);
                    if (instrument.IsObservable) See(values);
                    break;
                case Histogram histogram:
                    histogram.WithLabels(values).Observe(value);
                    break;
            }
        }

        public void Begin() => seen.Clear();

        /// <summary>A gauge that is no longer told is no longer so: a store that went to another instance has no size here.</summary>
        public void End()
        {
            if (collector is not Gauge gauge) return;
            foreach (string gone in shown)
                if (!seen.Contains(gone)) gauge.RemoveLabelled(labels[gone]);
            shown = [.. seen];
            labels = labels.Where(entry => shown.Contains(entry.Key)).ToDictionary();
        }

        private void See(string[] values)
        {
            string key = string.Join('\u001f', values);
            seen.Add(key);
            labels[key] = values;
        }

        private Collector Make(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (making)
            {
                if (collector is { } made) return made;
                var names = new string[tags.Length];
                for (int i = 0; i < names.Length; i++) names[i] = Name(tags[i].Key);
                string help = instrument.Description ?? instrument.Name;
                return collector = instrument switch
                {
                    Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => metrics.CreateCounter($"{FullName()}_total", help, names),
                    Histogram<double> histogram => metrics.CreateHistogram(FullName(), help, names, new HistogramConfiguration { Buckets = [.. histogram.Advice?.HistogramBucketBoundaries ?? Histogram.ExponentialBuckets(0.001, 2, 15)] }),
                    _ => metrics.CreateGauge(FullName(), help, names),
                };
            }
        }

        private string FullName()
        {
            string name = instrument.Meter.Name == Runtime ? Name(instrument.Name) : $"{Name(instrument.Meter.Name)}_{Name(instrument.Name)}";
            string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            return name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        }

        private static string Name(string name) => name.Replace('.', '_').ToLowerInvariant();

        private static string[] Values(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length == 0) return [];
            var values = new string[tags.Length];
            for (int i = 0; i < values.Length; i++) values[i] = Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "";
            return values;
        }
    }
}
