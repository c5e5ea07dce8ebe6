namespace TweetStreams.EndToEnd.Tests;

/// <summary>Tests that not every machine can run.</summary>
internal static class Skipping
{
    extension(Repository)
    {
        /// <summary>A file of the material beside the checkout, which not every machine has: the test that asks for it is skipped there.</summary>
        public static string Shared(params string[] path) =>
            Repository.SharedIfThere(path) ?? throw Repository.Skipped($"../shared/{string.Join('/', path)} is not on this machine");

        /// <summary>Ends the test as skipped.</summary>
        public static Exception Skipped(string reason)
        {
            Assert.Skip(reason);
            return new InvalidOperationException(reason);
        }
    }
}
