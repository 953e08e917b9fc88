//go:build portaudio && linux

package device_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio/device"
)

// want is what a child is to read: Open's wish and how many frames.
type want struct {
	device.Want
	Frames int
}

// readChild opens a device, once more where that can be tested, and prints the format and what the last stream delivered as little-endian integers.
func readChild(what string) error {
	var w want
	if err := json.Unmarshal([]byte(what), &w); err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	for pass := range passes {
		s, err := device.Open(w.Want)
		if err != nil {
			return err
		}
		ch := s.Channels()
		if pass == passes-1 {
			fmt.Fprintf(out, "%s %d %d %d\n", s.Name(), s.Rate(), ch, s.Bits())
		}
		buf := make([]float32, 333*ch+ch-1) // no whole number of blocks, nor of frames
		for done := 0; done < w.Frames; {
			n, lost, err := s.Read(context.Background(), buf)
			if err != nil {
				return err
			}
			if lost > 0 {
				return fmt.Errorf("%d frames were lost", lost)
			}
			for _, v := range buf[:n*ch] {
				if pass == passes-1 {
					_, _ = out.Write(binary.LittleEndian.AppendUint32(nil, uint32(int32(v*(1<<23)))))
				}
			}
			done += n
		}
		if err := s.Close(); err != nil {
			return err
		}
		if err := s.Close(); err != nil { // twice does nothing
			return err
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for {
			if _, _, err := s.Read(ctx, buf); errors.Is(err, context.Canceled) || errors.Is(err, device.ErrGone) {
				break
			} else if err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// player is an ALSA device of the file plugin over null, which plays raw samples as if it were a mixer.
func player(t *testing.T, raw []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hall.raw")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return `
pcm.nothing { type null }
pcm.hall_mixer { type file slave.pcm "nothing" file "/dev/null" infile "` + path + `" format "raw" }
`
}

func TestADeviceIsReadSampleExact(t *testing.T) {
	for _, c := range []struct {
		name                 string
		rate, channels, bits int
	}{
		{"mono at 16 kHz", 16000, 1, 16},
		{"four channels at 44.1 kHz", 44100, 4, 16},
		{"a 32-channel mixer at 48 kHz", 48000, 32, 16},
		{"stereo at 96 kHz", 96000, 2, 16},
		{"24 bits at 48 kHz", 48000, 2, 24},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			frames := c.rate / 2
			r := rand.New(rand.NewPCG(7, 8))
			var raw []byte
			var want []int32 // of 24 bits
			for range 4 * frames * c.channels {
				v := int32(r.Uint32())
				if c.bits == 16 {
					raw = binary.LittleEndian.AppendUint16(raw, uint16(v>>16))
					want = append(want, v>>16<<8)
				} else {
					raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
					want = append(want, v>>8)
				}
			}
			b, err := json.Marshal(map[string]any{"Device": "hall_mixer", "Rate": c.rate, "Channels": c.channels, "Bits": c.bits, "Frames": frames})
			if err != nil {
				t.Fatal(err)
			}
			stdout, stderr, err := child(t, player(t, raw), string(b))
			if err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			head, body, _ := strings.Cut(string(stdout), "\n")
			if got := fmt.Sprintf("hall_mixer %d %d %d", c.rate, c.channels, c.bits); head != got {
				t.Fatalf("opened %q, not %q", head, got)
			}
			if len(body) < 4*frames*c.channels {
				t.Fatalf("%d bytes", len(body))
			}
			for i := range frames * c.channels {
				if got := int32(binary.LittleEndian.Uint32([]byte(body[4*i : 4*i+4]))); got != want[i] {
					t.Fatalf("sample %d is %d, not %d", i, got, want[i])
				}
			}
		})
	}
}

func TestAnUnknownDeviceIsNamedWithThoseThatThereAre(t *testing.T) {
	_, stderr, err := child(t, player(t, make([]byte, 96000)), `{"Device": "mixer nobody has", "Frames": 1}`)
	if s := string(stderr); err == nil || !strings.Contains(s, "mixer nobody has") || !strings.Contains(s, "hall_mixer") || strings.Contains(s, "\n") {
		t.Errorf("%v: %q", err, stderr)
	}
}

// played is a ramp of a second and a half at 16 kHz, in which each sample is another one.
func played() []int16 {
	pcm := make([]int16, 24000)
	for i := range pcm {
		pcm[i] = int16(i + 1)
	}
	return pcm
}

func playChild() error { return device.Play(context.Background(), 16000, played()) }

func TestWhatIsPlayedReachesTheOutputWhole(t *testing.T) {
	// ALSA's file plugin over null writes what is played; the loudspeaker is two channels at 48 kHz.
	heard := filepath.Join(t.TempDir(), "heard.raw")
	_, stderr, err := child(t, `
pcm.!default { type plug slave { pcm "loudspeaker" rate 48000 channels 2 format S16_LE } }
pcm.nothing { type null }
pcm.loudspeaker { type file slave.pcm "nothing" file "`+heard+`" format "raw" }
`, "play")
	if err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	b, err := os.ReadFile(heard)
	if err != nil {
		t.Fatal(err)
	}
	// The ramp goes up to 24000 in both channels; how ALSA gets from 16 to 48 kHz is its own matter.
	peak, last, frames := int16(0), int16(0), len(b)/4
	for i := range frames {
		left, right := int16(binary.LittleEndian.Uint16(b[4*i:])), int16(binary.LittleEndian.Uint16(b[4*i+2:]))
		if left != right || left < last && left != 0 {
			t.Fatalf("frame %d: %d and %d after %d", i, left, right, last)
		}
		peak, last = max(peak, left), left
	}
	if frames < 3*24000 || peak < 23900 {
		t.Errorf("%d frames up to %d", frames, peak)
	}
}

func TestAMachineWithoutAnOutputSaysSo(t *testing.T) {
	_, stderr, err := child(t, `pcm.!default { type hw card 99 }`, "play")
	if err == nil || !strings.Contains(string(stderr), device.ErrNoOutput.Error()) {
		t.Errorf("%v: %q", err, stderr)
	}
}
