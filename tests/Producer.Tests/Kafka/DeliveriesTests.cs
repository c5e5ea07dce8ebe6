using Confluent.Kafka;
using TweetStreams.Producer.Kafka;

namespace TweetStreams.Producer.Tests.Kafka;

public sealed class DeliveriesTests
{
    private static readonly DeliveryReport<byte[]?, byte[]> Taken = new() { Error = new Error(ErrorCode.NoError) };
    private static readonly DeliveryReport<byte[]?, byte[]> Refused = new() { Error = new Error(ErrorCode.Local_MsgTimedOut) };

    private readonly FeedCounters counters = new();
    private readonly Deliveries deliveries;

    public DeliveriesTests() => deliveries = new Deliveries("topic", counters);

    private Action<DeliveryReport<byte[]?, byte[]>> HandOver()
    {
        deliveries.HandedOver();
        return deliveries.Reported;
    }

    [Fact]
    public void An_epoch_is_done_when_all_its_messages_are_acknowledged_in_whatever_order()
    {
        Action<DeliveryReport<byte[]?, byte[]>>[] first = [HandOver(), HandOver()];
        Deliveries.Epoch one = deliveries.CloseEpoch();
        Action<DeliveryReport<byte[]?, byte[]>>[] second = [HandOver(), HandOver()];
        Deliveries.Epoch two = deliveries.CloseEpoch();

        // As many acknowledgements as the first has messages, and not its own.
        second[0](Taken);
        second[1](Taken);
        Assert.Equal((2, false, false), (counters.Delivered, one.Done, two.Done));
        first[1](Taken);
        Assert.False(one.Done);
        first[0](Taken);
        Assert.Equal((true, true, 0), (one.Done, two.Done, deliveries.Outstanding));
    }

    [Fact]
    public void An_epoch_that_is_not_closed_is_not_done()
    {
        Deliveries.Epoch none = deliveries.CloseEpoch();
        HandOver()(Taken);

        Assert.True(none.Done);
        Deliveries.Epoch one = deliveries.CloseEpoch();
        Assert.True(one.Done);
    }

    [Fact]
    public void An_empty_epoch_waits_for_those_before()
    {
        Action<DeliveryReport<byte[]?, byte[]>> first = HandOver();
        deliveries.CloseEpoch();
        Deliveries.Epoch empty = deliveries.CloseEpoch();

        Assert.False(empty.Done);
        first(Taken);
        Assert.True(empty.Done);
    }

    [Fact]
    public void A_message_that_is_not_delivered_leaves_its_epoch_and_all_after_it_undone()
    {
        Deliveries.Epoch before = deliveries.CloseEpoch();
        HandOver()(Refused);
        Deliveries.Epoch failed = deliveries.CloseEpoch();
        HandOver()(Taken);
        Deliveries.Epoch after = deliveries.CloseEpoch();

        Assert.Equal((true, false, false), (before.Done, failed.Done, after.Done));
        Assert.True(deliveries.Failed.IsCancellationRequested);
        Assert.Throws<DeliveryFailedException>(deliveries.ThrowIfFailed);
        Assert.Equal((0, 1), (deliveries.Outstanding, counters.Delivered));
    }

    [Fact]
    public void A_message_that_the_client_did_not_take_is_not_waited_for()
    {
        HandOver()(Taken);
        HandOver();
        deliveries.TakenBack();

        Assert.True(deliveries.CloseEpoch().Done);
        Assert.Equal(0, deliveries.Outstanding);
    }

    [Fact]
    public void A_large_message_belongs_to_the_epoch_in_which_it_was_handed_over()
    {
        deliveries.HandedOver();
        Action<DeliveryReport<byte[]?, byte[]>> large = deliveries.ReportedWithSize(2_000_000);
        Deliveries.Epoch one = deliveries.CloseEpoch();
        HandOver()(Taken);
        Assert.False(one.Done);
        large(Taken);

        Assert.True(one.Done);
    }

    [Fact]
    public async Task Waiting_ends_when_enough_is_reported_whichever_way()
    {
        Action<DeliveryReport<byte[]?, byte[]>>[] messages = [HandOver(), HandOver(), HandOver()];
        Task waiting = deliveries.WhenOutstandingAsync(1);
        messages[2](Taken);
        Assert.False(waiting.IsCompleted);
        messages[0](Taken);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Task failing = deliveries.WhenOutstandingAsync(0);
        Assert.False(failing.IsCompleted);
        messages[1](Refused);
        await failing.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Ten_thousand_epochs_are_asked_about_one_after_the_other()
    {
        var epochs = new List<Deliveries.Epoch>();
        Action<DeliveryReport<byte[]?, byte[]>> first = HandOver();
        for (int i = 0; i < 10_000; i++)
            epochs.Add(deliveries.CloseEpoch());
        Assert.False(epochs[0].Done);
        first(Taken);

        Assert.All(epochs, epoch => Assert.True(epoch.Done));
    }
}
