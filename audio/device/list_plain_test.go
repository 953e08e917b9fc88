//go:build !portaudio

package device_test

import (
	"errors"
	"strings"
	"testing"

	"bienban/audio/device"
)

func TestWithoutPortAudioTheErrorSaysHowToGetIt(t *testing.T) {
	got, err := device.List()
	if got != nil || !errors.Is(err, device.ErrNotBuilt) {
		t.Fatalf("%v, %v", got, err)
	}
	if msg := err.Error(); !strings.Contains(msg, "-tags portaudio") || !strings.Contains(msg, "portaudio19-dev") || strings.Contains(msg, "\n") {
		t.Errorf("message %q", msg)
	}
}
