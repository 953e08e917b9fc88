#!/usr/bin/env bash
# make eval: scores the binary; arguments go to internal/tools/eval (-h lists them).
# Clips beside the checkout (../shared/audio/manifest.tsv) are used where they are.
set -euo pipefail
scripts/system.sh test
scripts/build-whisper.sh "$PWD/build/native" cli
args=()
[ -f ../shared/audio/manifest.tsv ] && args=(-audio ../shared/audio)
go run ./internal/tools/eval "${args[@]}" "$@"
printf '\n## The checker, on labelled sentence/evidence pairs\n\n'
go test ./minutes/check -count=1 -run 'TestTheCheckerOnLabelledPairs' -v | sed -n 's/.*: \([0-9]* faithful.*\)/- \1/p'
