// A server that behaves as X's and Jetstream's do, and as badly as it is told to.
using System.Globalization;
using System.Runtime.InteropServices;
using TweetStreams.FakeX;

var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["port"] = "4799", ["rate"] = "20", ["script"] = "steady" };
for (int i = 0; i < args.Length; i += 2)
{
    string name = args[i].TrimStart('-');
    if (name is not ("port" or "file" or "rate" or "token" or "script") || i + 1 == args.Length) return Usage(args[i] is "--help" or "-h" ? null : $"{args[i]}: no such option, or one without a value");
    settings[name] = args[i + 1];
}
if (!int.TryParse(settings["port"], CultureInfo.InvariantCulture, out int port) || port is < 0 or > 65535) return Usage($"--port {settings["port"]}: a number from 0 to 65535");
if (!double.TryParse(settings["rate"], CultureInfo.InvariantCulture, out double rate) || !(rate > 0)) return Usage($"--rate {settings["rate"]}: messages a second, more than 0");
if (!Scripts.All.TryGetValue(settings["script"], out (string What, Action<Script> Write) script)) return Usage($"--script {settings["script"]}: no such script");
string? file = settings.GetValueOrDefault("file");
if (file is not null && !File.Exists(file)) return Usage($"--file {file}: no such file");

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});
var jetstream = new FakeJetstreamState();
FakeXServer started;
try
{
    started = await FakeXServer.StartAsync(new FakeXOptions { Port = port, Token = settings.GetValueOrDefault("token"), Routes = [app => FakeJetstream.Map(app, jetstream)] });
}
catch (IOException taken)
{
    return Usage($"--port {port}: {taken.Message}");
}
await using FakeXServer fake = started;
script.Write(fake.Script);
Console.WriteLine($"""
    A fake X at {fake.Address}, script {settings["script"]}: it {script.What}.
      curl -N {fake.Address}2/tweets/search/stream
      curl {fake.Address}2/tweets/search/stream/rules
    To feed it into a run, in another terminal:
      X_API={fake.Address.ToString().TrimEnd('/')} X_BEARER_TOKEN={settings.GetValueOrDefault("token") ?? "any"} make run SOURCE=x:filtered ARGS="--rule x:coffee"
      make run SOURCE=jetstream ARGS="--jetstream ws://{fake.Address.Authority}/subscribe"
    Ctrl-C ends it.
    """);
try
{
    var texts = new Random(2);
    using var pulse = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
    foreach (byte[] message in file is null ? MadeUpMessages.All(TimeProvider.System) : Repeated(file))
    {
        await pulse.WaitForNextTickAsync(stop.Token);
        fake.Publish(message);
        long micros = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        jetstream.Events.Post($"did:plc:nobody{micros % 100}", micros.ToString(CultureInfo.InvariantCulture), MadeUpMessages.Text(texts), micros);
    }
    return 0;
}
catch (OperationCanceledException)
{
    return 0;
}

static IEnumerable<byte[]> Repeated(string file)
{
    while (true)
    {
        bool any = false;
        foreach (string line in File.ReadLines(file))
        {
            if (line.Trim().Length == 0) continue;
            any = true;
            yield return System.Text.Encoding.UTF8.GetBytes(line);
        }
        if (!any) yield break;
    }
}

static int Usage(string? wrong)
{
    if (wrong is not null) Console.Error.WriteLine(wrong);
    (wrong is null ? Console.Out : Console.Error).WriteLine($"""
        fake-x [--port 4799] [--file FILE] [--rate 20] [--token TOKEN] [--script NAME]
          FILE holds one message a line and is sent again and again; without it, messages are made up. TOKEN is the bearer token that is wanted; without it, any.
        {string.Join(Environment.NewLine, Scripts.All.Select(script => $"  {script.Key,-13} {script.Value.What}"))}
        """);
    return wrong is null ? 0 : 64;
}
