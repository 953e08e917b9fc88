#!/usr/bin/env bash
# make bench: whole processes, in turn, as ratios in one run; arguments go to
# internal/tools/bench (-h lists them).
set -euo pipefail
scripts/system.sh test
scripts/build-whisper.sh "$PWD/build/native" cli
scripts/build-whisper.sh "$PWD/build/native" cli-llamafile
exec go run ./internal/tools/bench "$@"
