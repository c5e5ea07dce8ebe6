namespace TweetStreams.Producer.Sources.Sample;

/// <summary>The small vocabulary in which made-up people write, the most frequent word first.</summary>
internal sealed record Language(string Code, double Weight, WeightedChoice<string> Words, string Separator)
{
    public static IReadOnlyList<Language> All { get; } =
    [
        Of("en", 30, "the to a and I you is of in it my for this on so that me be just with not have we but love are day what all good when new now can time people like today never night morning coffee weather music game happy"),
        Of("es", 11, "de que la el y no a en un me los es por con te una mi lo para más pero qué día mañana año corazón café noche sueño también así está música niño feliz lluvia"),
        Of("pt", 8, "de que e a eu o não um é do da com uma para você mais meu só mas está amanhã coração também café saudade manhã então música irmão feliz chuva"),
        Of("fr", 5, "de je la et le pas que est les à c'est pour un en des j'ai moi être très déjà où été forêt garçon château cœur naïf café demain élève musique pluie"),
        Of("de", 3, "die und ich der ist das nicht zu in es mit für auf schön über Straße Mädchen können grün Käse Tür heute Bücher Größe Musik Kaffee Regen"),
        Of("tr", 4, "bir ve bu çok ben ne da için ama gün güzel değil şimdi kadar iyi İstanbul'da ağaç gece müzik yağmur çiçek öğle ışık kahve"),
        Of("el", 2, "και το να η ο δεν που με για είναι τα σε καλημέρα θάλασσα ήλιος σήμερα μουσική βροχή καφές πολύ νύχτα"),
        Of("ru", 4, "и в не я на что с как это а мне но так все день ещё сегодня утро музыка дождь кофе ночь счастье снег люблю"),
        Of("ar", 7, "من في و على ما لا يا كل الله أن هذا إلى عن صباح الخير اليوم حب قلب مطر قهوة موسيقى ليل سعيد"),
        Of("he", 2, "את לא אני של זה על מה כל הוא עם יום בוקר טוב לילה גשם קפה מוזיקה אהבה שמש"),
        Of("hi", 3, "है के में की का और से को नहीं यह एक पर भी दिन सुबह बारिश चाय संगीत ख़ुशी रात प्यार"),
        Of("th", 3, "ที่ ไม่ ก็ มา ไป เป็น ได้ มี รัก วันนี้ ฝน กาแฟ เพลง น้ำ ความสุข คืนนี้ เช้า", ""),
        Of("zh", 3, "的 我 你 是 了 不 在 今天 天气 喜欢 音乐 咖啡 下雨 早上 晚安 快乐 月亮 朋友", ""),
        Of("ja", 11, "の は が に を 今日 です 雨 ありがとう 好き 音楽 コーヒー おはよう 月 嬉しい 夜 猫 かわいい 頑張る 𠮷野家", ""),
        Of("ko", 4, "나 너무 오늘 진짜 그 이 사랑 음악 비 커피 아침 밤 행복 친구 고양이 날씨 좋아 우리"),
    ];

    private static Language Of(string code, double weight, string words, string separator = " ") =>
        new(code, weight, WeightedChoice<string>.Zipf(words.Split(' ')), separator);
}
