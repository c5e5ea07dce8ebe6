using System.Text;
using System.Text.Json;
using TweetStreams.Producer.Matching;
using TweetStreams.Producer.Rules;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Matching;

public sealed class RuleMatcherTests
{
    [Theory]
    // X's own table for track.
    [InlineData("Twitter", "TWITTER", true)]
    [InlineData("Twitter", "\"Twitter\"", true)]
    [InlineData("Twitter", "so twitter.", true)]
    [InlineData("Twitter", "#twitter", true)]
    [InlineData("Twitter", "@twitter", true)]
    [InlineData("Twitter", "http://twitter.com", true)]
    [InlineData("Twitter", "TwitterTracker", false)]
    [InlineData("Twitter", "#newtwitter", false)]
    [InlineData("Twitter's", "I like Twitter's new design", true)]
    [InlineData("Twitter's", "I like Twitter’s new design", true)]
    [InlineData("Twitter's", "to visit @Twitter's office", false)]
    [InlineData("twitter api,twitter streaming", "The API of Twitter", true)]
    [InlineData("twitter api,twitter streaming", "Twitter has a streaming service", true)]
    [InlineData("twitter api,twitter streaming", "I am new to Twitter", false)]
    [InlineData("example.com", "Visit example.com, some day", true)]
    [InlineData("example.com", "There is no example.com/foobarbaz", false)]
    [InlineData("example.com/foobarbaz", "https://www.example.com/foobarbaz", true)]
    [InlineData("www.example.com/foobarbaz", "example.com/foobarbaz", true)]
    [InlineData("example com", "foo.example.com/bar", true)]
    [InlineData("example com", "merely another boring example of a com startup", true)]
    // What Traptor got wrong.
    [InlineData("cat", "concatenate", false)]
    [InlineData("cat", "The CAT!", true)]
    [InlineData("#cat", "a cat", false)]
    [InlineData("#cat", "a #Cat.", true)]
    [InlineData("#cat", "a ＃cat", true)]
    [InlineData("#cat", "a#cat", false)]
    [InlineData("#1", "we are #1", false)]
    [InlineData("@cat", "a cat and .@Cat", true)]
    [InlineData("@cat", "a cat", false)]
    [InlineData("@cat", "me@cat", false)]
    [InlineData("$cat", "a cat", false)]
    [InlineData("$cat", "buy $CAT now", true)]
    [InlineData("$100", "it costs 100", true)]
    // Case beyond ASCII; accents are letters of their own.
    [InlineData("ÉTÉ", "un été", true)]
    [InlineData("ete", "un été", false)]
    [InlineData("МОСКВА", "москва сегодня", true)]
    [InlineData("москв", "москва сегодня", false)]
    [InlineData("𐐀", "𐐨", true)]
    [InlineData("नमस्ते", "नमस्ते दुनिया", true)]
    [InlineData("서울", "서울 날씨", true)]
    [InlineData("서울", "서울에서", false)]
    // Scripts without spaces, and symbols.
    [InlineData("中国", "今日中国很好", true)]
    [InlineData("ネコ", "かわいいネコです", true)]
    [InlineData("กรุงเทพ", "ไปกรุงเทพกัน", true)]
    [InlineData("iPhone発売", "新型iphone発売開始", true)]
    [InlineData("Phone発売", "新型iphone発売開始", false)]
    [InlineData("iphone", "新型iPhone発売", true)]
    [InlineData("#今日中国", "#今日中国 很好", true)]
    [InlineData("#今日", "#今日中国 很好", false)]
    [InlineData("☕", "coffee☕now", true)]
    [InlineData("👍🏽", "ok👍🏽", true)]
    [InlineData("c++", "I write C++.", true)]
    [InlineData("c++", "abc++", false)]
    [InlineData("c++", "the letter c", false)]
    [InlineData("<3", "love<3", true)]
    [InlineData("snake_case", "in Snake_Case here", true)]
    [InlineData("snake", "in snake_case here", false)]
    // Nothing to look for.
    [InlineData(":)", "hello :)", false)]
    [InlineData("hello :)", "hello :)", false)]
    [InlineData("", "hello", false)]
    [InlineData(" , ,", "hello", false)]
    [InlineData("hello.", "hello world", true)]
    public void Words_match_as_documented(string value, string text, bool expected)
    {
        Assert.Equal(expected ? ["r"] : [], Ids(Tweet(text), new Rule("r", RuleType.Track, value)));
        Assert.Equal(expected ? ["r"] : [], Ids(Escaped(Tweet(text)), new Rule("r", RuleType.Keyword, value)));
        Assert.Equal(expected ? ["r"] : [], Ids(Escaped(Tweet(text)), new Rule("r", RuleType.Track, $"{value},never")));
    }

