#!/usr/bin/env bash
# gofmt, go vet with and without the native parts, golangci-lint at a fixed version.
set -euo pipefail
tags=$1
version=v2.15.0
tools=build/tools
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || {
	echo "not formatted (run gofmt -w): $unformatted" >&2
	exit 1
}
go mod tidy -diff
go vet ./...
go vet -tags "$tags" ./...
if [ ! -x "$tools/golangci-lint-$version" ]; then
	echo "lint: building golangci-lint $version once (a few minutes)"
	GOBIN="$PWD/$tools" CGO_ENABLED=0 go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
	mv "$tools/golangci-lint" "$tools/golangci-lint-$version"
fi
"$tools/golangci-lint-$version" run ./...
