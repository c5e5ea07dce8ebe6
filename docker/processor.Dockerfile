# The processor. Built from the root of the repository: docker build -f docker/processor.Dockerfile -t tweetstreams-processor .
#
# The base is Ubuntu with glibc, for which librdkafka and RocksDB are built on both amd64 and arm64. Alpine is smaller, but librdkafka comes for
# musl on amd64 only. The chiseled images have neither a shell for the health check nor one for who must look inside at night.
# 10.0-noble moves with the patches of .NET 10 and Ubuntu 24.04: build again to have them.

# The compiler runs natively; only what it writes is for the target.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /src
# The packages first: this layer lives until a dependency changes.
COPY Directory.Build.props Directory.Packages.props global.json .editorconfig ./
COPY engine/TweetStreams.props engine/
COPY schemas/TweetStreams.Schemas.csproj schemas/
COPY streams/TweetStreams.Streams.csproj streams/
COPY producer/TweetStreams.Producer.csproj producer/
COPY registry/TweetStreams.Registry.csproj registry/
COPY processor/TweetStreams.Processor.csproj processor/
RUN dotnet restore processor/TweetStreams.Processor.csproj -a $TARGETARCH
COPY schemas/ schemas/
COPY streams/ streams/
COPY producer/ producer/
COPY registry/ registry/
COPY processor/ processor/
RUN dotnet publish processor/TweetStreams.Processor.csproj -c Release -a $TARGETARCH --no-restore --no-self-contained -p:UseAppHost=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
# 1654 is the user `app` of the base image. A new volume takes the owner that its directory has here.
RUN install -d -o 1654 -g 1654 /var/lib/tweetstreams
WORKDIR /app
COPY --from=build /app/ ./
USER 1654:1654
# A commit interval's counts live in the youngest generation, as in the Makefile. No diagnostics port: the root may be read-only.
ENV DOTNET_GCgen0size=0x4000000 DOTNET_EnableDiagnostics=0
VOLUME /var/lib/tweetstreams
EXPOSE 8080
STOPSIGNAL SIGTERM
# Failed or stopped is 503. Restoring is alive. (The image has no curl; bash speaks enough HTTP.)
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "tweetstreams-processor.dll"]
# The brokers are named by the environment variable KAFKA, or by --kafka.
CMD ["process", "--listen", "0.0.0.0", "--state-dir", "/var/lib/tweetstreams"]
