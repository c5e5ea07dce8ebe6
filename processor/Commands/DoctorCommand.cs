using TweetStreams.Processor.Doctor;
using TweetStreams.Processor.Kafka;
using TweetStreams.Registry;

namespace TweetStreams.Processor.Commands;

/// <summary>Looks at everything that a processor with these settings needs, says what is wrong in plain words, and changes nothing.</summary>
internal sealed class DoctorCommand(ProcessorSettings settings, Surroundings surroundings)
{
    /// <exception cref="IllException">Something is wrong; what, was said.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        List<Finding> found = [new(Verdict.Good, "settings", $"application {settings.ApplicationId}, {(settings.Kafka is null ? "embedded broker" : $"Kafka at {settings.Kafka}")}")];
        found.AddRange(MachineExam.Examine(settings));
        if (settings.Kafka is not null) found.AddRange(await new KafkaExam(settings, new OutputTopics(settings, surroundings.Time, surroundings.Logs.CreateLogger<OutputTopics>()), surroundings.Time).ExamineAsync(stop).ConfigureAwait(false));
        if (settings.Registry is { } registry) found.Add(await RegistryAsync(registry, stop).ConfigureAwait(false));
        foreach (Finding finding in found) surroundings.Output.WriteLine($"{(finding.Verdict switch { Verdict.Good => "ok", Verdict.Look => "look", _ => "WRONG" }),-6} {finding.What,-9} {finding.Said}");
        int wrong = found.Count(finding => finding.Verdict == Verdict.Wrong);
        if (wrong > 0) throw new IllException($"{(wrong == 1 ? "one thing is" : $"{wrong} things are")} wrong, see above");
    }

    private async Task<Finding> RegistryAsync(SchemaRegistryOptions options, CancellationToken stop)
    {
        try
        {
            using var client = new SchemaRegistryClient(options, surroundings.Time);
            RegisteredSchema? known = await client.LatestAsync($"{Topics.WordTotals}-value", stop).ConfigureAwait(false);
            return new Finding(Verdict.Good, "registry", known is null ? "answers; it has no schemas of ours yet" : $"answers; {Topics.WordTotals}-value has version {known.Version}");
        }
        catch (SchemaRegistryException e)
        {
            return new Finding(Verdict.Wrong, "registry", e.Message);
        }
    }
}

/// <summary>The examination has found something wrong.</summary>
internal sealed class IllException : Exception
{
    public IllException() { }
    public IllException(string message) : base(message) { }
    public IllException(string message, Exception innerException) : base(message, innerException) { }
}
