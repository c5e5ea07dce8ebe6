using TweetStreams.Page.Tests;

// One browser for all; each test has a window of its own in it, which shares nothing with the others.
[assembly: AssemblyFixture(typeof(Browser))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
