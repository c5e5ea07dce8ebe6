namespace TweetStreams.Producer.Subscriptions;

/// <summary>The subscriptions of all instances, as this one knows them.</summary>
internal interface ISubscriptions
{
    /// <summary>The subscriptions at this moment. Another object after each change, and the same one until then.</summary>
    SubscriptionSet Current { get; }

    /// <summary>Adds one, or replaces the one of its name, and makes its topic where it is missing; complete when every instance can see it.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="partitions">Of its topic, when it is created; null for the usual number.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>What is wrong with it, for people; null where it was added.</returns>
    /// <exception cref="BrokerUnavailableException">The topic cannot be created.</exception>
    /// <exception cref="DeliveryFailedException">Kafka did not take the subscription.</exception>
    Task<string?> AddAsync(Subscription subscription, int? partitions, CancellationToken cancellationToken);

    /// <summary>
    /// Removes one; its topic stays, unless it is to be deleted with all that is in it. That takes some seconds, until nobody writes to it any more; where the waiting
    /// is ended before, the topic stays.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BrokerUnavailableException">The topic cannot be deleted; the subscription is removed.</exception>
    /// <exception cref="DeliveryFailedException">Kafka did not take it.</exception>
    Task<bool> RemoveAsync(string name, bool deleteTopic, CancellationToken cancellationToken);

    /// <summary>What went to the subscription of this name.</summary>
    SubscriptionCount CountOf(string name);
}

/// <summary>The topics of subscriptions.</summary>
internal interface ISubscriptionTopics
{
    /// <summary>Creates a topic; nothing where there is one.</summary>
    /// <returns>Why the cluster will not have one of that name or size, for people; null where it is there.</returns>
    /// <exception cref="BrokerUnavailableException">The cluster does not answer, or does not let this user.</exception>
    Task<string?> CreateAsync(string topic, int partitions, CancellationToken cancellationToken);

    /// <summary>Deletes a topic; nothing where there is none.</summary>
    /// <exception cref="BrokerUnavailableException">The cluster does not answer, or does not let this user.</exception>
    Task DeleteAsync(string topic, CancellationToken cancellationToken);
}
