namespace TweetStreams.Producer.Matching;

/// <summary>Finds any of many strings of letters anywhere in a text, in one pass over it: Aho and Corasick's automaton, its transitions in one hash table.</summary>
internal sealed class SubstringAutomaton
{
    private const int Root = 0;

    private readonly ulong[] keys;
    private readonly int[] nexts;
    private readonly int shift;
    private readonly int[] fails;
    private readonly int[] ends; // the number of the string that ends in a state, or -1
    private readonly int[] shorter; // the nearest state with an end among those that a state's fail leads to; the root where there is none
    // A bit for each pair of letters that a string begins with, and for each string of one letter, by a hash: a text is full of letters with which some string begins.
    private readonly ulong[] pairs = new ulong[64];
    private readonly ulong[] singles = new ulong[64];

    /// <summary>An automaton for strings, each of which counts once; a string's number is its place.</summary>
    public SubstringAutomaton(IReadOnlyList<int[]> strings)
    {
        var transitions = new Dictionary<(int State, int Point), int>();
        var children = new List<List<(int Point, int State)>> { new() };
        var endOf = new List<int> { -1 };
        for (int number = 0; number < strings.Count; number++)
        {
            int state = Root;
            foreach (int letter in strings[number])
            {
                int point = Letters.CodePoint(letter);
                if (!transitions.TryGetValue((state, point), out int next))
                {
                    next = transitions[(state, point)] = children.Count;
                    children[state].Add((point, next));
                    children.Add([]);
                    endOf.Add(-1);
                }
                state = next;
            }
            endOf[state] = number;
            if (strings[number] is [var first, var second, ..]) Set(pairs, Pair(first, second));
            else Set(singles, strings[number][0]);
        }
        ends = [.. endOf];
        fails = new int[ends.Length];
        shorter = new int[ends.Length];
        shift = 64 - Math.Max(4, System.Numerics.BitOperations.Log2((uint)transitions.Count + 1) + 2);
        keys = new ulong[1 << (64 - shift)];
        nexts = new int[keys.Length];
        foreach (((int State, int Point) from, int to) in transitions)
        {
            ulong key = Key(from.State, from.Point);
            int slot = Slot(key);
            while (keys[slot] != 0) slot = slot + 1 & keys.Length - 1;
            (keys[slot], nexts[slot]) = (key, to);
        }
        var queue = new Queue<int>([Root]);
        while (queue.TryDequeue(out int state))
        {
            foreach ((int point, int child) in children[state])
            {
                fails[child] = state == Root ? Root : Step(fails[state], point);
                shorter[child] = ends[fails[child]] >= 0 ? fails[child] : shorter[fails[child]];
                queue.Enqueue(child);
            }
        }
    }

    /// <summary>Whether a string may begin with a letter, given the one that follows, or 0. False is certain.</summary>
    public bool MayBegin(int letter, int next) => IsSet(pairs, Pair(letter, next)) || IsSet(singles, letter);

    /// <summary>The state after a letter.</summary>
    public int Next(int state, int letter) => Step(state, Letters.CodePoint(letter));

    /// <summary>The first state, of this one and those it stands for, in which a string ends; the root where there is none. The one after it: <see cref="Shorter"/>.</summary>
    public int FirstEnd(int state) => ends[state] >= 0 ? state : shorter[state];

    public int Shorter(int state) => shorter[state];

    /// <summary>The number of the string that ends in a state.</summary>
    public int End(int state) => ends[state];

    private int Step(int state, int point)
    {
        while (true)
        {
            ulong key = Key(state, point);
            for (int slot = Slot(key); keys[slot] != 0; slot = slot + 1 & keys.Length - 1)
                if (keys[slot] == key) return nexts[slot];
            if (state == Root) return Root;
            state = fails[state];
        }
    }

    private static int Pair(int letter, int next) => Letters.CodePoint(letter) + 29 * Letters.CodePoint(next);

    private static void Set(ulong[] bits, int hash) => bits[hash >> 6 & 63] |= 1UL << (hash & 63);

    private static bool IsSet(ulong[] bits, int hash) => (bits[hash >> 6 & 63] >> (hash & 63) & 1) != 0;

    // A code point has 21 bits. Of the root and U+0000 it would be 0, which is no key.
    private static ulong Key(int state, int point) => ((ulong)state << 21 | (uint)point) + 1;

    private int Slot(ulong key) => (int)(key * 0x9E3779B97F4A7C15 >> shift);
}
