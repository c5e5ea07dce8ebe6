// The engine. Topology.cs names none: with these usings it is a topology of this project's runtime, with Streamiz' a topology of Streamiz.
global using TweetStreams.Streams;
global using TweetStreams.Streams.Crosscutting;
global using TweetStreams.Streams.Processors;
global using TweetStreams.Streams.Processors.Public;
global using TweetStreams.Streams.SerDes;
global using TweetStreams.Streams.State;
global using TweetStreams.Streams.Stream;
global using TweetStreams.Streams.Table;
