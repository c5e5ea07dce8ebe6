namespace TweetStreams.Processor.Queries;

/// <summary>Rows that are all to be had: what other instances sent is here, and the stores of this one are held open until it is disposed.</summary>
internal sealed class OpenRows : IDisposable
{
    private readonly IReadOnlyCollection<IDisposable> owned;
    private readonly IEnumerator<CountRow> rows;
    private readonly bool any;

    /// <exception cref="Streams.Errors.InvalidStateStoreException">A store cannot be read now; said here, before the first byte of an answer.</exception>
    public OpenRows(IEnumerable<CountRow> source, params IReadOnlyCollection<IDisposable> owned)
    {
        this.owned = owned;
        rows = source.GetEnumerator();
        try
        {
            any = rows.MoveNext();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The rows, once.</summary>
    public IEnumerable<CountRow> All()
    {
        for (bool more = any; more; more = rows.MoveNext()) yield return rows.Current;
    }

    public void Dispose()
    {
        rows.Dispose();
        foreach (IDisposable part in owned) part.Dispose();
    }
}
