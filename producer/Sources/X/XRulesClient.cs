using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Connections;
using TweetStreams.Producer.Sources.Http;

namespace TweetStreams.Producer.Sources.X;

/// <summary>Lists, adds and deletes X's rules. Waits as long as X asks for where there were too many requests, and tries again where X or the network is unwell.</summary>
internal sealed class XRulesClient(XOptions options, ILogger logger, TimeProvider time) : IDisposable
{
    private const string Path = "2/tweets/search/stream/rules";

    // A whole list of 1,000 rules of 1,024 characters of four bytes, twice.
    private const int LongestAnswer = 8 * 1024 * 1024;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient client = StreamClient.Create();

    public void Dispose() => client.Dispose();

    /// <summary>All rules.</summary>
    /// <exception cref="XRulesException">X refuses for good.</exception>
    public async Task<ImmutableArray<XRule>> ListAsync(CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<XRule>();
        string? page = null;
        do
        {
            using JsonDocument answer = await AskAsync(HttpMethod.Get, page is null ? "?max_results=1000" : $"?max_results=1000&pagination_token={Uri.EscapeDataString(page)}", null, cancellationToken).ConfigureAwait(false);
            (ImmutableArray<XRule> rules, page) = XRulesAnswers.Page(answer.RootElement);
            all.AddRange(rules);
        }
        while (page is not null);
        return all.ToImmutable();
    }

    /// <summary>Adds rules, or says what adding them would come to.</summary>
    /// <exception cref="XRulesException">X refuses for good.</exception>
    public Task<XRulesAnswer> AddAsync(IReadOnlyList<XRule> rules, bool dryRun, CancellationToken cancellationToken) => ChangeAsync(writer =>
    {
        writer.WriteStartArray("add");
        foreach (XRule rule in rules)
        {
            writer.WriteStartObject();
            writer.WriteString("value", rule.Value);
            if (rule.Tag is { } tag) writer.WriteString("tag", tag);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }, dryRun, cancellationToken);

    /// <summary>Deletes rules by X's ids, or says what that would come to. Ids that X does not have are no error here.</summary>
    /// <exception cref="XRulesException">X refuses for good.</exception>
    public Task<XRulesAnswer> DeleteAsync(IReadOnlyList<string> ids, bool dryRun, CancellationToken cancellationToken) => ChangeAsync(writer =>
    {
        writer.WriteStartObject("delete");
        writer.WriteStartArray("ids");
        foreach (string id in ids) writer.WriteStringValue(id);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }, dryRun, cancellationToken);

    private async Task<XRulesAnswer> ChangeAsync(Action<Utf8JsonWriter> write, bool dryRun, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        using JsonDocument answer = await AskAsync(HttpMethod.Post, dryRun ? "?dry_run=true" : "", body.WrittenMemory, cancellationToken).ConfigureAwait(false);
        return XRulesAnswers.Change(answer.RootElement);
    }

    private async Task<JsonDocument> AskAsync(HttpMethod method, string query, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            (JsonDocument? answer, FailureClass failure, string reason, DateTimeOffset? reset) = await TryAsync(method, query, body, cancellationToken).ConfigureAwait(false);
            if (answer is not null) return answer;
            TimeSpan wait = backoff.After(failure, reset);
            Task rest = Task.Delay(wait, time, cancellationToken); // before it is told of, as in HttpStreamSource
            logger.RulesWaiting(wait, reason);
            await rest.ConfigureAwait(false);
        }
    }

    private async Task<(JsonDocument? Answer, FailureClass Failure, string Reason, DateTimeOffset? Reset)> TryAsync(HttpMethod method, string query, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken)
    {
        string token = options.Authorization();
        if (token.Length == 0) throw new XRulesException("there is no bearer token; set it, from the developer portal of X");
        if (token.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new XRulesException("the token holds a character that none has; see the setting or file that holds it");

        using var late = new CancellationTokenSource(AnswerLimit, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, options.At(Path + query));
        request.Headers.TryAddWithoutValidation("Authorization", token);
        if (body is { } content) request.Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ending.Token).ConfigureAwait(false);
            int status = (int)answer.StatusCode;
            if (status is 429 or 420 or >= 500)
            {
                Refusal refusal = await Refusal.OfAsync(answer, time, ending.Token).ConfigureAwait(false);
                return (null, status >= 500 ? FailureClass.Http : FailureClass.RateLimited, Hidden(refusal.Detail, token), refusal.Reset);
            }
            // Errors of single rules come with a success or with a 4xx, both have happened.
            if (answer.IsSuccessStatusCode || status is 400 or 409 or 422)
            {
                await answer.Content.LoadIntoBufferAsync(LongestAnswer, ending.Token).ConfigureAwait(false);
                JsonDocument? read = Parse(await answer.Content.ReadAsByteArrayAsync(ending.Token).ConfigureAwait(false));
                if (read is not null && (answer.IsSuccessStatusCode || method == HttpMethod.Post && HasErrors(read.RootElement))) return (read, default, "", null);
                read?.Dispose();
                if (answer.IsSuccessStatusCode) return (null, FailureClass.Http, "the answer is no JSON", null);
            }
            Refusal final = await Refusal.OfAsync(answer, time, ending.Token).ConfigureAwait(false);
            throw new XRulesException(Hidden(final.Detail, token), final.Status);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (null, FailureClass.Network, failure.Message, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, FailureClass.Network, "no answer in time", null);
        }
    }

    private static bool HasErrors(JsonElement answer) => answer.TryGetProperty("errors", out _) || answer.TryGetProperty("title", out _);

    private static JsonDocument? Parse(byte[] body)
    {
        try
        {
            JsonDocument read = JsonDocument.Parse(body);
            if (read.RootElement.ValueKind == JsonValueKind.Object) return read;
            read.Dispose();
        }
        catch (JsonException)
        {
            // Not X's: some proxy's page.
        }
        return null;
    }

    private static string Hidden(string detail, string token) => detail.Replace(token["Bearer ".Length..], "***", StringComparison.Ordinal);
}
