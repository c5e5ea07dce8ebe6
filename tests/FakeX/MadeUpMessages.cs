using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TweetStreams.FakeX;

/// <summary>An endless row of posts in X's form that nobody has written.</summary>
internal static class MadeUpMessages
{
    private static readonly string[] Words = ["morning", "coffee", "train", "rain", "music", "garden", "football", "holiday", "recipe", "friends", "city", "river", "book", "winter", "summer", "news"];

    public static string Text(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(3, 9)).Select(_ => Words[random.Next(Words.Length)])) + " #" + Words[random.Next(Words.Length)];

    public static IEnumerable<byte[]> All(TimeProvider time)
    {
        var random = new Random(1);
        for (long id = 1_700_000_000_000_000_001; ; id++)
        {
            string text = Text(random);
            string author = random.NextInt64(1_000, 9_999).ToString(CultureInfo.InvariantCulture);
            string name = id.ToString(CultureInfo.InvariantCulture);
            yield return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
            {
                data = new { id = name, text, author_id = author, created_at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), lang = "en", edit_history_tweet_ids = new[] { name } },
                includes = new { users = new[] { new { id = author, username = "nobody" + author, name = "Nobody" } } },
                matching_rules = new[] { new { id = "1", tag = "made up" } },
            }));
        }
    }
}
