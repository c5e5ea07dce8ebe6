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
# That it has not ended, no more; whether messages come is for an alert.
HEALTHCHECK --interval=30s --timeout=5s --retries=3 CMD ["bash", "-c", "kill -0 1"]
ENTRYPOINT ["dotnet", "tweetstreams-producer.dll"]
# The brokers are named by the environment variable KAFKA, or by --kafka. It ends with its source; the sample has no end.
CMD ["--wait-for-broker"]
