// Most of a run is waiting: for the group, for a second to pass. What uses the real Kafka is one collection, so it runs one after the other.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
