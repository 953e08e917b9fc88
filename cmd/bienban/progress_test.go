package main

import (
	"bytes"
	"testing"

	"bienban/transcribe"
)

func TestProgressOfASoundWhoseLengthIsNotKnownSaysHowFarItIs(t *testing.T) {
	for total, want := range map[float64]string{0: "transcribe: 0:20\n", 40: "transcribe: 0:20 of 0:40\n"} {
		var said bytes.Buffer
		(&env{stderr: &said}).progress("transcribe").transcribed(transcribe.Progress{Done: 20, Total: total})
		if said.String() != want {
			t.Errorf("%q, want %q", &said, want)
		}
	}
}
