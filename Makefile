# bienban: `make demo` runs the main job, `make test` passes the tests; each sets
# itself up from nothing. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

BUILD  := $(CURDIR)/build
NATIVE := $(BUILD)/native
BIN    := $(CURDIR)/bin/bienban
TAGS   := whisper,portaudio
# auto: the small local language model; none: no language model; or the URL of
# any OpenAI-compatible server.
LLM    ?= auto
OUT    ?= $(CURDIR)/out/demo

# A system libwhisper (1.8 or newer) serves as well as our own build.
SYSTEM_WHISPER := $(shell pkg-config --atleast-version=1.8.0 whisper 2>/dev/null && echo yes)
ifeq ($(SYSTEM_WHISPER),yes)
export CGO_CFLAGS  := -O2 $(shell pkg-config --cflags whisper)
export CGO_LDFLAGS := $(shell pkg-config --libs whisper) -lggml -lggml-cpu -lggml-base -lstdc++ -lm -fopenmp
native: system
else
# The define tells Go's build cache of another library: it does not look into it.
export CGO_CFLAGS  := -O2 '-I$(NATIVE)/include' -DBIENBAN_NATIVE=0x$(shell sha256sum scripts/whisper.cpp.patch | cut -c1-12)
export CGO_LDFLAGS := '-L$(NATIVE)/lib' -lwhisper -lggml -lggml-cpu -lggml-base -lstdc++ -lm -fopenmp
native: system
	@scripts/build-whisper.sh "$(NATIVE)"
endif

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.PHONY: system native
system:
	@scripts/system.sh

.PHONY: build
build: native ## bin/bienban, with speech recognition and microphones
	@go build -tags $(TAGS) -ldflags "-X main.version=$(VERSION)" -o '$(BIN)' ./cmd/bienban

.PHONY: demo
demo: ## the main job: from sound to formal minutes (LLM=none: no language model)
	@scripts/demo.sh "$(LLM)" "$(OUT)"

.PHONY: models
models: build ## fetch what the tests need: Whisper base and Silero
	@'$(BIN)' models pull base silero

.PHONY: test
test: ## everything that must pass, from a clean clone
	@scripts/system.sh test
	@scripts/axe.sh
	@$(MAKE) --no-print-directory models
	go vet ./... && go build ./...
	go test -race -shuffle=on -timeout 20m -tags $(TAGS) ./...

.PHONY: lint
lint: native ## gofmt, go vet, golangci-lint (layers, comments, errors)
	@scripts/lint.sh $(TAGS)

.PHONY: eval
eval: models ## word error rates, facts, forbidden strings, per model (docs/measurements.md)
	@scripts/eval.sh $(EVAL)

.PHONY: bench
bench: models ## the transcribe process against whisper-cli and, when installed, faster-whisper
	@scripts/bench.sh $(BENCH)

.PHONY: soak
soak: models ## hours of known sound through the real processes (SOAK="-hours 8"; SOAK="-real 45m": Whisper base itself)
	@go run -tags $(TAGS) ./internal/tools/soak $(SOAK)

.PHONY: chaos
chaos: models ## kills, outages and full disks at random moments (CHAOS="-only worker,hub -seed 7"; docs/faults.md)
	@go run -tags $(TAGS) ./internal/tools/chaos $(CHAOS)

.PHONY: livebench
livebench: models ## live text: delays in percentiles, cores, word errors and the machine's load (LIVE="-clips DIR -language vi")
	@go run -tags $(TAGS) ./internal/tools/livebench $(LIVE)

.PHONY: crash
crash: ## kill -9 of serve while people edit over HTTP and browsers follow (CRASH="-moments 100 -seed 7"; docs/faults.md)
	@go run ./internal/tools/crash $(CRASH)

.PHONY: footprint
footprint: models ## memory of each process, time until ready and page sizes, with a meeting that runs (FOOTPRINT="-for 30s")
	@go run -tags $(TAGS) ./internal/tools/footprint $(FOOTPRINT)

.PHONY: clean
clean: ## remove what was built here (not the models in your cache)
	rm -rf bin build out
