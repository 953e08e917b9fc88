#!/usr/bin/env bash
# make demo: says what it will fetch, sets up, and runs the main job.
set -euo pipefail
llm=$1 out=$2
cache=${BIENBAN_MODELS:-${XDG_CACHE_HOME:-$HOME/.cache}/bienban/models}
echo "bienban demo: sound of a meeting to formal minutes, on this machine."
echo "What it needs once, where it is not there yet (models go to $cache):"
echo "  system packages      about 150 MB, where apt may install them"
echo "  whisper.cpp          6 MB of source, a minute or two to build"
echo "  Whisper base, Silero 145 MB to fetch, 150 MB on disk"
if [ "$llm" = auto ]; then
	echo "  a language model     1.2 GB to fetch with the program that serves it, 1.3 GB on disk"
	echo "From nothing: 5 to 12 minutes on two cores; the next time under 5. LLM=none leaves the language model out."
else
	echo "From nothing: up to 5 minutes on two cores."
fi
make --no-print-directory build
bin/bienban models pull base silero
if [ "$llm" = auto ]; then
	bin/bienban models pull qwen2.5-coder-1.5b || {
		echo "The language model could not be fetched: going on without one."
		llm=none
	}
fi
code=0
bin/bienban demo --case all --llm "$llm" --out "$out" || code=$?
case $code in
0) ;;
3) echo "Something is flagged for a person, who looks at it before the minutes are signed (exit 3, as it should be)." ;;
*) exit "$code" ;;
esac
