//go:build !linux && !darwin

package durable

import (
	"errors"
	"os"
)

// noWait: pipes are no names in folders here.
const noWait = 0

// syncDir does nothing: these systems have no way to sync a folder.
func syncDir(*os.File) error { return nil }

func free(string) (int64, error) { return -1, nil }

func lockFile(*os.File, bool) error {
	return errors.New("recording needs file locks, which this build lacks here: record on Linux or macOS")
}
