using Confluent.Kafka;
using Confluent.Kafka.Admin;
using TweetStreams.Streams.Errors;

namespace TweetStreams.Streams.Runtime;

/// <summary>A member of the group: its client id and the partitions that it has.</summary>
internal sealed record GroupMember(string ClientId, IReadOnlyCollection<TopicPartition> Partitions);

/// <summary>
/// Which instance has which partitions, by the group's own description. It is looked at again after a moment, so an instance that the group has gone
/// on without learns from it that its partitions are another's, and does not answer with what they were.
/// </summary>
internal sealed class GroupView(Func<IAdminClient> connect, string group, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // As long as the client lets it be, and longer than it is waited for: see Abandon.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim turn = new(1);
    private IAdminClient? admin;
    private volatile bool disposed;
    private Look? last;

    /// <summary>The members of the group.</summary>
    /// <param name="fresh">Looks again, whatever is known: what was known has turned out to be wrong.</param>
    /// <exception cref="InvalidStateStoreException">The group is between two generations, or Kafka does not answer.</exception>
    internal async Task<IReadOnlyList<GroupMember>> MembersAsync(bool fresh, CancellationToken cancellationToken)
    {
        long asked = time.GetTimestamp();
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever waited for another's fresh look has it.
            if (last is null || (fresh ? last.At < asked : time.GetElapsedTime(last.At) >= Moment)) last = await LookAsync(cancellationToken).ConfigureAwait(false);
            return last.Members ?? throw new InvalidStateStoreException(last.Refusal!);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Which host has each partition of a subtopology, by the partition's number.</summary>
    /// <param name="members">The members of the group.</param>
    /// <param name="sources">The source topics of the subtopology and their numbers of partitions.</param>
    /// <exception cref="InvalidStateStoreException">A partition has no owner, more than one, or one without an address.</exception>
    internal static HostInfo[] Owners(IReadOnlyList<GroupMember> members, IReadOnlyCollection<(string Topic, int Partitions)> sources)
    {
        var owners = new HostInfo?[sources.Max(source => source.Partitions)];
        foreach (var (topic, partitions) in sources)
        {
            for (int number = 0; number < partitions; number++)
            {
                var partition = new TopicPartition(topic, number);
                GroupMember[] having = [.. members.Where(member => member.Partitions.Contains(partition))];
                if (having.Length != 1) throw Refused($"partition {number} of {topic} has {(having.Length == 0 ? "no owner yet" : "more than one owner")}");
                HostInfo host = MemberName.Host(having[0].ClientId) ?? throw Refused($"the owner of partition {number} of {topic}, '{having[0].ClientId}', does not say where it answers; set its {nameof(StreamConfig.ApplicationServer)}");
                if (owners[number] is { } other && other != host) throw Refused($"the partitions {number} of a task are at {other} and {host}");
                owners[number] = host;
            }
        }
        return owners!;
    }

    /// <summary>Ends the client. The turn is left to those who still wait for it.</summary>
    public void Dispose()
    {
        disposed = true;
        Interlocked.Exchange(ref admin, null)?.Dispose();
    }

    private async Task<Look> LookAsync(CancellationToken cancellationToken)
    {
        long at = time.GetTimestamp();
        try
        {
            IAdminClient client = admin ??= connect();
            // One that was made meanwhile is ended below.
            ObjectDisposedException.ThrowIf(disposed, this);
            DescribeConsumerGroupsResult result = await client.DescribeConsumerGroupsAsync([group], new DescribeConsumerGroupsOptions { RequestTimeout = Longest })
                .WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
            ConsumerGroupDescription description = result.ConsumerGroupDescriptions[0];
            return description.State == ConsumerGroupState.Stable
                ? new Look(at, [.. description.Members.Select(member => new GroupMember(member.ClientId, [.. member.Assignment.TopicPartitions]))], null)
                : new Look(at, null, $"the instances of {group} are just sharing out their partitions; ask again in a moment");
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
        catch (Exception e) when (e is KafkaException or TimeoutException or ObjectDisposedException)
        {
            Abandon();
            return new Look(at, null, $"Kafka does not say which instances of {group} have which partitions: {e.Message}; ask again in a moment");
        }
    }

    /// <summary>
    /// Ends the client with the question that it has not answered. A question that it gives up by itself, because the group's coordinator is away, ends the process with a failed
    /// assertion when that is back (librdkafka's issue 4605).
    /// </summary>
    private void Abandon()
    {
        // Not here: ending it waits for its threads.
        if (Interlocked.Exchange(ref admin, null) is { } old) _ = Task.Run(old.Dispose);
    }

    private static InvalidStateStoreException Refused(string reason) => new($"{reason}; ask again in a moment");

    private sealed record Look(long At, IReadOnlyList<GroupMember>? Members, string? Refusal);
}
