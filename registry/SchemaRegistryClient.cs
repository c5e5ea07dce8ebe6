using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace TweetStreams.Registry;

/// <summary>A schema as a subject has it.</summary>
/// <param name="Id">Its id in the registry.</param>
/// <param name="Version">Its number in the subject.</param>
/// <param name="Schema">The schema's JSON.</param>
public sealed record RegisteredSchema(int Id, int Version, string Schema);

/// <summary>What the registry says to a schema: whether it may follow those of its subject, and why not.</summary>
public sealed record Compatibility(bool IsCompatible, IReadOnlyList<string> Reasons);

/// <summary>
/// Confluent's REST interface, as far as serdes need it. Each method asks once, at each address until one answers; <see cref="PatientlyAsync"/>
/// asks again. Safe for any number of threads.
/// </summary>
public sealed class SchemaRegistryClient : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly RegistryHttp http;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource disposing = new();

    // An id never means another schema, nor does a schema's id in a subject change: kept for ever.
    private readonly ConcurrentDictionary<int, string> schemas = new();
    private readonly ConcurrentDictionary<(string Subject, string Schema), int> ids = new();

    /// <param name="options">Where the registry is, and how it is used.</param>
    /// <param name="time">The clock that pauses go by; null for the system's.</param>
    public SchemaRegistryClient(SchemaRegistryOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        this.time = time ?? TimeProvider.System;
        http = new RegistryHttp(options);
    }

    public SchemaRegistryOptions Options { get; }

    /// <summary>Files a schema under a subject, where it may be already.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="IncompatibleSchemaException">The subject's schemas do not allow it.</exception>
    public async Task<int> RegisterAsync(string subject, string schema, CancellationToken cancel = default)
    {
        if (ids.TryGetValue((subject, schema), out int known)) return known;
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Post, $"subjects/{Escaped(subject)}/versions", new { schema }, [HttpStatusCode.Conflict], cancel).ConfigureAwait(false);
        if (status == HttpStatusCode.Conflict) throw Incompatible(subject, [Said(body)]);
        return Keep(subject, schema, Number(body, "id"));
    }

    /// <summary>The id of a schema in a subject, or null where the subject does not have it.</summary>
    public async Task<int?> LookupAsync(string subject, string schema, CancellationToken cancel = default)
    {
        if (ids.TryGetValue((subject, schema), out int known)) return known;
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Post, $"subjects/{Escaped(subject)}", new { schema }, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
        return status == HttpStatusCode.NotFound ? null : Keep(subject, schema, Number(body, "id"));
    }

    /// <summary>The JSON of the schema with an id.</summary>
    public async Task<string> SchemaAsync(int id, CancellationToken cancel = default)
    {
        if (schemas.TryGetValue(id, out string? known)) return known;
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Get, $"schemas/ids/{id}", null, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
        if (status == HttpStatusCode.NotFound) throw new SchemaRegistryException($"the schema registry at {Where} has no schema {id}; were the records written with another registry?");
        return schemas.GetOrAdd(id, Text(body, "schema"));
    }

    /// <summary>The newest schema of a subject, or null where the subject has none. Not cached: it changes.</summary>
    public async Task<RegisteredSchema?> LatestAsync(string subject, CancellationToken cancel = default)
    {
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Get, $"subjects/{Escaped(subject)}/versions/latest", null, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
        return status == HttpStatusCode.NotFound ? null : new RegisteredSchema(Number(body, "id"), Number(body, "version"), Text(body, "schema"));
    }

    /// <summary>Whether a schema may follow the newest one of a subject, as the subject's level of compatibility has it.</summary>
    public async Task<Compatibility> CompatibilityAsync(string subject, string schema, CancellationToken cancel = default)
    {
        (HttpStatusCode status, JsonElement body) = await SendAsync(HttpMethod.Post, $"compatibility/subjects/{Escaped(subject)}/versions/latest?verbose=true", new { schema }, [HttpStatusCode.NotFound], cancel).ConfigureAwait(false);
        // Nothing is there that it would have to follow.
        if (status == HttpStatusCode.NotFound) return new Compatibility(true, []);
        bool compatible = body.TryGetProperty("is_compatible", out JsonElement answer) && answer.ValueKind == JsonValueKind.True;
        return new Compatibility(compatible, compatible ? [] : Reasons(body));
    }

    /// <summary>
    /// The id to write a subject's records with. A schema that the subject does not have is checked against those that it has, then registered
    /// where the options allow that.
    /// </summary>
    /// <exception cref="IncompatibleSchemaException">It may not follow them; the message has the registry's reasons.</exception>
    /// <exception cref="SchemaRegistryException">The registry does not answer, or may not be changed.</exception>
    public async Task<int> EnsureAsync(string subject, string schema, CancellationToken cancel = default)
    {
        if (await LookupAsync(subject, schema, cancel).ConfigureAwait(false) is { } id) return id;
        Compatibility compatibility = await CompatibilityAsync(subject, schema, cancel).ConfigureAwait(false);
        if (!compatibility.IsCompatible) throw Incompatible(subject, compatibility.Reasons);
        if (!Options.AutoRegister) throw new SchemaRegistryException($"subject {subject} of the schema registry at {Where} does not have this program's schema, and registering is switched off; register it, or switch it on");
        return await RegisterAsync(subject, schema, cancel).ConfigureAwait(false);
    }

    /// <summary>Asks until the registry answers: with growing pauses, for as long as the options are patient.</summary>
    /// <exception cref="SchemaRegistryException">It did not answer in that time, or it refused.</exception>
    public async Task<T> PatientlyAsync<T>(Func<CancellationToken, Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        long started = time.GetTimestamp();
        TimeSpan pause = Options.Backoff;
        while (true)
        {
            try
            {
                return await ask(disposing.Token).ConfigureAwait(false);
            }
            catch (SchemaRegistryException e) when (e.IsPassing)
            {
                if (time.GetElapsedTime(started) + pause > Options.Patience)
                    throw new SchemaRegistryException($"{e.Message} It was asked again for {time.GetElapsedTime(started).TotalSeconds:0} s.", e);
            }
            await Task.Delay(pause, time, disposing.Token).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Ends what waits for the registry, too.</summary>
    public void Dispose()
    {
        disposing.Cancel();
        http.Dispose();
        disposing.Dispose();
    }

    private string Where => string.Join(", ", Options.Urls);

    private Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body, HttpStatusCode[] expected, CancellationToken cancel) =>
        http.SendAsync(method, path, body, expected, cancel);

    private int Keep(string subject, string schema, int id)
    {
        schemas.TryAdd(id, schema);
        return ids.GetOrAdd((subject, schema), id);
    }

    private static IncompatibleSchemaException Incompatible(string subject, IReadOnlyList<string> reasons) =>
        new($"the schema registry refuses this program's schema for subject {subject}: it is not compatible with the one there{(reasons.Count == 0 ? "" : $" ({string.Join("; ", reasons)})")}; use another subject, or change the subject's compatibility");

    // Confluent's registry has a list of messages, Apicurio's one reason.
    private static string[] Reasons(JsonElement body) =>
        body.TryGetProperty("messages", out JsonElement messages) && messages.ValueKind == JsonValueKind.Array ? [.. messages.EnumerateArray().Select(message => message.ToString())]
        : body.TryGetProperty("reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String ? [reason.GetString()!]
        : [];

    private static string Escaped(string subject) => Uri.EscapeDataString(subject);

    private static string Said(JsonElement body) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty("message", out JsonElement message) ? message.ToString() : body.ToString();

    private int Number(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out JsonElement value) && value.TryGetInt32(out int number) ? number : throw Odd(name);

    private string Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out JsonElement value) && value.GetString() is { } text ? text : throw Odd(name);

    private SchemaRegistryException Odd(string name) => new($"what answers at {Where} is no schema registry: its answer has no '{name}'");
}
