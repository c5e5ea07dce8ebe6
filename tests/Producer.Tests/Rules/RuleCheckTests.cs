using TweetStreams.Producer.Rules;

namespace TweetStreams.Producer.Tests.Rules;

public sealed class RuleCheckTests
{
    [Theory]
    [InlineData(RuleType.Track, "", "empty")]
    [InlineData(RuleType.Track, "  ", "empty")]
    [InlineData(RuleType.Track, "a,,b", "empty phrase")]
    [InlineData(RuleType.Track, "a,", "empty phrase")]
    [InlineData(RuleType.Track, "hello :)", "\":)\"")]
    [InlineData(RuleType.Track, "0123456789012345678901234567890123456789012345678901234567890", "The byte length of the track phrase is over 60")]
    [InlineData(RuleType.Keyword, "ok,éééééééééééééééééééééééééééééé1", "61 bytes")]
    [InlineData(RuleType.Hashtag, "#", "no name after the #")]
    [InlineData(RuleType.Hashtag, "two-parts", "not '-'")]
    [InlineData(RuleType.Hashtag, "##twice", "not '#'")]
    [InlineData(RuleType.Follow, "cnn", "not numeric")]
    [InlineData(RuleType.Follow, "12,13", "not numeric")]
    [InlineData(RuleType.Follow, "-12", "not numeric")]
    [InlineData(RuleType.Follow, "١٢", "not numeric")]
    [InlineData(RuleType.Follow, "123456789012345678901", "not numeric")]
    [InlineData(RuleType.Username, "@", "1 to 15")]
    [InlineData(RuleType.Username, "sixteen_letters_", "1 to 15")]
    [InlineData(RuleType.Username, "Ann-Lee", "'-'")]
    [InlineData(RuleType.Username, "Zoë", "'ë'")]
    [InlineData(RuleType.Locations, "1,2,3", "3 numbers")]
    [InlineData(RuleType.Locations, "1,2,3,4,5", "5 numbers")]
    [InlineData(RuleType.Locations, "1,2,3,north", "\"north\" is no number")]
    [InlineData(RuleType.Locations, "1,2,3,NaN", "no number")]
    [InlineData(RuleType.Locations, "-181,2,3,4", "Longitude -181")]
    [InlineData(RuleType.Locations, "1,2,3,90.5", "Latitude 90.5")]
    [InlineData(RuleType.Locations, "170,0,-170,1", "two boxes")]
    [InlineData(RuleType.Locations, "0,5,1,4", "south")]
    [InlineData(RuleType.Geo, "0,0,1,1,2,2,3,3", "8 numbers")]
    [InlineData(RuleType.Geo, "{", "no JSON")]
    [InlineData(RuleType.Geo, "{}", "object without a type")]
    [InlineData(RuleType.Geo, """{"type":"Point","coordinates":[1,2]}""", "GeoJSON Point")]
    [InlineData(RuleType.Geo, """{"type":"Feature","geometry":null}""", "GeoJSON object")]
    [InlineData(RuleType.Geo, """{"type":"\ud800"}""", "Polygon")]
    [InlineData(RuleType.Geo, """{"type":"Polygon"}""", "no coordinates")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[]}""", "no coordinates")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[5]}""", "no list")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[[[0,0],[1,"1"],[1,0]]]}""", "no position")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[[[0,0],[0,0],[1,1],[1,1],[0,0]]]}""", "2 different positions")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[[[0,0],[0,91],[1,1]]]}""", "Latitude 91")]
    public void What_is_wrong_is_said(RuleType type, string value, string reason)
    {
        RuleProblem? problem = RuleCheck.Check(new Rule("id", type, value));

        Assert.NotNull(problem);
        Assert.Equal(("id", value), (problem.Id, problem.Value));
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", problem.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RuleType.Track, "twitter api,twitter streaming")]
    [InlineData(RuleType.Track, "012345678901234567890123456789012345678901234567890123456789")]
    [InlineData(RuleType.Keyword, "今日中国, 👍")]
    [InlineData(RuleType.Hashtag, "#sliding #door,happy")]
    [InlineData(RuleType.Hashtag, "今日中国")]
    [InlineData(RuleType.Follow, "2244994945")]
    [InlineData(RuleType.Follow, "did:plc:dclwtltrt2ggsryagfzk7dp4")]
    [InlineData(RuleType.Username, "@XDevelopers")]
    [InlineData(RuleType.Username, "a")]
    [InlineData(RuleType.Locations, "-122.75,36.8,-121.75,37.8, -74,40,-73,41")]
    [InlineData(RuleType.Locations, "-180,-90,180,90")]
    [InlineData(RuleType.Geo, "-74,40,-73,41")]
    [InlineData(RuleType.Geo, """{"type":"Polygon","coordinates":[[[0,0],[0,0],[1,1],[1,0]]]}""")] // open, one position twice
    [InlineData(RuleType.Geo, """ {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,0]],[[0.1,0.05],[0.2,0.1],[0.3,0.05]]]}}""")]
    public void What_is_right_passes(RuleType type, string value) => Assert.Null(RuleCheck.Check(new Rule("id", type, value))?.Reason);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a b", "' '")]
    [InlineData("a,b", "','")]
    [InlineData("é", "'é'")]
    public void Ids_have_few_characters(string id, string reason) => Assert.Contains(reason, RuleCheck.Check(new Rule(id, RuleType.Track, "x"))!.Reason, StringComparison.Ordinal);

    [Fact]
    public void Ids_are_not_long()
    {
        Assert.Null(RuleCheck.OfId(new string('a', 128)));
        Assert.Contains("128", RuleCheck.OfId(new string('a', 129)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has:media", "only narrows down")]
    [InlineData("has:links OR is:retweet", "only narrows down")]
    [InlineData("-cat", "only narrows down")]
    [InlineData("embedding_threshold:0.45", "only narrows down")]
    [InlineData("cat \"dog", "quote at character 5")]
    [InlineData("cat \"\"", "nothing between the quotes")]
    [InlineData("point_radius:[1 2 3km", "not closed")]
    [InlineData("(cat", "'(' is not closed")]
    [InlineData("((cat", "2 of '('")]
    [InlineData("cat)", "closes nothing")]
    [InlineData("cat ()", "nothing in them")]
    [InlineData("(cat OR ) dog", "Nothing comes after the OR")]
    [InlineData("OR cat", "nothing before it")]
    [InlineData("cat OR", "Nothing comes after")]
    [InlineData("cat OR OR dog", "nothing before it")]
    [InlineData("(OR cat)", "nothing before it")]
    [InlineData("cat AND dog", "a space means both")]
    [InlineData("cat and dog", "a space means both")]
    [InlineData("cat or dog", "in capitals")]
    [InlineData("cat -OR dog", "not excluded")]
    [InlineData("cat NOT dog", "put '-'")]
    [InlineData("cat -(dog OR mouse)", "-a -b")]
    [InlineData("cat --dog", "only narrows down|two '-'")]
    [InlineData("cat -", "excludes nothing")]
    [InlineData("cat - dog", "excludes nothing")]
    [InlineData("(cat -)", "excludes nothing")]
    [InlineData("colour:red", "no operator \"colour:\"")]
    [InlineData("https://example.com", "no operator \"https:\"")]
    [InlineData("from:", "needs a value")]
    [InlineData("cat is:cute", "is: takes")]
    [InlineData("cat is:nullcast", "-is:nullcast")]
    [InlineData("cat has:fun", "has: takes")]
    [InlineData("cat sample:101", "1 to 100")]
    [InlineData("cat -sample:10", "cannot be excluded")]
    [InlineData("cat #", "no name behind")]
    public void What_X_would_refuse_is_said(string value, string reason)
    {
        string? said = RuleCheck.Check(new Rule("id", RuleType.X, value))?.Reason;

        Assert.NotNull(said);
        Assert.Contains(reason.Split('|'), part => said.Contains(part, StringComparison.Ordinal));
        Assert.EndsWith(".", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat")]
    [InlineData("#nowplaying (happy OR exciting) (place_country:US OR place_country:MX) -horrible -\"so bad\"")]
    [InlineData("-is:retweet has:geo (from:NWSNHC OR from:NHC_Atlantic)")]
    [InlineData("\"social media\"~5 lang:en")]
    [InlineData("point_radius:[2.355128 48.861118 16km]")]
    [InlineData("url:\"https://developer.x.com\" \"and\" \"a \\\" in it\"")]
    [InlineData("embedding:\"climate change policy\" embedding_threshold:0.4")]
    [InlineData("(😃 OR 😡) 😬")]
    [InlineData("$twtr OR @XDevelopers -$fb")]
    [InlineData("meeting at 12:30")]
    [InlineData("(cat)(dog)")]
    [InlineData("mother-in-law")]
    public void What_X_takes_passes(string value) => Assert.Null(RuleCheck.Check(new Rule("id", RuleType.X, value))?.Reason);

    [Fact]
    public void A_rule_of_X_is_as_long_as_allowed()
    {
        Assert.Null(RuleCheck.Check(new Rule("id", RuleType.X, new string('x', 1_024))));
        Assert.Null(RuleCheck.Check(new Rule("id", RuleType.X, string.Concat(Enumerable.Repeat("😀", 1_024))))); // characters, not units
        Assert.Contains("1025 characters; X takes 1024", RuleCheck.Check(new Rule("id", RuleType.X, new string('x', 1_025)))!.Reason, StringComparison.Ordinal);
        Assert.Null(RuleCheck.Check(new Rule("id", RuleType.X, new string('x', 2_048)), 2_048));
    }

    [Fact]
    public void Any_text_is_judged_without_an_exception()
    {
        var random = new Random(11);
        const string alphabet = "ab \"()[]-:\\OR#@$,.{}{\"type\":\"Polygon\"0123é中😀";
        for (int round = 0; round < 20_000; round++)
        {
            string value = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            foreach (RuleType type in Enum.GetValues<RuleType>())
            {
                RuleProblem? problem = RuleCheck.Check(new Rule("id", type, value));
                Assert.True(problem is null || problem.Reason.EndsWith('.'));
            }
        }
    }
}
