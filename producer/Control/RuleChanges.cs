using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Control;

/// <summary>Changes of the rules, one after the other: what is changed is worked out from the rules as they are then.</summary>
internal sealed class RuleChanges(IRuleBook? book, IRuleDryRun? dryRun, ILogger logger) : IDisposable
{
    private const int MostProblemsShown = 500;

    private readonly SemaphoreSlim turn = new(1);

    /// <exception cref="RefusedException">The producer keeps no rules.</exception>
    public IRuleBook Book => book ?? throw new RefusedException(StatusCodes.Status409Conflict, "this producer keeps no rules; start it with a source or a setting that uses rules");

    /// <summary>Makes a change.</summary>
    /// <param name="change">What to change, by the rules at that moment.</param>
    /// <param name="dry">Only say what would come of it.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="RefusedException">A rule was refused; nothing was changed.</exception>
    public async Task<RuleChange> ChangeAsync(Func<RuleSet, RuleChange> change, bool dry, CancellationToken cancellationToken)
    {
        IRuleBook rules = Book;
        if (dry && dryRun is null) throw new RefusedException(StatusCodes.Status409Conflict, "this producer cannot try a change of rules without making it; leave dryRun out");
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RuleChange wanted = change(rules.Current);
            if (wanted.Set.Count == 0 && wanted.Remove.Count == 0) return wanted;
            IReadOnlyList<RuleProblem> problems = dry
                ? await dryRun!.TryAsync(wanted.Set, wanted.Remove, cancellationToken).ConfigureAwait(false)
                : await rules.ChangeAsync(wanted.Set, wanted.Remove, cancellationToken).ConfigureAwait(false);
            if (problems.Count > 0) throw Refused([.. problems.Select(problem => new PlacedProblem(problem.Id, problem.Value, problem.Reason))]);
            if (!dry) logger.RulesChanged(wanted.Set.Count, wanted.Remove.Count);
            return wanted;
        }
        finally
        {
            turn.Release();
        }
    }

    public static RefusedException Refused(IReadOnlyList<PlacedProblem> problems)
    {
        // Flamingo's clients look at one text only, so that has a reason too.
        PlacedProblem first = problems[0];
        string rest = problems.Count == 1 ? "" : $", and {problems.Count - 1} more";
        return new RefusedException(StatusCodes.Status422UnprocessableEntity, $"nothing was changed, for a rule was refused: {Shown(first)}{first.Reason}{rest}", writer =>
        {
            writer.WriteStartArray("problems"u8);
            foreach (PlacedProblem problem in problems.Take(MostProblemsShown))
            {
                writer.WriteStartObject();
                if (problem.Index is { } index) writer.WriteNumber("index"u8, index);
                if (problem.Line is { } line) writer.WriteNumber("line"u8, line);
                if (problem.Id is not null) writer.WriteString("id"u8, problem.Id);
                if (problem.Value is not null) writer.WriteString("value"u8, problem.Value);
                writer.WriteString("reason"u8, problem.Reason);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            if (problems.Count > MostProblemsShown) writer.WriteNumber("more"u8, problems.Count - MostProblemsShown);
        });
    }

    public void Dispose() => turn.Dispose();

    private static string Shown(PlacedProblem problem) => problem switch
    {
        { Value: { } value } => $"{(value.Length > 80 ? $"{value.AsSpan(0, 80)}…" : value)}: ",
        { Line: { } line } => $"line {line}: ",
        { Index: { } index } => $"number {index + 1}: ",
        _ => "",
    };
}

/// <summary>What is to be changed.</summary>
/// <param name="Set">Rules that are added or replaced.</param>
/// <param name="Remove">Ids of rules that are removed.</param>
internal sealed record RuleChange(IReadOnlyList<Rule> Set, IReadOnlyList<string> Remove);

/// <summary>Why a rule was refused, and which of those sent it is.</summary>
internal sealed record PlacedProblem(string? Id, string? Value, string Reason)
{
    public int? Index { get; init; }

    public int? Line { get; init; }
}
