#!/usr/bin/env bash
# Fetches axe-core, with which the browser tests look for faults of accessibility, into build/axe.
set -euo pipefail
version=4.14.0
cd "$(dirname "$0")/.."
[ -s build/axe/axe.min.js ] && exit 0
mkdir -p build/axe
(cd build/axe && npm pack --silent "axe-core@$version" >/dev/null && tar -xzf "axe-core-$version.tgz" --strip-components=1 package/axe.min.js package/LICENSE && rm "axe-core-$version.tgz")
