using System.Buffers;

namespace TweetStreams;

/// <summary>A serde that reads and writes without an array of its own, as this project's runtime asks for it; Streamiz asks for arrays.</summary>
public interface ISpanSerDes<T>
{
    void Serialize(T data, IBufferWriter<byte> writer);
    T Deserialize(ReadOnlySpan<byte> data);
}
