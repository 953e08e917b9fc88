#!/usr/bin/env bash
# make eval: scores the binary; arguments go to internal/tools/eval (-h lists them).
# Clips beside the checkout (../shared/audio/manifest.tsv) are used where they are.
set -euo pipefail
scripts/system.sh test
args=()
[ -f ../shared/audio/manifest.tsv ] && args=(-audio ../shared/audio)
exec go run ./internal/tools/eval "${args[@]}" "$@"
