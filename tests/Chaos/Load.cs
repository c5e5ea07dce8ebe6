using TweetStreams.Producer.Sources;

namespace TweetStreams.Chaos;

/// <summary>The messages of a seed: the producer's sample, a few percent of them once more within half a minute.</summary>
internal static class Load
{
    private const int Remembered = 6000, OneIn = 40;
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Writes messages into a file, and hands the same bytes to a producer that reads them at the pace at which they happened, until the stop.
    /// Every line of the file has then been handed over.
    /// </summary>
    /// <returns>How many there are.</returns>
    public static async Task<long> FeedAsync(int seed, string file, Running producer, CancellationToken stop)
    {
        long count = 0;
        using FileStream written = File.Create(file);
        try
        {
            await foreach (byte[] message in MessagesAsync(seed))
            {
                if (stop.IsCancellationRequested) break;
                byte[] line = [.. message, (byte)'\n'];
                written.Write(line);
                await producer.Input.BaseStream.WriteAsync(line, CancellationToken.None);
                await producer.Input.BaseStream.FlushAsync(CancellationToken.None);
                count++;
            }
            producer.Input.Close();
            return count;
        }
        catch (IOException e)
        {
            throw new ChaosException($"the producer reads no more: {producer}", e);
        }
    }

    private static async IAsyncEnumerable<byte[]> MessagesAsync(int seed)
    {
        var random = new Random(seed);
        var recent = new List<byte[]>();
        int next = 0;
        var sample = new SampleSource(new SampleOptions { Seed = seed, Rate = 0, Start = Start }, TimeProvider.System);
        await foreach (byte[] message in sample.ReadAsync(CancellationToken.None))
        {
            yield return message;
            if (recent.Count < Remembered) recent.Add(message);
            else recent[next++ % Remembered] = message;
            if (random.Next(OneIn) == 0) yield return recent[random.Next(recent.Count)];
        }
    }
}
