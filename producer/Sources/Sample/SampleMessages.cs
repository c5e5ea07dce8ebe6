namespace TweetStreams.Producer.Sources.Sample;

/// <summary>Makes up one message after the other: mostly tweets, and a little of everything else that a stream can hold.</summary>
internal sealed class SampleMessages : IDisposable
{
    private const int People = 1_000;
    private const int Remembered = 512;

    private static readonly DateTimeOffset SnowflakeEpoch = DateTimeOffset.FromUnixTimeMilliseconds(1_288_834_974_657);

    private enum Shape
    {
        Tweet, LongTweet, Retweet, Delete, Limit, Notice,
        VersionTwoTweet, VersionTwoRetweet, VersionTwoDelete,
        SkyPost, SkyRepost, SkyLike, SkyDelete,
        Broken, Duplicate,
    }

    private static readonly WeightedChoice<Shape> Shapes = new(
    [
        (Shape.Tweet, 46), (Shape.LongTweet, 5), (Shape.Retweet, 14), (Shape.Delete, 8), (Shape.Limit, 1), (Shape.Notice, 2),
        (Shape.VersionTwoTweet, 6), (Shape.VersionTwoRetweet, 2), (Shape.VersionTwoDelete, 1),
        (Shape.SkyPost, 6), (Shape.SkyRepost, 2), (Shape.SkyLike, 3), (Shape.SkyDelete, 1),
        (Shape.Broken, 1), (Shape.Duplicate, 2),
    ]);

    private readonly SampleRandom _random;
    private readonly JsonMessage _message = new();
    private readonly WeightedChoice<Person> _authors;
    private readonly ProseWriter _prose;
    private readonly ClassicMessages _classic;
    private readonly VersionTwoMessages _versionTwo;
    private readonly JetstreamMessages _jetstream;
    private readonly Recent<Post> _posts = new(Remembered);
    private readonly Recent<SkyPost> _skyPosts = new(Remembered);
    private readonly Recent<byte[]> _sent = new(Remembered);
    private long _lastId = 1L << 53;

    public SampleMessages(int seed)
    {
        _random = new SampleRandom((ulong)seed);
        IReadOnlyList<Person> people = Person.MakeUp(_random, People);
        _authors = WeightedChoice<Person>.Zipf(people);
        _prose = new ProseWriter(_random, people);
        _classic = new ClassicMessages(_message, _random);
        _versionTwo = new VersionTwoMessages(_message);
        _jetstream = new JetstreamMessages(_message, _random);
    }

    /// <summary>The next message, as of that time.</summary>
    public byte[] Next(DateTimeOffset at)
    {
        byte[] message = Make(Shapes.Pick(_random), at);
        _sent.Add(message);
        return message;
    }

    public void Dispose() => _message.Dispose();

    private byte[] Make(Shape shape, DateTimeOffset at) => shape switch
    {
        Shape.Broken when !_posts.IsEmpty => Broken(),
        Shape.Duplicate when !_sent.IsEmpty => _sent.Pick(_random),
        Shape.Limit => _classic.Limit(at),
        Shape.LongTweet => Remember(NewId(at), Author(), _prose.Write(30 + _random.Below(30)), at, _classic.LongTweet),
        Shape.Retweet when !_posts.IsEmpty => _classic.Retweet(NewId(at), Author(), _posts.Pick(_random), at),
        Shape.Delete when !_posts.IsEmpty => _classic.Delete(_posts.Pick(_random), at),
        Shape.Notice when !_posts.IsEmpty => _classic.Notice(_posts.Pick(_random), at),
        Shape.VersionTwoTweet => _versionTwo.Tweet(NewId(at), Author(), _prose.Write(3 + _random.Below(_random.Chance(0.1) ? 90 : 25)), at),
        Shape.VersionTwoRetweet when !_posts.IsEmpty => _versionTwo.Retweet(NewId(at), Author(), _posts.Pick(_random), at),
        Shape.VersionTwoDelete when !_posts.IsEmpty => _versionTwo.Delete(_posts.Pick(_random), at),
        Shape.SkyPost => NewSkyPost(at),
        Shape.SkyRepost when !_skyPosts.IsEmpty => _jetstream.Repost(Author(), _skyPosts.Pick(_random), at),
        Shape.SkyLike when !_skyPosts.IsEmpty => _jetstream.Like(Author(), _skyPosts.Pick(_random), at),
        Shape.SkyDelete when !_skyPosts.IsEmpty => _jetstream.Delete(_skyPosts.Pick(_random), at),
        // Also where there is nothing yet to share, delete or repeat.
        _ => Remember(NewId(at), Author(), _prose.Write(3 + _random.Below(18)), at, _classic.Tweet),
    };

    private Person Author() => _authors.Pick(_random);

    private byte[] Remember(long id, Person author, Prose prose, DateTimeOffset at, Func<long, Person, Prose, DateTimeOffset, byte[]> write)
    {
        byte[] json = write(id, author, prose, at);
        _posts.Add(new Post(id, author, prose, json));
        return json;
    }

    private byte[] NewSkyPost(DateTimeOffset at)
    {
        var post = new SkyPost(Author(), _jetstream.NewRecordKey());
        _skyPosts.Add(post);
        return _jetstream.Post(post, _prose.Write(3 + _random.Below(30)), at);
    }

    /// <summary>What a lost connection, a proxy or a bug upstream leaves of a message.</summary>
    private byte[] Broken() => _random.Below(4) switch
    {
        0 => "<html><body><h1>503 Service Unavailable</h1></body></html>"u8.ToArray(),
        1 => "[1,2,3]"u8.ToArray(),
        2 => "Exceeded connection limit for user"u8.ToArray(),
        _ => CutOff(_posts.Pick(_random).Json),
    };

    private byte[] CutOff(byte[] json) => json[..(1 + _random.Below(json.Length - 1))];

    /// <summary>An id as X makes them: the time in milliseconds, then 22 bits, here a sequence; always larger than the last.</summary>
    private long NewId(DateTimeOffset at)
    {
        long snowflake = (long)(at - SnowflakeEpoch).TotalMilliseconds << 22;
        return _lastId = Math.Max(snowflake, _lastId + 1 + _random.Below(64));
    }
}
