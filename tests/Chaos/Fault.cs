using System.Globalization;

namespace TweetStreams.Chaos;

/// <summary>What can happen to a processor or a broker.</summary>
internal enum FaultKind { Kill, Stop, Freeze, Join, Leave, KillBroker, PauseBroker }

/// <summary>Something that happens.</summary>
/// <param name="After">How long after the one before.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">The number of the instance or of the broker.</param>
/// <param name="Lasts">How long it is away.</param>
/// <param name="LosesState">Whether its directory is deleted meanwhile.</param>
/// <param name="Unasked">Whether an instance that leaves is killed.</param>
internal sealed record Fault(TimeSpan After, FaultKind Kind, int Target, TimeSpan Lasts, bool LosesState, bool Unasked)
{
    public bool OfBroker => Kind is FaultKind.KillBroker or FaultKind.PauseBroker;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind switch
    {
        FaultKind.Kill => $"instance {Target}: SIGKILL, back after {Lasts.TotalSeconds:0.0} s",
        FaultKind.Stop => $"instance {Target}: SIGTERM, back after {Lasts.TotalSeconds:0.0} s",
        FaultKind.Freeze => $"instance {Target}: SIGSTOP for {Lasts.TotalSeconds:0.0} s",
        FaultKind.Join => $"instance {Target}: joins",
        FaultKind.Leave => $"instance {Target}: leaves by {(Unasked ? "SIGKILL" : "SIGTERM")}",
        FaultKind.KillBroker => $"broker {Target}: SIGKILL, back after {Lasts.TotalSeconds:0.0} s",
        _ => $"broker {Target}: SIGSTOP for {Lasts.TotalSeconds:0.0} s",
    }}{(LosesState ? ", its state deleted" : "")}");
}