    [Theory]
    [InlineData("apple", true)]
    [InlineData("#Apple", true)]
    [InlineData("#apple #pear", true)]
    [InlineData("#apple plum", false)]
    [InlineData("plum,#pear", true)]
    [InlineData("app", false)]
    [InlineData("word", false)]
    public void Hashtags_match_with_and_without_their_sign(string value, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""{"id_str":"1","text":"a word","entities":{"hashtags":[{"text":"Apple"},{"text":"pear"}]}}""", new Rule("r", RuleType.Hashtag, value)));

    [Fact]
    public void A_word_that_was_cut_off_does_not_match()
    {
        string retweet = """{"id_str":"1","text":"RT @some: a long one with a cat…","retweeted_status":{"id_str":"2","text":"a long one with a cate…","extended_tweet":{"full_text":"a long one with a category"}}}""";

        Assert.Empty(Ids(retweet, new Rule("r", RuleType.Track, "cat")));
        Assert.Empty(Ids(retweet, new Rule("r", RuleType.Track, "cate")));
        Assert.Equal(["r"], Ids(retweet, new Rule("r", RuleType.Track, "category")));
    }

    [Theory]
    [InlineData("outer", true)]
    [InlineData("quoted", true)]
    [InlineData("outer quoted", true)]
    [InlineData("Ann", true)]
    [InlineData("Bob", true)]
    [InlineData("Dora", true)]
    [InlineData("@dora", true)]
    [InlineData("@ann", false)] // wrote it, and is not mentioned
    [InlineData("page", true)]
    [InlineData("example.com/page", true)]
    [InlineData("photo", true)]
    [InlineData("#tagged", true)]
    [InlineData("tagged", true)]
    [InlineData("$shr", true)]
    [InlineData("biography", false)]
    [InlineData("short", false)]
    public void All_texts_of_a_tweet_and_the_one_that_it_quotes_count(string value, bool expected)
    {
        const string tweet = """
            {"id_str":"1","text":"outer","user":{"id":1,"id_str":"1","screen_name":"Ann","description":"biography"},"entities":{"user_mentions":[{"screen_name":"Dora","id":4}],
            "urls":[{"url":"https://t.co/short","expanded_url":"https:\/\/example.com\/page"}],"media":[{"display_url":"pic.example.com/photo"}],"hashtags":[{"text":"tagged"}],"symbols":[{"text":"SHR"}]},
            "quoted_status":{"id_str":"2","text":"quoted","user":{"screen_name":"Bob","id":2}}}
            """;

        Assert.Equal(expected ? ["r"] : [], Ids(tweet, new Rule("r", RuleType.Track, value)));
        Assert.Equal(expected ? ["r"] : [], Ids($$"""{"id_str":"9","text":"RT","user":{"screen_name":"Cid","id":3},"retweeted_status":{{tweet}} }""", new Rule("r", RuleType.Track, value)));
        Assert.Equal(expected ? ["r", "s"] : ["s"], Ids($$"""{"retweeted_status":{{tweet}},"id_str":"9","text":"RT","user":{"screen_name":"Cid","id":3} }""", new Rule("r", RuleType.Track, value), new Rule("s", RuleType.Track, "cid")));
    }

    [Theory]
    [InlineData("11", true)] // wrote it
    [InlineData("12", true)] // is answered
    [InlineData("13", true)] // is mentioned
    [InlineData("14", true)] // wrote what it repeats
    [InlineData("15", true)] // wrote what that quotes
    [InlineData("1", false)]
    [InlineData("99", false)] // the tweet itself
    public void Who_is_followed_matches_by_id(string id, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""
            {"id":99,"text":"hi","user":{"id":11,"screen_name":"a","lists":[{"id":1}]},"in_reply_to_user_id":12,"entities":{"user_mentions":[{"id_str":"13"}]},
            "retweeted_status":{"id":98,"text":"x","user":{"id_str":"14"},"quoted_status":{"id":97,"user":{"id":15}}}}
            """, new Rule("r", RuleType.Follow, id)));

    [Theory]
    [InlineData("@Ann", true)]
    [InlineData("bob", true)]
    [InlineData("cid", true)]
    [InlineData("an", false)]
    [InlineData("hello", false)]
    public void Names_match_whoever_writes_or_is_mentioned(string name, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""{"id_str":"1","text":"hello @CID","user":{"screen_name":"ANN"},"entities":{"user_mentions":[{"screen_name":"Bob"}]}}""", new Rule("r", RuleType.Username, name)));

    [Theory]
    [InlineData("7,46,8,47", true)]
    [InlineData("0,0,1,1,7,46,8,47", true)]
    [InlineData("7.4561,46.8428,8,47", true)]
    [InlineData("46,7,47,8", false)] // latitude first
    [InlineData("7.37,46.7,7.40,46.75", false)] // in the place, but the point is elsewhere
    public void A_point_decides_before_the_place(string box, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""
            {"id_str":"1","text":"x","geo":{"type":"Point","coordinates":[46.8428,7.4561]},"coordinates":{"type":"Point","coordinates":[7.4561,46.8428]},
            "place":{"bounding_box":{"type":"Polygon","coordinates":[[[7.37,46.70],[7.37,46.85],[7.48,46.85],[7.48,46.70]]]}}}
            """, new Rule("r", RuleType.Locations, box)));

    [Theory]
    [InlineData("2,2,3,3", true)] // the place is around the box
    [InlineData("-5,-5,15,15", true)] // the box is around the place
    [InlineData("-1,4,11,5", true)] // they cross, no corner of one in the other
    [InlineData("10,10,11,11", true)] // they touch
    [InlineData("10.1,0,11,1", false)]
    public void A_place_matches_where_it_has_a_point_in_common(string box, bool expected)
    {
        string tweet = """{"id_str":"1","text":"x","coordinates":null,"place":{"bounding_box":{"type":"Polygon","coordinates":[[[0,0],[0,10],[10,10],[10,0]]]}}}""";
        string newer = """{"data":{"id":"1","text":"x","geo":{"place_id":"p"}},"includes":{"places":[{"id":"q","geo":{"bbox":[90,0,91,1]}},{"id":"p","geo":{"type":"Feature","bbox":[0,0,10,10]}}]}}""";

        Assert.Equal(expected ? ["r"] : [], Ids(tweet, new Rule("r", RuleType.Locations, box)));
        Assert.Equal(expected ? ["r"] : [], Ids(newer, new Rule("r", RuleType.Geo, box)));
    }

    [Theory]
    [InlineData(5, 1, true)]
    [InlineData(5, 5, false)] // in the hole
    [InlineData(4, 5, true)] // on the hole's edge
    [InlineData(0, 0, true)]
    [InlineData(11, 5, false)]
    [InlineData(9, 9.5, false)] // in the box around, but cut off
    public void A_polygon_is_taken_for_what_it_is(double x, double y, bool expected)
    {
        const string polygon = """{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,5],[5,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]}}""";
        string tweet = FormattableString.Invariant($$"""{"data":{"id":"1","text":"x","geo":{"coordinates":{"type":"Point","coordinates":[{{x}},{{y}}]} } } }""");

        Assert.Equal(expected ? ["r"] : [], Ids(tweet, new Rule("r", RuleType.Geo, polygon)));
    }

    [Fact]
    public void A_place_in_the_hole_of_a_polygon_is_outside()
    {
        var region = new Region([0, 0, 10, 0, 10, 10, 0, 10], [3, 3, 7, 3, 7, 7, 3, 7]);

        Assert.False(region.Intersects([4, 4, 6, 4, 6, 6, 4, 6]));
        Assert.True(region.Intersects([2, 4, 6, 4, 6, 6, 2, 6]));
        Assert.True(region.Intersects([2, 2, 8, 2, 8, 8, 2, 8]));
        Assert.True(region.Intersects([1, 1, 1, 1, 1, 1, 1, 1]));
        Assert.False(region.Intersects([5, 5]));
        Assert.False(region.Intersects([]));
    }

    [Theory]
    [InlineData("""[{"id":"1","tag":"cats"}]""", "cats", true)]
    [InlineData("""[{"id":1273026480692322304,"tag":null}]""", "cats", true)]
    [InlineData("""[{"id":1273026480692322304,"tag":null}]""", null, true)]
    [InlineData("""[{"id":"1273026480692322304"}]""", "other", true)]
    [InlineData("""[{"id":"1","tag":"Cats"}]""", "cats", false)]
    [InlineData("""[{"tag":"a \"quoted\" t\u00e4g"}]""", "a \"quoted\" täg", true)]
    [InlineData("""[{"tag":"\ud800"}]""", "cats", false)]
    [InlineData("null", "cats", false)]
    public void Rules_of_X_match_by_their_tag_or_id(string matching, string? tag, bool expected) =>
        Assert.Equal(expected ? ["1273026480692322304"] : [], Ids($$"""{"matching_rules":{{matching}},"data":{"id":"1","text":"cat"} }""", new Rule("1273026480692322304", RuleType.X, "cat", tag)));

    [Theory]
    [InlineData("whole", true)] // the long text
    [InlineData("part", false)] // a word cut in two
    [InlineData("original", true)]
    [InlineData("answered", false)] // what it replies to is not its own
    [InlineData("writer", true)]
    [InlineData("author", true)]
    [InlineData("stranger", false)]
    [InlineData("page", true)]
    [InlineData("@mentioned", true)]
    public void Version_2_brings_texts_and_names_in_its_includes(string value, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""
            {"includes":{"users":[{"username":"stranger","id":"3"},{"id":"1","username":"writer"},{"id":"2","username":"author"}],
            "tweets":[{"text":"answered","id":"7","author_id":"3"},{"id":"8","text":"original","author_id":"2"}]},
            "data":{"id":"9","author_id":"1","text":"part","note_tweet":{"text":"a wholesome whole"},"entities":{"urls":[{"expanded_url":"https://example.com/page"}],"mentions":[{"username":"mentioned","id":"5"}]},
            "referenced_tweets":[{"type":"replied_to","id":"7"},{"type":"quoted","id":"8"}]}}
            """, new Rule("r", RuleType.Track, value)));

    [Theory]
    [InlineData(RuleType.Follow, "did:plc:writer", true)]
    [InlineData(RuleType.Follow, "did:plc:parent", true)]
    [InlineData(RuleType.Follow, "did:plc:mentioned", true)]
    [InlineData(RuleType.Follow, "did:plc:quoted", true)]
    [InlineData(RuleType.Follow, "did:plc:other", false)]
    [InlineData(RuleType.Hashtag, "#facet", true)]
    [InlineData(RuleType.Hashtag, "hidden", true)]
    [InlineData(RuleType.Track, "hello", true)]
    [InlineData(RuleType.Track, "example.org/page", true)]
    public void Jetstream_posts_match(RuleType type, string value, bool expected) =>
        Assert.Equal(expected ? ["r"] : [], Ids("""
            {"did":"did:plc:writer","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"k","record":{"text":"Hello","tags":["hidden"],
            "facets":[{"features":[{"tag":"Facet"},{"did":"did:plc:mentioned"},{"uri":"https://example.org/page"}]}],"reply":{"parent":{"uri":"at://did:plc:parent/app.bsky.feed.post/1"}},
            "embed":{"record":{"record":{"uri":"at://did:plc:quoted/app.bsky.feed.post/2"}}}}}}
            """, new Rule("r", type, value)));

    [Fact]
    public void A_repost_matches_the_one_whose_post_it_is() =>
        Assert.Equal(["r"], Ids("""{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.repost","rkey":"k","record":{"subject":{"uri":"at://did:plc:b/app.bsky.feed.post/1"}}}}""", new Rule("r", RuleType.Follow, "did:plc:b")));

    [Fact]
    public void Messages_that_are_no_tweets_match_nothing()
    {
        Rule[] rules = [new("a", RuleType.Follow, "3"), new("b", RuleType.Track, "text"), new("c", RuleType.X, "x", "tag")];

        foreach (string message in (string[])
        [
            """{"delete":{"status":{"id":1,"user_id":3,"user_id_str":"3"}}}""", """{"limit":{"track":3}}""", "not JSON: text", "", "[\"text\"]",
            """{"data":{"delete":{"tweet":{"id":"1","author_id":"3"}}},"matching_rules":[{"tag":"tag"}]}""",
        ])
            Assert.Empty(Ids(message, rules));
    }

    [Fact]
    public void Odd_shapes_neither_match_nor_stop_anything()
    {
        Rule[] rules = [new("a", RuleType.Track, "word"), new("b", RuleType.Follow, "3"), new("c", RuleType.Locations, "0,0,1,1"), new("d", RuleType.X, "x", "tag")];

        foreach (string message in (string[])
        [
            """{"id":1,"text":"x","user":null,"entities":[],"place":[],"coordinates":[],"retweeted_status":[{"text":"y"}],"quoted_status":"word"}""",
            """{"id":1,"text":"x","user":{"screen_name":3,"id":{"word":3}},"entities":{"hashtags":{"text":1},"urls":[[{"expanded_url":"word"}]],"user_mentions":[null,true,1.5e3]}}""",
            """{"id":1,"text":"x","coordinates":{"coordinates":["word",{}]},"place":{"bounding_box":{"coordinates":[[[0],["0"]]]}}}""",
            """{"id":1,"text":"x","coordinates":{"coordinates":[NaN,-Infinity]}}""",
            """{"data":{"id":"1","text":"x","referenced_tweets":[1,{"type":"quoted"},{"id":"2","type":null}],"geo":{"place_id":"p"}},"includes":{"tweets":[null,[],{"id":5},{"text":"word"}],"users":{"id":"1"},"places":[{"id":"p","geo":{"bbox":[1]}}]},"matching_rules":{"tag":3}}""",
            """{"did":"did:plc:x","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","record":{"text":"x","facets":{"features":"word"},"reply":"at://3","embed":{"record":{"uri":"at://"}}}}}""",
        ])
            Assert.Empty(Ids(message, rules));
    }

    [Fact]
    public void Names_with_escapes_and_space_everywhere_are_read_all_the_same()
    {
        string odd = " { \"id\" : 1 , \"\\u0074ext\" : \"a \\\"w\\u006frd\\\" \\\\\" ,\r\n\"user\" : { \"name\":\"quote \\\" brace } bracket ]\", \"x\" : { \"y\" : [ \"}\" ] } , \"screen_name\" : \"Ann\" , \"id\" : 3 , \"z\":\"\\\\\"} } ";

        Assert.Equal(["a", "b", "c"], Ids(odd, new Rule("a", RuleType.Track, "word"), new Rule("b", RuleType.Username, "ann"), new Rule("c", RuleType.Follow, "3")));
    }

    [Fact]
    public void An_enveloped_tweet_matches_like_any_other() =>
        Assert.Equal(["a"], Ids("""{"for_user":"1888","message":{"id":1,"text":"word"}}""", new Rule("a", RuleType.Track, "word"), new Rule("b", RuleType.Follow, "1888")));

    [Fact]
    public void Matching_rules_come_in_the_order_of_their_places_and_each_once()
    {
        Rule[] rules = [new("a", RuleType.Track, "late,later"), new("b", RuleType.Track, "early"), new("c", RuleType.Track, "never"), new("d", RuleType.Track, "early late early")];

        Assert.Equal(["a", "b", "d"], Ids(Tweet("early, late, later and early"), rules));
    }

    [Fact]
    public void The_same_room_serves_one_message_after_the_other_and_one_matcher_after_the_other()
    {
        var matches = new RuleMatches();
        var first = new RuleMatcher(new RuleSet([new Rule("a", RuleType.Track, "one two"), new Rule("b", RuleType.Track, "three")]));
        var second = new RuleMatcher(new RuleSet([new Rule("c", RuleType.Track, "three four")]));

        Assert.Equal([], Found(first, "one"));
        Assert.Equal([], Found(first, "two")); // "one" is of the message before
        Assert.Equal(["a", "b"], Found(first, "one three two"));
        Assert.Equal([], Found(second, "three"));
        Assert.Equal(["c"], Found(second, "four three"));
        Assert.Equal(["b"], Found(first, "three"));
        Assert.Equal([], Found(new RuleMatcher(RuleSet.Empty), "three"));

        string[] Found(RuleMatcher matcher, string text)
        {
            matcher.Match(MessageReader.Read(Encoding.UTF8.GetBytes(Tweet(text))), matches);
            return [.. Enumerable.Range(0, matches.Count).Select(i => matches[i].Id)];
        }
    }

    [Fact]
    public void Matching_takes_no_memory_once_there_is_room()
    {
        var matcher = new RuleMatcher(new RuleSet([new Rule("a", RuleType.Track, "one,中国,don't"), new Rule("b", RuleType.Locations, "0,0,1,1"), new Rule("c", RuleType.Follow, "3"), new Rule("d", RuleType.X, "x", "t")]));
        var matches = new RuleMatches();
        Message tweet = MessageReader.Read("""{"id":1,"text":"one 今日中国 don't \u4e2d\u56fd","user":{"id":3,"screen_name":"x"},"coordinates":{"coordinates":[0.5,0.5]},"matching_rules":[{"id":1,"tag":"t"}]}"""u8.ToArray());
        matcher.Match(tweet, matches);
        Assert.Equal(4, matches.Count);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) matcher.Match(tweet, matches);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Ends_are_found_wherever_a_vector_begins()
    {
        // Quotes, backslashes and brackets at every distance from the 32 bytes that are looked at at once.
        var matches = new RuleMatches();
        var matcher = new RuleMatcher(new RuleSet([new Rule("a", RuleType.Follow, "3"), new Rule("b", RuleType.Track, "word")]));
        for (int length = 0; length < 140; length++)
        {
            string filler = new('x', length);
            foreach (string tricky in (string[])["\\\"", "\\\\", "\\\\\\\"", "}", "{", "]\\\\\\\\", "\\u0022}"])
            {
                string tweet = $$$"""{"id":1,"pad":"{{{filler}}}{{{tricky}}}","deep":{"a":["{{{tricky}}}{{{filler}}}",{"b":"{{{filler}}}"},[[{{{length}}}]]]},"text":"word","user":{"id":3,"screen_name":"x","rest":"{{{filler}}}{{{tricky}}}","more":[{"{{{filler}}}":"{{{tricky}}}"}]},"end":"{{{tricky}}}"}""";
                Message message = MessageReader.Read(Encoding.UTF8.GetBytes(tweet));
                Assert.Equal(MessageKind.Tweet, message.Kind);
                matcher.Match(message, matches);
                Assert.Equal(2, matches.Count);
            }
        }
    }

    [Theory]
    [InlineData("""{"id":1,"text":"x","place":{"bounding_box":{"coordinates":[[[1,1],[1,2],[2,2],[2,1]],[[30,30],[30,31],[31,31]]]}}}""")]
    [InlineData("""{"id":1,"text":"x","place":{"bounding_box":{"coordinates":[[[1,1],[1,2],[2,2],[2,1]],[]]}}}""")]
    [InlineData("""{"id":1,"text":"x","place":{"bounding_box":{"coordinates":[[1,1],[1,50],[50,50],[50,1]]}}}""")]
    [InlineData("""{"id":1,"text":"x","coordinates":{"coordinates":[1,1,[]]}}""")]
    [InlineData("""{"id":1,"text":"x","coordinates":{"coordinates":[[1,1],[20,30]]}}""")]
    public void All_numbers_of_a_place_count_however_deep_they_lie(string message) => Assert.Equal(["a"], Ids(message, new Rule("a", RuleType.Locations, "0,0,5,5")));

    [Fact]
    public void Words_are_found_wherever_a_block_of_letters_begins()
    {
        Rule[] rules =
        [
            new("word", RuleType.Track, "word"), new("joined", RuleType.Track, "don't"), new("address", RuleType.Track, "example.com/a_b"), new("tag", RuleType.Track, "#tag"), new("mention", RuleType.Track, "@someone"),
            new("share", RuleType.Track, "$abc"), new("emoji", RuleType.Track, "😀"), new("marked", RuleType.Track, "cafe\u0301"), new("cut", RuleType.Track, "ord"), new("other", RuleType.Track, "example.com"),
        ];
        foreach (string filler in (string[])["x", " ", "\u0301", "日", ".", "x.", "😀"])
        {
            for (int length = 0; length < 140; length++)
            {
                string before = string.Concat(Enumerable.Repeat(filler, length)) + " ";
                string text = $"{before}word, don't https://www.example.com/a_b. (#tag @someone $abc) cafe\u0301!😀";
                string[] expected = [.. rules.Select(rule => rule.Id).Except(["cut", "other"])];
                Assert.Equal(expected, Ids(Tweet(text), rules));
                Assert.Equal(expected, Ids(Escaped(Tweet(text)), rules));
            }
        }
    }

    private static string Tweet(string text) => $$"""{"id_str":"1","text":{{JsonSerializer.Serialize(text, Plain)}}}""";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Escaped(string json) => string.Concat(json.Select(c => c > 0x7F ? $"\\u{(int)c:x4}" : c.ToString()));

    private static string[] Ids(string message, params Rule[] rules)
    {
        var matches = new RuleMatches();
        new RuleMatcher(new RuleSet([.. rules])).Match(MessageReader.Read(Encoding.UTF8.GetBytes(message)), matches);
        return [.. Enumerable.Range(0, matches.Count).Select(i => matches[i].Id)];
    }
}
