namespace UserCode;

internal static class Drivers
{
    public static TopologyTestDriver Of(StreamBuilder builder) => new(builder.Build(), new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = $"user-{Guid.NewGuid():N}" });
}
