// Package device lists the sound devices that a meeting can be captured from, through PortAudio.
//
// Invariant: the plain build needs no native library. PortAudio is linked only with the build tag portaudio; without it
// every call returns ErrNotBuilt, which says how to build the program with it.
//
// It does not open a device or record: that is capture's work.
package device

import "errors"

// Device is one that can record.
type Device struct {
	Index       int     // PortAudio's number, good until the program ends
	Name        string  // as the host API calls it
	HostAPI     string  // "ALSA", "JACK Audio Connection Kit", "Core Audio", …
	Channels    int     // most channels it can record at once
	DefaultRate float64 // Hz
	Default     bool    // what is used when no device is named
}

// ErrNotBuilt says that this program was built without PortAudio.
var ErrNotBuilt = errors.New("this program was built without PortAudio and cannot use sound devices; " +
	"install portaudio19-dev and build it with make build, or with go build -tags portaudio")
