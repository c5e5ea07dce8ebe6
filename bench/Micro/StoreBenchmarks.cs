using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using TweetStreams.Streams;
using TweetStreams.Streams.Crosscutting;
using TweetStreams.Streams.State.Backends;

namespace TweetStreams.Bench.Micro;

/// <summary>The committed state of a task with a million words: as commits write it, as look-ups find it, and as a query goes through it. A key each.</summary>
public class StoreBenchmarks
{
    private const string Store = "words";
    private const int Words = 1_000_000, Interval = 10_000, Fills = 4;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("tweetstreams-bench-store-");
    private readonly ByteList asked = new(), found = new();
    private RocksDbMemory memory = null!;
    private TaskState state = null!;
    private int round;

    [Params(true, false)]
    public bool Persistent { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var defaults = new StreamConfig();
        memory = new RocksDbMemory(defaults.RocksDbCacheBytes, defaults.RocksDbWriteBufferBytes);
        state = new TaskState(directory.CreateSubdirectory($"{Persistent}").FullName, [new TaskStore(Store, Persistent)], memory);
        // Several times, as counts are: so that files have been merged.
        for (int word = 0; word < Fills * Words; word += Interval) Write(word % Words);
    }

    [GlobalCleanup]
    public void Close()
    {
        state.Close();
        memory.Dispose();
        directory.Delete(recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Interval, Description = "write, in commits of 10,000")]
    public void Write() => Write(NextStart());

    [Benchmark(OperationsPerInvoke = Interval, Description = "look up 10,000 at once")]
    public void GetMany()
    {
        int first = NextStart();
        asked.Clear();
        found.Clear();
        for (int i = 0; i < Interval; i++) asked.Add(Key((int)((first + i * 7919L) % Words)));
        state.Store(Store).Get(asked, found);
    }

    [Benchmark(OperationsPerInvoke = Interval, Description = "look up one")]
    public int GetOne()
    {
        int first = NextStart(), length = 0;
        for (int i = 0; i < Interval; i++) length += state.Store(Store).Get(Key((int)((first + i * 7919L) % Words)))!.Length;
        return length;
    }

    [Benchmark(OperationsPerInvoke = Interval, Description = "scan")]
    public int Scan() => state.Store(Store).Scan(null, null).Take(Interval).Sum(row => row.Key.Length);

    private int NextStart() => round++ * Interval % Words;

    private void Write(int first) =>
        state.Write([new StoreChanges(Store, [.. Enumerable.Range(first, Interval).Select(word => new KeyValuePair<byte[], byte[]?>(Key((int)(word * 7919L % Words)), new byte[16]))], null, null, first)]);

    // Spread over the order of the keys, as words are.
    private static byte[] Key(int word)
    {
        var key = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(key, word);
        return key;
    }
}
