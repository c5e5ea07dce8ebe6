using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Control;
using TweetStreams.Producer.Rules;
using TweetStreams.Producer.Sources;
using TweetStreams.Producer.Subscriptions;

namespace TweetStreams.Producer.Tests.Control;

/// <summary>A control API on a free port, in front of parts that are made up.</summary>
internal sealed class ControlHarness : IAsyncDisposable
{
    private ControlHarness(ControlServer server, ListLogger log)
    {
        (Server, Log) = (server, log);
        // Without a proxy, whatever the environment says, and with as many connections as are asked for.
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(server.Address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
    }

    public ControlServer Server { get; }

    public HttpClient Client { get; }

    public ListLogger Log { get; }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static ControlParts Parts(
        IRuleBook? rules = null, IMessageSource? source = null, ISubscriptions? subscriptions = null, IFeedHealth? health = null) => new()
        {
            Source = source ?? new FakeLiveSource(),
            Counters = new FeedCounters(),
            Health = health ?? new FakeHealth(),
            Rules = rules ?? new FakeRuleBook(),
            Subscriptions = subscriptions ?? new FakeSubscriptions(),
        };

    public static async Task<ControlHarness> StartAsync(ControlParts? parts = null, string? token = null, int rate = 1_000_000, TimeSpan? timeout = null, IPAddress? address = null)
    {
        var log = new ListLogger();
        var options = new ControlOptions { Address = new IPEndPoint(address ?? IPAddress.Loopback, 0), Token = token, RequestsPerSecond = rate, RequestTimeout = timeout ?? TimeSpan.FromMinutes(5) };
        return new ControlHarness(await ControlServer.StartAsync(options, parts ?? Parts(), log, Stop), log);
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> FormAsync(HttpMethod method, string path, string form) => SendAsync(method, path, form, "application/x-www-form-urlencoded");

    public Task<Reply> JsonAsync(HttpMethod method, string path, string json) => SendAsync(method, path, json, "application/json");

    public Task<Reply> SendAsync(HttpMethod method, string path, string? body = null, string? type = null) =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type);

    public async Task<Reply> SendAsync(HttpMethod method, string path, byte[]? body, string? type, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        if (type is not null) request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        with?.Invoke(request);
        using HttpResponseMessage response = await Client.SendAsync(request, Stop);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop), response.Content.Headers.ContentType?.MediaType, response.Headers.ToString() + response.Content.Headers);
    }

    /// <summary>Sends bytes as they are; returns what is answered, up to the end of the headers at the least.</summary>
    public async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(Server.Address).Port, Stop);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Stop);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, Stop) is > 0 and var read) answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        return answer.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>An answer.</summary>
internal sealed record Reply(int Status, string Text, string? Type, string Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The reason of a refusal, whatever its form.</summary>
    public string Reason => (Type == "application/problem+json" ? Json.GetProperty("detail") : Json.GetProperty("error")).GetString()!;
}

internal sealed class ListLogger : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = new();

    public IEnumerable<string> Lines => lines.Select(line => line.Text);

    public IEnumerable<string> Errors => lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));
}

internal sealed class FakeHealth : IFeedHealth
{
    public string? Trouble { get; set; }
}

/// <summary>Rules in memory. A value with <c>wrong</c> in it is refused.</summary>
internal sealed class FakeRuleBook(params Rule[] rules) : IRuleBook, IRuleDryRun
{
    private readonly Lock gate = new();

    public RuleSet Current { get; private set; } = new([.. rules.OrderBy(rule => rule.Id, StringComparer.Ordinal)]);

    public Exception? Failure { get; set; }

    public bool Hangs { get; set; }

    public int Changes { get; private set; }

    public Task ChangedAsync(RuleSet known, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<IReadOnlyList<RuleProblem>> ChangeAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken)
    {
        if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (Failure is { } failure) throw failure;
        IReadOnlyList<RuleProblem> problems = await TryAsync(set, remove, cancellationToken);
        if (problems.Count > 0) return problems;
        lock (gate)
        {
            Changes++;
            Dictionary<string, Rule> all = Current.Rules.ToDictionary(rule => rule.Id);
            foreach (Rule rule in set) all[rule.Id] = rule;
            foreach (string id in remove) all.Remove(id);
            Current = new RuleSet([.. all.Values.OrderBy(rule => rule.Id, StringComparer.Ordinal)]);
        }
        return [];
    }

    public Task<IReadOnlyList<RuleProblem>> TryAsync(IReadOnlyList<Rule> set, IReadOnlyList<string> remove, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RuleProblem>>(
        [.. set.Where(rule => rule.Value.Contains("wrong", StringComparison.Ordinal)).Select(rule => new RuleProblem(rule.Id, rule.Value, "it is wrong; make it right"))]);
}

internal sealed class FakeSubscriptions(params Subscription[] subscriptions) : ISubscriptions
{
    private readonly ConcurrentDictionary<string, SubscriptionCount> counts = new();

    public SubscriptionSet Current { get; set; } = new([.. subscriptions.OrderBy(each => each.Name, StringComparer.Ordinal)]);

    public List<string> Deleted { get; } = [];

    public int? Partitions { get; private set; }

    public Task<string?> AddAsync(Subscription subscription, int? partitions, CancellationToken cancellationToken)
    {
        if (subscription.Problem() is { } problem) return Task.FromResult<string?>(problem);
        Partitions = partitions;
        Current = new SubscriptionSet([.. Current.All.Where(other => other.Name != subscription.Name).Append(subscription).OrderBy(each => each.Name, StringComparer.Ordinal)]);
        return Task.FromResult<string?>(null);
    }

    public Task<bool> RemoveAsync(string name, bool deleteTopic, CancellationToken cancellationToken)
    {
        if (Current.Find(name) is not { } there) return Task.FromResult(false);
        if (deleteTopic) Deleted.Add(there.Topic);
        Current = new SubscriptionSet(Current.All.Remove(there));
        return Task.FromResult(true);
    }

    public SubscriptionCount CountOf(string name) => counts.GetOrAdd(name, _ => new SubscriptionCount());
}

internal sealed class FakeLiveSource : ILiveSource
{
    public List<string> Asked { get; } = [];

    public string Name => "x:filtered";

    public double? Progress => null;

    public bool Paused { get; private set; }

    public void Reconnect() => Asked.Add("reconnect");

    public void Pause()
    {
        Asked.Add("pause");
        Paused = true;
    }

    public void Resume()
    {
        Asked.Add("resume");
        Paused = false;
    }

    public async IAsyncEnumerable<byte[]> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }
}
