using System.Text.Json;

namespace TweetStreams.Operations.Tests;

/// <summary>An instruction of a Dockerfile: its name, its flags, and what follows them.</summary>
internal sealed record Instruction(string Name, IReadOnlyList<string> Flags, string Arguments)
{
    public string[] Words => Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The arguments of the form that is a list.</summary>
    public string[] List => JsonSerializer.Deserialize<string[]>(Arguments[Arguments.IndexOf('[', StringComparison.Ordinal)..])!;
}

/// <summary>A Dockerfile as its instructions.</summary>
internal sealed record Dockerfile(IReadOnlyList<Instruction> Instructions)
{
    public static Dockerfile Read(string path)
    {
        IEnumerable<string> lines = Sources.Text(path).Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        string[] joined = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
        return new Dockerfile([.. joined.Select(Parsed)]);
    }

    /// <summary>Up to the image that is the result, which begins with the last FROM.</summary>
    public IEnumerable<Instruction> Build => Instructions.Take(LastFrom);

    public IEnumerable<Instruction> Final => Instructions.Skip(LastFrom);

    private int LastFrom => Instructions.ToList().FindLastIndex(instruction => instruction.Name == "FROM");

    private static Instruction Parsed(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] flags = [.. words.Skip(1).TakeWhile(word => word.StartsWith("--", StringComparison.Ordinal))];
        return new Instruction(words[0], flags, string.Join(' ', words.Skip(1 + flags.Length)));
    }
}
