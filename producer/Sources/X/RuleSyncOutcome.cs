using System.Collections.Immutable;
using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Sources.X;

/// <summary>What came of making X's rules those of the book.</summary>
/// <param name="At">When.</param>
/// <param name="Wanted">How many rules of X's kind the book has.</param>
/// <param name="AtX">How many X has now.</param>
/// <param name="Added">How many were added.</param>
/// <param name="Deleted">How many were deleted.</param>
/// <param name="Problems">Why rules of the book are not at X.</param>
/// <param name="Failure">Why nothing, or not all, could be done; null where all was tried.</param>
internal sealed record RuleSyncOutcome(DateTimeOffset At, int Wanted, int AtX, int Added, int Deleted, ImmutableArray<RuleProblem> Problems, string? Failure = null);
