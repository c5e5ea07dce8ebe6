using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using TweetStreams.Producer.Statistics;
using TweetStreams.Schemas;

namespace TweetStreams.Producer.Tests.Statistics;

public sealed class SeenNamesTests
{
    private readonly FakeTimeProvider time = new();

    private void See(SeenNames names, string json)
    {
        Message message = MessageReader.Read(Bytes.Of(json));
        names.Look(message, time.GetTimestamp());
    }

    private static string? NameOf(SeenNames names, string id) => names.TryGet(id, out string? name) ? name : null;

    [Theory]
    [InlineData("""{"id_str":"1","text":"a","user":{"id":7,"id_str":"7","name":"A","screen_name":"ann"}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"screen_name":"ann","id_str":"7"}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":"2","screen_name":"ben"},"retweeted_status":{"id_str":"3","text":"b","user":{"screen_name":"ann","entities":{"url":{"urls":[]}},"id_str":"7"}}}""")]
    [InlineData("""{"data":{"id":"1","text":"a","author_id":"7"},"includes":{"users":[{"id":"8","name":"B","username":"ben"},{"id":"7","name":"A","username":"ann"}]}}""")]
    public void Users_are_found_in_both_formats(string json)
    {
        var names = new SeenNames(time);
        See(names, json);
        Assert.Equal("ann", NameOf(names, "7"));
        Assert.Null(NameOf(names, "1"));
    }

    [Theory]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":null}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":7,"screen_name":"ann"}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":""}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id":{"id_str":"7"},"screen_name":"ann"}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":["7"],"screen_name":["ann"]}}""")]
    [InlineData("""{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":"a\u006en"}}""")]
    [InlineData("""{"delete":{"status":{"id_str":"7","screen_name":"ann"}}}""")]
    [InlineData("""{"id_str":"1","text":"a","screen_name":NaN,"user":""")]
    public void What_is_no_user_is_none(string json)
    {
        var names = new SeenNames(time);
        See(names, json);
        Assert.Null(NameOf(names, "7"));
    }

    [Fact]
    public void A_new_name_replaces_the_old_one_and_the_user_not_seen_for_longest_makes_room()
    {
        var names = new SeenNames(time, most: 2);
        See(names, """{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":"ann"}}""");
        See(names, """{"id_str":"1","text":"a","user":{"id_str":"8","screen_name":"ben"}}""");
        See(names, """{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":"anna"}}""");
        See(names, """{"id_str":"1","text":"a","user":{"id_str":"9","screen_name":"cem"}}""");
        Assert.Equal(["anna", null, "cem"], new[] { "7", "8", "9" }.Select(id => NameOf(names, id)));
    }

    [Fact]
    public void Only_so_many_messages_a_second_are_looked_into()
    {
        var names = new SeenNames(time, perSecond: 3);
        for (int i = 0; i < 10; i++) See(names, string.Create(CultureInfo.InvariantCulture, $$$"""{"id_str":"1","text":"a","user":{"id_str":"{{{i}}}","screen_name":"n"}}"""));
        Assert.Equal("012", string.Concat(Enumerable.Range(0, 10).Select(i => $"{i}").Where(id => NameOf(names, id) is not null)));
        time.Advance(TimeSpan.FromSeconds(1));
        See(names, """{"id_str":"1","text":"a","user":{"id_str":"7","screen_name":"n"}}""");
        Assert.Equal("n", NameOf(names, "7"));
    }

    [Fact]
    public void Json_that_is_nested_without_end_is_no_trouble()
    {
        var names = new SeenNames(time);
        See(names, "{\"id_str\":\"1\",\"text\":\"a\",\"x\":" + string.Concat(Enumerable.Repeat("{\"id_str\":\"7\",\"screen_name\":\"n\",\"x\":[", 40)) + string.Concat(Enumerable.Repeat("]}", 40)) + "}");
        Assert.Equal("n", NameOf(names, "7"));
    }
}
