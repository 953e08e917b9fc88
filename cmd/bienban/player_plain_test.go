//go:build !portaudio && linux

package main

import (
	"os"
	"testing"
)

// player puts an aplay on PATH that writes what it is given, and plays for long: without PortAudio, that is what plays. It gives the
// environment in which it is there.
func player(t *testing.T, file string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/aplay", []byte("#!/bin/sh\ncat >'"+file+"'\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{"PATH=" + dir + ":" + os.Getenv("PATH")}
}

// heardAgain checks that there was sound in it.
func heardAgain(t *testing.T, file string) {
	t.Helper()
	if b, err := os.ReadFile(file); err != nil || len(b) < 16000 {
		t.Errorf("%d bytes were played: %v", len(b), err)
	}
}
