package device_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"bienban/audio/device"
)

var hall = []device.Device{
	{Index: 0, Name: "HDA Intel PCH: ALC257 (hw:0,0)", Channels: 2, DefaultRate: 44100},
	{Index: 2, Name: "X32 USB: Audio (hw:1,0)", Channels: 32, DefaultRate: 48000},
	{Index: 3, Name: "X32 USB: Spare (hw:1,1)", Channels: 8, DefaultRate: 48000},
	{Index: 5, Name: "default", Channels: 128, DefaultRate: 44100, Default: true},
	{Index: 6, Name: "7", Channels: 1, DefaultRate: 8000},
	{Index: 7, Name: "Micrô hội trường", Channels: 1, DefaultRate: 16000},
}

func TestADeviceIsFoundByNamePartOrIndex(t *testing.T) {
	for _, c := range []struct {
		name string
		want int // index, -1 for none
		says string
	}{
		{"", 5, ""},
		{"X32 USB: Audio (hw:1,0)", 2, ""},
		{"x32 usb: audio", 2, ""},
		{"hw:0,0", 0, ""},
		{"hội trường", 7, ""},
		{"3", 3, ""},
		{"7", 6, ""}, // a name comes before an index
		{"X32", -1, "give more of its name"},
		{"4", -1, `"4"; there are 0 "HDA`},
		{"Behringer", -1, `"Behringer"`},
	} {
		got, err := device.Find(hall, c.name)
		if c.want >= 0 {
			if err != nil || got.Index != c.want {
				t.Errorf("%q: %v, %v", c.name, got, err)
			}
			continue
		}
		if !errors.Is(err, device.ErrUnknown) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, %v", c.name, got, err)
		}
	}
}

func TestAMachineWithoutDevicesOrDefaultSaysSo(t *testing.T) {
	// A whole name is the device, in whatever case, also where it is a part of another's.
	two := []device.Device{{Index: 0, Name: "Mixer 2"}, {Index: 1, Name: "Mixer"}}
	if got, err := device.Find(two, "MIXER"); err != nil || got.Index != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := device.Find(nil, ""); !errors.Is(err, device.ErrUnknown) || !strings.Contains(err.Error(), "plug one in") {
		t.Errorf("%v", err)
	}
	if _, err := device.Find(hall[:2], ""); !errors.Is(err, device.ErrUnknown) || !strings.Contains(err.Error(), "no default") {
		t.Errorf("%v", err)
	}
}

// drift feeds 20 ms blocks of a device that is ppm too fast, each up to jitter late.
func drift(ppm float64, length, jitter time.Duration) (float64, bool) {
	const rate = 48000
	d := device.Drift{Rate: rate}
	r := rand.New(rand.NewPCG(1, 2))
	for n := int64(1); ; n++ {
		at := time.Duration(float64(n*960) / rate / (1 + ppm/1e6) * float64(time.Second))
		if at > length {
			return d.PPM()
		}
		d.Add(960, at+time.Duration(r.Int64N(int64(jitter))))
	}
}

func TestDriftIsMeasuredThroughABusyMachinesDelays(t *testing.T) {
	for _, ppm := range []float64{-150, 0, 20, 150, 900} {
		got, known := drift(ppm, 10*time.Minute, 30*time.Millisecond)
		if !known || math.Abs(got-ppm) > 5 {
			t.Errorf("%v ppm are measured as %v (%v)", ppm, got, known)
		}
	}
}

func TestDriftIsNotKnownTooEarly(t *testing.T) {
	if got, known := drift(100, 50*time.Second, time.Millisecond); known {
		t.Errorf("%v after 50 s", got)
	}
}

func TestADeviceThatKeepsNoTimeHasNoDrift(t *testing.T) {
	if got, known := drift(2e6, 3*time.Minute, time.Millisecond); known {
		t.Errorf("%v", got)
	}
}
