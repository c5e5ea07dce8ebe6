using System.Buffers;
using System.Collections;
using Avro.Generic;
using CsCheck;
using TweetStreams.Schemas.Typed;

namespace TweetStreams.Schemas.Tests.Typed;

/// <summary>Random records, written by hand and read by Apache's decoder.</summary>
public class AvroWriterTests
{
    private static readonly Gen<string> Text = Gen.String.Select(text => new string([.. text.Where(c => !char.IsSurrogate(c))]));
    private static readonly Gen<string?> Maybe = Gen.OneOf(Gen.Const((string?)null), Text.Select(text => (string?)text));
    private static readonly Gen<long?> MaybeNumber = Gen.OneOf(Gen.Const((long?)null), Gen.Long.Select(number => (long?)number), Gen.Int[-70, 70].Select(number => (long?)number));

    private static readonly Gen<TypedTweet> Tweets =
        from author in Gen.Select(Maybe, Maybe, MaybeNumber)
        from texts in Gen.Select(Text, Maybe, Maybe, Text.List[0, 4])
        from numbers in Gen.Select(MaybeNumber, MaybeNumber, Gen.Int[0, 3], Gen.Bool)
        from point in Gen.Select(Gen.Double, Gen.Double, Gen.Bool)
        from pairs in Gen.Select(Maybe, Maybe).List[0, 3]
        select new TypedTweet
        {
            Id = texts.Item1,
            Time = numbers.Item1 is { } time ? Math.Abs(time % 100_000_000_000_000) : null,
            Kind = (TweetKind)numbers.Item3,
            Author = numbers.Item4 ? new Author(author.Item1, author.Item2, null, author.Item3, numbers.Item4) : null,
            Text = texts.Item1 + "😀",
            Hashtags = texts.Item4,
            Links = [.. texts.Item4.Select(text => text + "/")],
            Mentions = [.. pairs.Select(pair => new Mention(pair.Item1, pair.Item2))],
            Media = [.. pairs.Select(pair => new Media(pair.Item2, pair.Item1))],
            Place = point.Item3 ? new Place(author.Item2, texts.Item2, author.Item1) : null,
            Coordinates = numbers.Item4 ? new Coordinates(point.Item1, point.Item2) : null,
            Retweets = numbers.Item2,
            Favourites = author.Item3,
            Replies = numbers.Item1,
            Language = texts.Item2,
            Source = texts.Item3,
            InReplyTo = author.Item1,
            Quoted = author.Item2,
            Retweeted = texts.Item3,
            Duplicate = point.Item3,
        };

    [Fact]
    public void A_tweet_reads_as_it_was_written() => Tweets.Sample(tweet =>
    {
        var output = new ArrayBufferWriter<byte>();
        AvroMessages.Tweet(new AvroWriter(output), tweet, default);
        GenericRecord record = ApacheAvro.Read(output.WrittenSpan.ToArray(), AvroSchemas.Tweet);
        Assert.Equal(
            [tweet.Id, tweet.Time, tweet.Kind.ToString().ToLowerInvariant(), tweet.Text, tweet.Retweets, tweet.Favourites, tweet.Replies, tweet.Quotes, tweet.Language, tweet.Source, tweet.InReplyTo, tweet.Quoted, tweet.Retweeted, tweet.Duplicate],
            new[] { "id", "time", "kind", "text", "retweets", "favourites", "replies", "quotes", "language", "source", "in_reply_to", "quoted", "retweeted", "duplicate" }.Select(record.At));
        Assert.Equal(tweet.Author, record.At("author") is GenericRecord author ? new Author((string?)author["id"], (string?)author["screen_name"], (string?)author["name"], (long?)author["followers"], (bool?)author["verified"]) : null);
        Assert.Equal(tweet.Hashtags, ((IEnumerable)record["hashtags"]).Cast<string>());
        Assert.Equal(tweet.Links, ((IEnumerable)record["links"]).Cast<string>());
        Assert.Equal(tweet.Mentions, ((IEnumerable)record["mentions"]).Cast<GenericRecord>().Select(mention => new Mention((string?)mention["id"], (string?)mention["screen_name"])));
        Assert.Equal(tweet.Media, ((IEnumerable)record["media"]).Cast<GenericRecord>().Select(media => new Media((string?)media["type"], (string?)media["url"])));
        Assert.Equal(tweet.Place, record.At("place") is GenericRecord place ? new Place((string?)place["id"], (string?)place["name"], (string?)place["country"]) : null);
        Assert.Equal(tweet.Coordinates, record.At("coordinates") is GenericRecord point ? new Coordinates((double)point["latitude"], (double)point["longitude"]) : null);
    });
}
