package device

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Device is one that can record.
type Device struct {
	Index       int     // PortAudio's number, good until the program ends
	Name        string  // as the host API calls it
	HostAPI     string  // "ALSA", "JACK Audio Connection Kit", "Core Audio", …
	Channels    int     // most channels it can record at once
	DefaultRate float64 // Hz
	Default     bool    // what is used when no device is named
}

// Errors that a caller acts on.
var (
	// ErrNotBuilt says that this program was built without PortAudio.
	ErrNotBuilt = errors.New("this program was built without PortAudio and cannot use sound devices; " +
		"install portaudio19-dev and build it with make build, or with go build -tags portaudio")
	// ErrUnknown says that no device has the name or index asked for. It may be unplugged.
	ErrUnknown = errors.New("no such sound device")
	// ErrGone says that a device stopped delivering.
	ErrGone = errors.New("the sound device is gone")
)

// Want says what to open. Zero values leave the choice to the device.
type Want struct {
	Device   string // its name, a part of it that no other has, or its index; "" for the system's default
	Rate     int    // Hz
	Channels int
	Bits     int // 16 or 24, default 16
}

// maxChannels is audio.MaxChannels; this package stands beside audio and does not need the rest of it.
const maxChannels = 32

// virtual is how many channels a device announces that takes any number (ALSA's plug and pulse): such a one is asked for
// two unless more are wanted.
const virtual = 32

// Find picks a device of a list by what a person wrote.
func Find(list []Device, name string) (Device, error) {
	var part, folded []Device
	for _, d := range list {
		switch {
		case name == "" && d.Default, name != "" && d.Name == name:
			return d, nil
		case name != "" && strings.Contains(strings.ToLower(d.Name), strings.ToLower(name)):
			part = append(part, d)
			if strings.EqualFold(d.Name, name) {
				folded = append(folded, d)
			}
		}
	}
	if len(folded) == 1 {
		return folded[0], nil
	}
	if n, err := strconv.Atoi(name); err == nil {
		for _, d := range list {
			if d.Index == n {
				return d, nil
			}
		}
	} else if len(part) == 1 {
		return part[0], nil
	} else if len(part) > 1 {
		return Device{}, fmt.Errorf("%w: %q may be %s: give more of its name, or its index", ErrUnknown, name, names(part))
	}
	switch {
	case len(list) == 0:
		return Device{}, fmt.Errorf("%w: this machine has no microphone or mixer: plug one in", ErrUnknown)
	case name == "":
		return Device{}, fmt.Errorf("%w: the system has no default: name one of %s", ErrUnknown, names(list))
	}
	return Device{}, fmt.Errorf("%w: %q; there are %s", ErrUnknown, name, names(list))
}

// shown is how many devices an error names.
const shown = 8

func names(list []Device) string {
	var all []string
	for i, d := range list {
		if i == shown {
			all = append(all, "…")
			break
		}
		all = append(all, fmt.Sprintf("%d %q", d.Index, d.Name))
	}
	return strings.Join(all, ", ")
}

// rates that are tried when a device does not have the one wanted: what mixers and telephones have.
var rates = []int{48000, 44100, 32000, 16000, 96000}

// attempt is one way to open a device.
type attempt struct{ rate, channels, bits int }

// attempts lists how a device is tried, the best first.
func attempts(d Device, w Want) []attempt {
	var all []attempt
	seen := map[attempt]bool{}
	chans := []int{w.Channels}
	if w.Channels == 0 {
		chans = []int{min(d.Channels, maxChannels), 2, 1}
		if d.Channels >= virtual {
			chans = []int{2, 1}
		}
	}
	bits := []int{16, 24}
	if w.Bits == 24 {
		bits = []int{24, 16}
	}
	for _, rate := range append([]int{w.Rate, int(d.DefaultRate)}, rates...) {
		for _, ch := range chans {
			for _, b := range bits {
				a := attempt{rate, ch, b}
				if rate > 0 && ch > 0 && ch <= d.Channels && !seen[a] {
					seen[a] = true
					all = append(all, a)
				}
			}
		}
	}
	return all
}
