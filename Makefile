# TweetStreams. `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run produce process topic up down logs build test bench chaos fake-x format clean
SHELL := bash

# Options of the programs; what is not set is left to them.
SOURCE ?=
EXPORT ?=
SPEED ?=
RATE ?=
SEED ?=
COUNT ?=
PORT ?=
GRACE ?=
THREADS ?=
PARTITIONS ?=
FORMAT ?=
REGISTRY ?=
ARGS ?=
NAME ?= word-totals
FILE ?=
REPEATS ?=
ROUNDS ?=
ONLY ?=
PEER ?=
ENGINE ?=
JSON ?=
MICRO ?=
DURATION ?=
KILLS ?=
GUARANTEE ?=
RELEASE ?=
GROUP_PROTOCOL ?=
DEDUPE ?=
GENTLE ?=
KEEP ?=
KRAFT ?=
ALL ?=

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# A commit interval's counts live in the youngest generation; the default budget, that of a core's cache, would collect in the midst of it. It has no
# setting but this one.
export DOTNET_GCgen0size := 0x4000000
# A cluster instead of the embedded broker; the programs read it from the environment.
ifdef KAFKA
export KAFKA
endif

# The engine of run and process, and a row of bench: streamiz, or this project's own. To MSBuild a variable of that name is a property.
unexport ENGINE
ifneq ($(filter run process bench,$(MAKECMDGOALS)),)
ifneq ($(filter-out streamiz,$(ENGINE)),)
$(error ENGINE=$(ENGINE): use streamiz, or leave it out for this project's own engine)
endif
engine := $(if $(ENGINE),Streamiz/)
endif
processor := processor/bin/$(engine)Release/net10.0/tweetstreams-processor.dll
producer := producer/bin/Release/net10.0/tweetstreams-producer.dll
feed = $(if $(SOURCE),--source $(SOURCE)) $(if $(SPEED),--speed $(SPEED)) $(if $(RATE),--rate $(RATE)) $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))
count = $(if $(PORT),--port $(PORT)) $(if $(GRACE),--grace $(GRACE)) $(if $(DEDUPE),--dedupe $(DEDUPE)) $(if $(THREADS),--threads $(THREADS)) $(if $(PARTITIONS),--partitions $(PARTITIONS)) $(if $(FORMAT),--format $(FORMAT)) $(if $(REGISTRY),--registry $(REGISTRY))

