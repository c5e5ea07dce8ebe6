# The producer. Built from the root of the repository: docker build -f docker/producer.Dockerfile -t tweetstreams-producer .
#
# The same base as the processor's, for the same reasons (see there); where both run, its layers are there once.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG TARGETARCH
WORKDIR /src
COPY Directory.Build.props Directory.Packages.props global.json .editorconfig ./
COPY schemas/TweetStreams.Schemas.csproj schemas/
COPY producer/TweetStreams.Producer.csproj producer/
RUN dotnet restore producer/TweetStreams.Producer.csproj -a $TARGETARCH
COPY schemas/ schemas/
COPY producer/ producer/
RUN dotnet publish producer/TweetStreams.Producer.csproj -c Release -a $TARGETARCH --no-restore --no-self-contained -p:UseAppHost=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
WORKDIR /app
COPY --from=build /app/ ./
USER 1654:1654
ENV DOTNET_EnableDiagnostics=0
EXPOSE 4712
STOPSIGNAL SIGTERM
# It answers; whether messages come is for an alert. (The image has no curl; bash speaks enough HTTP.)
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/4712 && printf 'GET /metrics HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "tweetstreams-producer.dll"]
# The brokers are named by the environment variable KAFKA, or by --kafka. It ends with its source; the sample has no end.
CMD ["--wait-for-broker", "--metrics", "0.0.0.0:4712"]
