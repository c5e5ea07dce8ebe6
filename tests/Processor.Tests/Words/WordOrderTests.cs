using System.Text;
using CsCheck;
using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Tests.Words;

public sealed class WordOrderTests
{
    // Every plane, and its edges; surrogates only in pairs, as the words have them.
    private static readonly Gen<string> Word = Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0x80, 0x7FF], Gen.Int[0xD700, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF])
        .Select(point => char.ConvertFromUtf32(point)).Array[0, 5].Select(string.Concat);

    [Fact]
    public void Words_are_in_the_order_of_their_utf8_bytes() => Gen.Select(Word, Word).Sample(
        (x, y) => Math.Sign(WordOrder.Compare(x, y)) == Math.Sign(Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y))), iter: 20_000);

    [Fact]
    public void Words_with_a_common_beginning_too() => Gen.Select(Word, Word, Word).Sample(
        (common, x, y) => Math.Sign(WordOrder.Compare(common + x, common + y)) == Math.Sign(Encoding.UTF8.GetBytes(common + x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(common + y))), iter: 20_000);

    [Fact]
    public void The_private_use_area_is_before_four_byte_characters() => Assert.True(WordOrder.Compare("\uE000", "\U0001F600") < 0);

    [Fact]
    public void More_counts_come_first_then_the_word() => Assert.Equal(
        [new("z", 3), new("\uE000", 2), new("\U0001F600", 2), new("a", 1)],
        new[] { new WordTotal("a", 1), new WordTotal("\U0001F600", 2), new WordTotal("z", 3), new WordTotal("\uE000", 2) }.Order(WordOrder.ByRank));
}