faults = $(if $(SEED),--seed $(SEED)) $(if $(DURATION),--duration $(DURATION)) $(if $(KILLS),--kills $(KILLS)) $(if $(GUARANTEE),--guarantee $(GUARANTEE)) $(if $(RELEASE),--release $(RELEASE)) $(if $(GROUP_PROTOCOL),--group-protocol $(GROUP_PROTOCOL)) $(if $(DEDUPE),--dedupe $(DEDUPE)) $(if $(GENTLE),--gentle) $(if $(KEEP),--keep) $(if $(ARGS),-- $(ARGS))
measured = $(if $(ONLY),--only $(ONLY)) $(if $(FILE),--file $(FILE)) $(if $(REPEATS),--repeats $(REPEATS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(THREADS),--threads $(THREADS)) $(if $(PARTITIONS),--partitions $(PARTITIONS)) $(if $(DEDUPE),--dedupe $(DEDUPE)) $(if $(PEER),--peer $(PEER)) $(if $(ENGINE),--engine $(ENGINE)) $(if $(JSON),--json $(JSON)) $(ARGS)

compose = docker compose -f docker/compose.yaml -f docker/compose.$(if $(KRAFT),kraft,zookeeper).yaml
dockerised = command -v docker >/dev/null || { echo "docker is not on the PATH: install Docker Engine or Docker Desktop, https://docs.docker.com/get-docker/; make run needs none" >&2; exit 1; }; \
	docker compose version >/dev/null 2>&1 || { echo "docker has no compose: install its plugin, version 2.20 or newer, https://docs.docker.com/compose/install/" >&2; exit 1; }; \
	docker info >/dev/null 2>&1 || { echo "no Docker engine answers: start it, or see that you may use it (docker info says more)" >&2; exit 1; }

# On a terminal the program gets a process group of its own: Ctrl-C is then its own affair, and make sees a clean stop end with 0.
# Elsewhere a signal to make's group must reach it.
started = if [ -t 0 ] && [ -t 1 ]; then set -m; dotnet exec $(1); else exec dotnet exec $(1); fi

# Restores and builds without a word where all is well, and shows everything where it is not. What is up to date is not built again.
define built
@tests/build.sh $(1) $(2)
endef

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## everything in one process: SOURCE=file… KAFKA=host:port ENGINE=streamiz EXPORT=dir SPEED= RATE= SEED= COUNT= PORT= GRACE= DEDUPE= THREADS= PARTITIONS= FORMAT=avro REGISTRY=url ARGS=
	$(call built,processor,$(if $(engine),-p:Engine=Streamiz))
	@$(call started,$(processor) run $(feed) $(if $(EXPORT),--export $(EXPORT)) $(count) $(ARGS))

produce: ## the producer alone: KAFKA=host:port SOURCE=file… SPEED= RATE= SEED= COUNT= PARTITIONS= ARGS=
	$(call built,producer)
	@$(call started,$(producer) $(feed) $(if $(PARTITIONS),--partitions $(PARTITIONS)) $(ARGS))

process: ## the processor alone: KAFKA=host:port PORT= GRACE= DEDUPE= THREADS= PARTITIONS= FORMAT=avro REGISTRY=url ARGS=
	$(call built,processor,$(if $(engine),-p:Engine=Streamiz))
	@$(call started,$(processor) process $(count) $(ARGS))

topic: ## print a topic of the job that runs here, or of KAFKA=host:port: NAME=word-totals PORT= ARGS=--follow
	$(call built,processor)
	@$(call started,$(processor) topic $(NAME) $(if $(PORT),--port $(PORT)) $(ARGS))

up: ## Kafka, Schema Registry, Prometheus and Grafana in containers: KRAFT=1 without ZooKeeper, ALL=1 also producer and processor
	@$(dockerised)
	@$(compose) $(if $(ALL),--profile all) up --detach --wait $(if $(ALL),--build)
	@printf '%s\n' 'kafka            localhost:9092' 'schema registry  http://localhost:8081/' 'prometheus       http://localhost:9090/' 'grafana          http://localhost:3000/' $(if $(ALL),'page             http://localhost:8080/')

down: ## stop these containers; what they hold stays in its volumes
	@$(dockerised)
	@$(compose) --profile all down --remove-orphans

logs: ## what these containers say, until Ctrl-C
	@$(dockerised)
	@$(compose) --profile all logs --follow --tail 100

build: ## build everything
	$(call built,TweetStreams.sln)

test: ## build everything and run all tests; a real Kafka comes from KAFKA, ../shared/kafka or Docker
	$(call built,TweetStreams.sln)
	@tests/install-tools.sh
	@tests/run.sh

bench: ## measure, every count checked: ONLY=table, restore, recovery, latency, growth or words; FILE=recording REPEATS=5 ROUNDS=2 THREADS= PARTITIONS= DEDUPE=off PEER=java ENGINE=streamiz KAFKA=host:port JSON=file ARGS=; or MICRO=parser, stores, record or all
	$(call built,processor)
	$(if $(engine),$(call built,processor,-p:Engine=Streamiz))
	$(call built,bench)
	@exec dotnet exec bench/bin/Release/net10.0/TweetStreams.Bench.dll $(if $(MICRO),micro $(MICRO),$(measured))

chaos: ## kill, stop, freeze processors and brokers, then check every count: SEED=7 DURATION=10m or KILLS=100 GUARANTEE=exactly-once RELEASE=4.1.1 GROUP_PROTOCOL=consumer DEDUPE=off GENTLE=1 KEEP=1 KAFKA=host:port ARGS=
	$(call built,tests/Chaos)
	$(call built,producer)
	@$(call started,tests/Chaos/bin/Release/net10.0/TweetStreams.Chaos.dll $(faults))

fake-x: ## a made-up X and Jetstream on this machine, to try live sources on: PORT=4799 RATE=20 FILE=file ARGS="--token t --script flaky"
	$(call built,tests/FakeX)
	@$(call started,tests/FakeX/bin/Release/net10.0/fake-x.dll $(if $(PORT),--port $(PORT)) $(if $(RATE),--rate $(RATE)) $(if $(FILE),--file $(FILE)) $(ARGS))

format: ## see that the code is formatted as .editorconfig has it
	@dotnet format whitespace TweetStreams.sln --verify-no-changes

clean: ## remove what was built
	@find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
