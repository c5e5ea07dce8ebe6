namespace TweetStreams.FakeX;

/// <summary>What a fake does with which connection. Connections of a stream are counted from 1, those that are refused too.</summary>
public sealed class Script
{
    private readonly Lock gate = new();
    private readonly List<(int From, int To, Func<int, Behaviour> Behaviour)> parts = [];
    private Func<int, Behaviour> otherwise = _ => Behaviour.Stream(Steps.Follow());

    /// <summary>For one connection.</summary>
    public Script On(int connection, Behaviour behaviour) => On(connection, connection, behaviour);

    /// <summary>For connections from one to another, both included.</summary>
    public Script On(int from, int to, Behaviour behaviour)
    {
        lock (gate) parts.Add((from, to, _ => behaviour));
        return this;
    }

    /// <summary>For all others.</summary>
    public Script Otherwise(Behaviour behaviour) => Otherwise(_ => behaviour);

    /// <summary>For all others, by their number.</summary>
    public Script Otherwise(Func<int, Behaviour> behaviour)
    {
        lock (gate) otherwise = behaviour;
        return this;
    }

    internal Behaviour Of(int connection)
    {
        lock (gate)
        {
            foreach ((int from, int to, Func<int, Behaviour> behaviour) in parts)
            {
                if (connection >= from && connection <= to) return behaviour(connection);
            }
            return otherwise(connection);
        }
    }
}
