namespace TweetStreams.Producer.Sources.Sample;

/// <summary>Somebody made up, known by a number.</summary>
internal sealed record Person(long Id, string ScreenName, string Name, string Did, string Location)
{
    private static readonly string[] Manners = ["quiet", "brave", "sleepy", "merry", "lucky", "tiny", "wild", "gentle", "curious", "golden"];
    private static readonly string[] Animals = ["otter", "heron", "badger", "lynx", "puffin", "gecko", "walrus", "marmot", "osprey", "newt"];
    private static readonly string[] GivenNames = ["Ada", "Zoë", "José", "Åsa", "Юлия", "Νίκη", "ليلى", "נועה", "मीरा", "ฝน", "小雨", "さくら", "하늘", "Çağla", "🌻 May"];
    private static readonly string[] FamilyNames = ["Example", "Muster", "Ejemplo", "Пример", "Παράδειγμα", "مثال", "例子", "サンプル", "예시", "Örnek ✨"];
    private static readonly string[] Places = ["Nowhere", "Atlantis", "Utopía", "桃源郷", "El Dorado", "Шангри-Ла"];

    public static IReadOnlyList<Person> MakeUp(SampleRandom random, int number)
    {
        var people = new Person[number];
        for (int i = 0; i < number; i++)
            people[i] = new Person(
                1_000_000_000_000 + (long)i * 7_919_000_013,
                $"{random.Pick(Manners)}_{random.Pick(Animals)}_{i}",
                $"{random.Pick(GivenNames)} {random.Pick(FamilyNames)}",
                $"did:plc:{random.Base32(24)}",
                random.Pick(Places));
        return people;
    }
}
