using System.Buffers;
using System.Text;

namespace TweetStreams.Streams.Tests;

public sealed class SerDesTests
{
    private static readonly SerializationContext Context = new(MessageComponentType.Value, "topic");

    [Fact]
    public void Values_come_back_as_they_were_written()
    {
        Gen.String.Sample(value => RoundTrips(new StringSerDes(Encoding.Unicode), value), iter: 500, threads: 1);
        Gen.String.AlphaNumeric.Sample(value => RoundTrips(new StringSerDes(), value), iter: 500, threads: 1);
        Gen.Byte.Array.Sample(value => RoundTrips(new ByteArraySerDes(), value), iter: 500, threads: 1);
        Gen.Int.Sample(value => RoundTrips(new Int32SerDes(), value), iter: 500, threads: 1);
        Gen.Long.Sample(value => RoundTrips(new Int64SerDes(), value), iter: 500, threads: 1);
        Gen.Double.Sample(value => RoundTrips(new DoubleSerDes(), value), iter: 500, threads: 1);
        Gen.Float.Sample(value => RoundTrips(new FloatSerDes(), value), iter: 500, threads: 1);
        Gen.Char.Sample(value => RoundTrips(new CharSerDes(), value), iter: 500, threads: 1);
    }

    [Fact]
    public void Numbers_are_little_endian_as_Streamiz_writes_them()
    {
        Assert.Equal([1, 2, 0, 0], new Int32SerDes().Serialize(0x201, Context));
        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 0], new Int64SerDes().Serialize(0x201, Context));
    }

    [Fact]
    public void A_number_of_another_width_is_refused() => Assert.Contains("8 bytes, this value has 4", Assert.Throws<DeserializationException>(() => new Int64SerDes().Deserialize(new byte[4], Context)).Message);

    [Fact]
    public void Null_is_null()
    {
        Assert.Null(new StringSerDes().Serialize(null!, Context));
        Assert.Null(new StringSerDes().Deserialize(null, Context));
        Assert.Null(new ByteArraySerDes().Serialize(null!, Context));
        Assert.Null(new JsonSerDes<Row>().Serialize(null!, Context));
        Assert.Null(new JsonSerDes<Row>().Deserialize(null, Context));
        Assert.Null(new TimeWindowedSerDes<string>(new StringSerDes(), 10).Serialize(null!, Context));
        Assert.Null(new TimeWindowedSerDes<string>(new StringSerDes(), 10).Deserialize(null, Context));
        Assert.Null(new ValueAndTimestampSerDes<string>(new StringSerDes()).Serialize(null!, Context));
        Assert.Null(ValueAndTimestamp<string>.Make(null!, 5));
    }

    [Fact]
    public void Json_is_plain()
    {
        byte[] bytes = new JsonSerDes<Row>().Serialize(new Row("é<>", 4), Context)!;
        Assert.Equal("""{"word":"é<>","count":4}""", Encoding.UTF8.GetString(bytes));
        Assert.Equal(new Row("é<>", 4), new JsonSerDes<Row>().Deserialize(bytes, Context));
    }

    [Fact]
    public void A_windowed_key_is_the_key_and_then_its_start_big_endian()
    {
        var serdes = new TimeWindowedSerDes<string>(new StringSerDes(), 10);
        byte[] bytes = serdes.Serialize(new Windowed<string>("k", new TimeWindow(0x102, 0x10c)), Context)!;
        Assert.Equal([(byte)'k', 0, 0, 0, 0, 0, 0, 1, 2], bytes);
        Assert.Equal(new Windowed<string>("k", new TimeWindow(0x102, 0x10c)), serdes.Deserialize(bytes, Context));
        Assert.Throws<DeserializationException>(() => serdes.Deserialize([1, 2], Context));
    }

    [Fact]
    public void A_value_is_kept_with_its_time() => Gen.Select(Gen.Long, Gen.Long).Sample((value, time) =>
    {
        var serdes = new ValueAndTimestampSerDes<long>(new Int64SerDes());
        byte[] bytes = serdes.Serialize(ValueAndTimestamp<long>.Make(value, time), Context)!;
        ValueAndTimestamp<long> back = serdes.Deserialize(bytes, Context);
        return bytes.Length == 16 && back.Value == value && back.Timestamp == time;
    }, iter: 200, threads: 1);

    [Fact]
    public void A_serde_is_initialized_with_the_application()
    {
        string? application = null;
        using var driven = new Driven(builder => builder.Stream("in", new StringSerDes(), new Asking(name => application = name)).To("out"));
        Assert.Equal("test", application);
    }

    private static void RoundTrips<T, S>(S serdes, T value) where S : ISerDes<T>, ISpanSerDes<T>
    {
        byte[] bytes = serdes.Serialize(value, Context)!;
        Assert.Equal(value, serdes.Deserialize(bytes, Context));
        Assert.Equal(value, ((ISpanSerDes<T>)serdes).Deserialize(bytes.AsSpan()));
        var buffer = new ArrayBufferWriter<byte>();
        serdes.Serialize(value, buffer);
        Assert.Equal(bytes, buffer.WrittenSpan.ToArray());
        Assert.Equal(value, serdes.DeserializeObject(serdes.SerializeObject(value, Context), Context));
    }

    private sealed record Row(string Word, long Count);

    private sealed class Asking(Action<string> seen) : StringSerDes
    {
        public override void Initialize(SerDesContext context)
        {
            seen(context.Config.ApplicationId);
            base.Initialize(context);
        }
    }
}
