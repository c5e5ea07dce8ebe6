namespace TweetStreams.Processor.Words;

/// <summary>Figures of the words alone, among those of everything that is counted.</summary>
internal static class WordFigures
{
    /// <summary>Words that came after their window had closed.</summary>
    public static long LateWords(this StreamMetrics metrics) => metrics.Tasks.Where(task => task.Subtopology == TweetTopology.Subtopologies.Words).Sum(task => task.Late);
}
