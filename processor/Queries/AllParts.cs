using TweetStreams.Processor.Words;

namespace TweetStreams.Processor.Queries;

/// <summary>
/// Answers for all instances: finds who has the partitions, asks each for its own, and merges. The answer covers every partition once or is refused; there
/// is no part of an answer.
/// </summary>
internal sealed class AllParts(KafkaStream stream, string application, LocalParts local, RemoteParts remote)
{
    private static readonly StringSerDes Keys = new();

    // Windows in their order, then keys in that of their bytes, as each part has them.
    private static readonly Comparer<CountRow> Order = Comparer<CountRow>.Create((x, y) => x.Start != y.Start ? x.Start.CompareTo(y.Start) : WordOrder.Compare(x.Key, y.Key));

    /// <summary>The rows of all partitions that the question concerns: of one for a key, else of all. Rows with a top are ordered by window only.</summary>
    /// <exception cref="InvalidStateStoreException">A part is not to be had now; asking again in a moment helps.</exception>
    public async Task<OpenRows> AskAsync(PartQuestion question, CancellationToken cancellationToken)
    {
        IReadOnlyList<StreamsMetadata> owners = await OwnersAsync(question, fresh: false, cancellationToken).ConfigureAwait(false);
        try
        {
            return await OpenAsync(question, owners, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidStateStoreException)
        {
            // What was known of the group may be a moment old. Where it is as it was, the owners would say the same again.
            IReadOnlyList<StreamsMetadata> now = await OwnersAsync(question, fresh: true, cancellationToken).ConfigureAwait(false);
            if (Same(owners, now)) throw;
            return await OpenAsync(question, now, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<StreamsMetadata>> OwnersAsync(PartQuestion question, bool fresh, CancellationToken cancellationToken)
    {
        if (question.Key is null) return await stream.MetadataForStoreAsync(question.Store, fresh, cancellationToken).ConfigureAwait(false);
        KeyQueryMetadata owner = await stream.QueryMetadataForKeyAsync(question.Store, question.Key, Keys, fresh, cancellationToken).ConfigureAwait(false);
        return [new StreamsMetadata(owner.Host, owner.Here, [owner.Partition])];
    }

    private async Task<OpenRows> OpenAsync(PartQuestion question, IReadOnlyList<StreamsMetadata> owners, CancellationToken cancellationToken)
    {
        Task<System.IO.Stream>[] asked = [.. owners.Where(owner => !owner.Here).Select(owner => remote.AskAsync(owner.Host!, new PartRequest(application, owner.Partitions, question), cancellationToken))];
        try
        {
            await Task.WhenAll(asked).ConfigureAwait(false);
        }
        catch
        {
            foreach (Task<System.IO.Stream> answer in asked)
                if (answer.IsCompletedSuccessfully) await (await answer.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            throw;
        }
        // Own stores last: while they are open, their tasks cannot move.
        System.IO.Stream[] answers = [.. asked.Select(answer => answer.Result)];
        return new OpenRows(Merged([.. answers.Select(RowFormat.Read), .. owners.Where(owner => owner.Here).Select(owner => Own(owner.Partitions))]), answers);

        // Read when it is enumerated, so that a refusal lets go of the answers too.
        IEnumerable<CountRow> Own(IReadOnlyList<int> partitions)
        {
            foreach (CountRow row in local.Rows(question, partitions)) yield return row;
        }
    }

    private static IEnumerable<CountRow> Merged(IReadOnlyCollection<IEnumerable<CountRow>> parts)
    {
        List<IEnumerator<CountRow>> cursors = [];
        try
        {
            var heads = new PriorityQueue<IEnumerator<CountRow>, CountRow>(Order);
            foreach (IEnumerable<CountRow> part in parts)
            {
                IEnumerator<CountRow> cursor = part.GetEnumerator();
                cursors.Add(cursor);
                if (cursor.MoveNext()) heads.Enqueue(cursor, cursor.Current);
            }
            while (heads.TryPeek(out IEnumerator<CountRow>? cursor, out _))
            {
                yield return cursor.Current;
                if (cursor.MoveNext()) heads.DequeueEnqueue(cursor, cursor.Current);
                else heads.Dequeue();
            }
        }
        finally
        {
            cursors.ForEach(cursor => cursor.Dispose());
        }
    }

    private static bool Same(IReadOnlyList<StreamsMetadata> before, IReadOnlyList<StreamsMetadata> now) =>
        before.Count == now.Count && before.Zip(now).All(pair => pair.First.Host == pair.Second.Host && pair.First.Partitions.SequenceEqual(pair.Second.Partitions));
}
