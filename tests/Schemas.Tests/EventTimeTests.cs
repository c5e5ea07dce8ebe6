using static TweetStreams.Schemas.Tests.Reading;

namespace TweetStreams.Schemas.Tests;

public class EventTimeTests
{
    [Theory]
    [InlineData("\"1562135340657\"", 1562135340657)]
    [InlineData("\"0\"", 0)]
    [InlineData("\"007\"", 7)]
    [InlineData("\"\\u0031\\u0032\"", 12)]
    [InlineData("\"9223372036854775807\"", 9223372036854775807)]
    [InlineData("\"9223372036854775808\"", -1)]
    [InlineData("\"99999999999999999999999999999999\"", -1)]
    public void A_timestamp_of_digits_decides_even_if_it_is_too_large(string stamp, long time) =>
        Assert.Equal(time, Read($$"""{"id":1,"text":"t","created_at":"Thu Jan 01 00:00:09 +0000 1970","timestamp_ms":{{stamp}}}""").EventTime);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"-1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1.0\"")]
    [InlineData("\"١\"")]
    [InlineData("\"+1\"")]
    [InlineData("1562135340657")]
    [InlineData("null")]
    public void Any_other_timestamp_leaves_it_to_created_at(string stamp) =>
        Assert.Equal(9000, Read($$"""{"id":1,"text":"t","created_at":"Thu Jan 01 00:00:09 +0000 1970","timestamp_ms":{{stamp}}}""").EventTime);

    [Theory]
    [InlineData("Wed Jul 03 00:00:00 +0000 2019", 1562112000000)]
    [InlineData("Wed Jul 03 02:00:00 +0200 2019", 1562112000000)]
    [InlineData("Tue Jul 02 18:30:00 -0530 2019", 1562112000000)]
    [InlineData("Wed Jul 03 02:00:00 +02:00 2019", 1562112000000)]
    [InlineData("Wed Jul 03 02:00:00 +020000 2019", 1562112000000)]
    [InlineData("Wed Jul 03 00:00:00 Z 2019", 1562112000000)]
    [InlineData("wED jUL  3 0:0:0 +0000\\t2019", 1562112000000)]
    [InlineData("Mon Jul 03 00:00:00 +0000 2019", 1562112000000)]
    [InlineData("Sat Feb 29 12:34:56 +0000 2020", 1582979696000)]
    [InlineData("Fri Dec 31 23:59:59 +0000 9999", 253402300799000)]
    [InlineData("Wed \\u004aul 03 00:00:00 +0000 2019", 1562112000000)]
    public void The_classic_form_is_read_as_strptime_reads_it(string created, long time) => Assert.Equal(time, Classic(created));

    [Theory]
    [InlineData("")]
    [InlineData("Wed")]
    [InlineData("Wed Jul 03 00:00:00 +0000 201")]
    [InlineData("Wed Jul 03 00:00:00 +0000 20190")]
    [InlineData("Wed Jul 03 00:00:00 +0000 2019 ")]
    [InlineData(" Wed Jul 03 00:00:00 +0000 2019")]
    [InlineData("Wed Jul 03 24:00:00 +0000 2019")]
    [InlineData("Wed Jul 03 00:60:00 +0000 2019")]
    [InlineData("Wed Jul 03 00:00:60 +0000 2019")]
    [InlineData("Wed Jul 32 00:00:00 +0000 2019")]
    [InlineData("Wed Jul 00 00:00:00 +0000 2019")]
    [InlineData("Fri Feb 29 00:00:00 +0000 2019")]
    [InlineData("Wed Jul 03 00:00:00 +0000 0000")]
    [InlineData("Wed Jul 03 00:00:00 0000 2019")]
    [InlineData("Wed Jul 03 00:00:00 +00 2019")]
    [InlineData("Wed Jul 03 00:00:00 +2400 2019")]
    [InlineData("Wed Jul 03 00:00:00 +0060 2019")]
    [InlineData("Wed Jul 03 00:00:00 z 2019")]
    [InlineData("Wednesday Jul 03 00:00:00 +0000 2019")]
    [InlineData("Mit Jul 03 00:00:00 +0000 2019")]
    [InlineData("Wed Jly 03 00:00:00 +0000 2019")]
    [InlineData("2019-07-03T00:00:00Z")]
    [InlineData("Wed Dec 31 23:59:59 +0000 1969")]
    [InlineData("Thu Jan 01 00:00:00 +0001 1970")]
    public void Anything_else_and_any_time_before_1970_is_none(string created) => Assert.Equal(Message.NoTime, Classic(created));

    [Theory]
    [InlineData("2021-04-01T15:52:31.000Z", 1617292351000)]
    [InlineData("2021-04-01T15:52:31Z", 1617292351000)]
    [InlineData("2021-04-01 15:52:31", 1617292351000)]
    [InlineData("2021-04-01T17:52:31.5+02:00", 1617292351500)]
    [InlineData("2021-04-01T10:22:31.123456-0530", 1617292351123)]
    [InlineData("2021-04-01T15:52:31,123456789Z", 1617292351123)]
    [InlineData("2021-04-01T15:52Z", 1617292320000)]
    [InlineData("2021-04-01", 1617235200000)]
    [InlineData("1969-12-31T23:59:59.9995Z", 0)]
    public void The_form_of_v2_is_read_as_fromisoformat_reads_it(string created, long time) => Assert.Equal(time, Iso(created));

    [Theory]
    [InlineData("")]
    [InlineData("2021-04-01T15:52:31.Z")]
    [InlineData("2021-04-01T15:52:31Zx")]
    [InlineData("2021-04-31T15:52:31Z")]
    [InlineData("2021-13-01T15:52:31Z")]
    [InlineData("2021-04-01T24:00:00Z")]
    [InlineData("21-04-01T00:00:00Z")]
    [InlineData("2021-04-01T15:52:31+24:00")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("Wed Jul 03 00:00:00 +0000 2019")]
    public void Anything_else_in_v2_is_none(string created) => Assert.Equal(Message.NoTime, Iso(created));

    [Fact]
    public void Milliseconds_of_v2_are_cut_as_the_floats_of_the_reference_cut_them()
    {
        // int(datetime.fromisoformat("2021-04-01T15:52:31.001+00:00").timestamp() * 1000), and so on, in Python.
        Assert.Equal(1617292351001, Iso("2021-04-01T15:52:31.001Z"));
        for (int milli = 0; milli < 1000; milli++)
            Assert.Equal((long)((1617292351000000 + milli * 1000) / 1e6 * 1000), Iso($"2021-04-01T15:52:31.{milli:000}Z"));
    }

    private static long Classic(string created) => Read($$"""{"id":1,"text":"t","created_at":"{{created}}"}""").EventTime;

    private static long Iso(string created) => Read($$$"""{"data":{"id":"1","text":"t","created_at":"{{{created}}}"}}""").EventTime;
}
