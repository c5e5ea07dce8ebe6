namespace TweetStreams.Chaos;

/// <summary>The faults of a seed, one after the other, without an end. What happens does not depend on how fast the machine is; when it does, may.</summary>
internal static class Schedule
{
    /// <summary>The instances that are there from the beginning.</summary>
    public const int Instances = 2;
    public const int MostInstances = 3;

    private static readonly (FaultKind Kind, int Weight)[] Weights =
    [
        (FaultKind.Kill, 30), (FaultKind.Stop, 12), (FaultKind.Freeze, 12), (FaultKind.Join, 12), (FaultKind.Leave, 12), (FaultKind.KillBroker, 12), (FaultKind.PauseBroker, 10),
    ];

    /// <summary>Faults of all kinds; of brokers where there are some that may have them.</summary>
    public static IEnumerable<Fault> Of(int seed, int brokers, bool gentle)
    {
        var random = new Random(seed);
        var present = new SortedSet<int>(Enumerable.Range(1, Instances));
        while (true)
        {
            (FaultKind Kind, int Weight)[] possible = [.. Weights.Where(choice => choice.Kind switch
            {
                FaultKind.Join => present.Count < MostInstances,
                FaultKind.Leave => present.Count > Instances,
                FaultKind.Kill or FaultKind.Freeze => !gentle,
                FaultKind.KillBroker or FaultKind.PauseBroker => !gentle && brokers > 0,
                _ => true,
            })];
            int drawn = random.Next(possible.Sum(choice => choice.Weight));
            FaultKind kind = possible.First(choice => (drawn -= choice.Weight) < 0).Kind;
            int target = kind switch
            {
                // The number of one that has left, where there is one: its state is then of long ago.
                FaultKind.Join => Enumerable.Range(1, MostInstances).First(number => !present.Contains(number)),
                FaultKind.KillBroker or FaultKind.PauseBroker => random.Next(brokers) + 1,
                _ => present.ElementAt(random.Next(present.Count)),
            };
            TimeSpan lasts = kind switch
            {
                FaultKind.Freeze => Between(random, 1.3 * Cluster.SessionTimeoutMs / 1000, 2.5 * Cluster.SessionTimeoutMs / 1000),
                FaultKind.KillBroker => Between(random, 0, 10),
                FaultKind.PauseBroker => Between(random, 1, 15),
                _ => Between(random, 0, 3),
            };
            yield return new Fault(Between(random, 2, 10), kind, target, lasts, kind is FaultKind.Kill or FaultKind.Stop or FaultKind.Join && random.Next(4) == 0, !gentle && random.Next(2) == 0);
            if (kind == FaultKind.Join) present.Add(target);
            if (kind == FaultKind.Leave) present.Remove(target);
        }
    }

    /// <summary>Nothing but kill -9.</summary>
    public static IEnumerable<Fault> Kills(int seed)
    {
        var random = new Random(seed);
        while (true) yield return new Fault(Between(random, 1, 3), FaultKind.Kill, random.Next(MostInstances) + 1, Between(random, 0, 3), random.Next(10) == 0, Unasked: true);
    }

    private static TimeSpan Between(Random random, double least, double most) => TimeSpan.FromSeconds(least + random.NextDouble() * (most - least));
}
