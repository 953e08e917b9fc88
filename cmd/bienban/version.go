package main

import (
	"context"
	"fmt"
	"runtime"

	"bienban/audio/device"
	"bienban/transcribe/whisper"
)

type versionCmd struct{}

// Run prints the version and what native parts are in this binary.
func (versionCmd) Run(_ context.Context, e *env) error {
	has := func(there bool) string {
		if there {
			return "yes"
		}
		return "no (build it with `make build`)"
	}
	_, err := fmt.Fprintf(e.stdout, "bienban %s, %s %s/%s\nspeech recognition: %s\nmicrophones: %s\n",
		version, runtime.Version(), runtime.GOOS, runtime.GOARCH, has(whisper.Built), has(device.Built))
	return err
}
