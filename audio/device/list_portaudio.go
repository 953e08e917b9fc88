//go:build portaudio

package device

/*
#cgo linux LDFLAGS: -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

// ALSA and JACK write a page of complaints to stderr whenever PortAudio looks for devices that a machine does not have.
// Both let a program take these messages; they are looked up at run time, so that a PortAudio without them works too.
static void quiet_alsa(const char *file, int line, const char *function, int err, const char *fmt, ...) {}
static void quiet_jack(const char *message) {}

static void set_alsa(void (*handler)(const char *, int, const char *, int, const char *, ...)) {
	int (*set)(void (*)(const char *, int, const char *, int, const char *, ...)) = dlsym(RTLD_DEFAULT, "snd_lib_error_set_handler");
	if (set != NULL) set(handler);
}

static void set_jack(const char *name, void (*handler)(const char *)) {
	void (*set)(void (*)(const char *)) = dlsym(RTLD_DEFAULT, name);
	if (set != NULL) set(handler);
}

static void be_quiet(void) {
	set_alsa(quiet_alsa);
	set_jack("jack_set_error_function", quiet_jack);
	set_jack("jack_set_info_function", quiet_jack);
}

// be_loud gives ALSA its own handler back. JACK keeps the silent one: it has no way back to its default.
static void be_loud(void) { set_alsa(NULL); }
*/
import "C"

import (
	"errors"
	"fmt"
	"sync"

	"github.com/gordonklaus/portaudio"
)

// using guards PortAudio, which is one per process and not made for concurrent calls.
var using sync.Mutex

// quiet keeps host APIs from writing to stderr until loud.
func quiet() { C.be_quiet() }
func loud()  { C.be_loud() }

// List returns the devices that can record, in PortAudio's order. A machine without any gives an empty list and no
// error. It takes up to a second, as host APIs are asked anew.
func List() (devices []Device, err error) {
	using.Lock()
	defer using.Unlock()
	quiet()
	defer loud()
	if err := portaudio.Initialize(); err != nil {
		return nil, fmt.Errorf("start PortAudio: %w", err)
	}
	defer func() {
		if terr := portaudio.Terminate(); terr != nil && err == nil {
			devices, err = nil, fmt.Errorf("stop PortAudio: %w", terr)
		}
	}()
	all, err := portaudio.Devices()
	if err != nil {
		return nil, fmt.Errorf("list sound devices: %w", err)
	}
	first := -1
	if len(all) > 0 {
		def, err := portaudio.DefaultInputDevice()
		if err != nil && !errors.Is(err, portaudio.NoDefaultInputDevice) {
			return nil, fmt.Errorf("find the default sound device: %w", err)
		}
		if def != nil {
			first = def.Index
		}
	}
	for _, d := range all {
		if d.MaxInputChannels < 1 {
			continue // it only plays
		}
		api := ""
		if d.HostApi != nil {
			api = d.HostApi.Name
		}
		devices = append(devices, Device{Index: d.Index, Name: d.Name, HostAPI: api, Channels: d.MaxInputChannels,
			DefaultRate: d.DefaultSampleRate, Default: d.Index == first})
	}
	return devices, nil
}
