using System.Text.Json;
using TweetStreams.Processor.Queries;
using TweetStreams.Schemas;

namespace TweetStreams.Processor.Commands;

/// <summary>Leaves the counts of a run as files: kinds.json, totals.tsv, windows.tsv, top.json.</summary>
internal sealed class RunExport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string directory;

    private RunExport(string directory) => this.directory = directory;

    /// <summary>Sees to it, before the run, that the files can be written after it.</summary>
    /// <exception cref="SettingException">The directory cannot be made or written.</exception>
    public static RunExport Prepare(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            string probe = Path.Combine(directory, ".probe");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"the export directory {directory} cannot be written: {e.Message}", e);
        }
        return new RunExport(directory);
    }

    public async Task WriteAsync(Job job, int top, CancellationToken cancellationToken)
    {
        await WriteAsync("kinds.json", target => JsonSerializer.SerializeAsync(target, MessageKinds.All.ToDictionary(kind => kind.Topic(), kind => job.Kinds[kind]), Json, cancellationToken)).ConfigureAwait(false);
        await WriteAsync("totals.tsv", async target =>
        {
            using OpenRows rows = await job.Queries.TotalsAsync(cancellationToken).ConfigureAwait(false);
            await Tsv.WriteTotalsAsync(target, rows.All(), cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await WriteAsync("windows.tsv", async target =>
        {
            using OpenRows rows = await job.Queries.WindowsAsync(cancellationToken).ConfigureAwait(false);
            await Tsv.WriteWindowsAsync(target, rows.All(), cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await WriteAsync("top.json", async target =>
            await JsonSerializer.SerializeAsync(target, await job.Queries.TopAsync(top, cancellationToken).ConfigureAwait(false), Json, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Under another name until it is whole: a file that is there is complete.</summary>
    private async Task WriteAsync(string name, Func<FileStream, Task> write)
    {
        string path = Path.Combine(directory, name), partial = path + ".partial";
        var file = new FileStream(partial, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false)) await write(file).ConfigureAwait(false);
        File.Move(partial, path, overwrite: true);
    }
}
