package capture

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio"
)

// wav writes a file of two channels at 8 kHz in which each frame tells its number.
func wav(t *testing.T, path string, frames int) {
	t.Helper()
	const rate, channels, bytes = 8000, 2, 2
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(36+frames*channels*bytes))
	b = append(b, "WAVEfmt "...)
	for _, v := range []any{uint32(16), uint16(1), uint16(channels), uint32(rate), uint32(rate * channels * bytes), uint16(channels * bytes), uint16(8 * bytes)} {
		b, _ = binary.Append(b, binary.LittleEndian, v) // of fixed size
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), uint32(frames*channels*bytes))
	for _, s := range ramp(1, frames, channels) {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(s*(1<<15))))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatIsRepeatedHasItsSoundInWholeRoundsWithPausesBetween(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hall.wav")
	const round, pause = 8000, 40000 // a second, five seconds
	wav(t, path, round)
	for _, c := range []struct {
		name   string
		length time.Duration
		rounds int
	}{{"no time", 0, 1}, {"less than the file", time.Millisecond, 1}, {"as long as the file", time.Second, 1},
		{"a moment longer", 1001 * time.Millisecond, 2}, {"within the second pause", 9 * time.Second, 3}} {
		h := start(t, Config{Source: Repeated(path, false, c.length)})
		res := h.wait()
		var want []float32
		for i := range c.rounds {
			if i > 0 {
				want = append(want, make([]float32, 2*pause)...)
			}
			want = append(want, ramp(1, round, 2)...)
		}
		if got := all(t, h.dir); !slices.Equal(got, want) || h.err != nil || res.Damage != nil {
			t.Errorf("%s: %d frames, want %d rounds (%d): %v %v", c.name, len(got)/2, c.rounds, len(want)/2, h.err, res.Damage)
		}
		verified(t, h.dir)
	}
}

func TestARepeatedFileIsPlayedAtThePaceOfAHall(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hall.wav")
	wav(t, path, 8000)
	synctest.Test(t, func(t *testing.T) {
		in, err := Repeated(path, true, 8*time.Second).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		began, frames := time.Now(), 0
		for buf := make([]float32, 2*160); ; {
			n, _, err := in.Read(t.Context(), buf)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			frames += n
			if heard, passed := time.Duration(frames)*time.Second/8000, time.Since(began); passed != heard {
				t.Fatalf("%v of sound after %v", heard, passed)
			}
		}
		if frames != 3*8000+2*40000 {
			t.Errorf("%d frames", frames)
		}
	})
}

// What lies under the file's name when a round ends is looked at anew.
func TestARepeatedFileThatIsGoneOrAnotherOneEndsAfterItsRound(t *testing.T) {
	t.Parallel()
	instead := func(path string, b []byte) error { // the open file stays what it is
		if err := os.WriteFile(path+".new", b, 0o600); err != nil {
			return err
		}
		return os.Rename(path+".new", path)
	}
	for name, c := range map[string]struct {
		happens func(path string) error
		is      func(err error) bool
	}{
		"gone": {os.Remove, func(err error) bool { return errors.Is(err, os.ErrNotExist) }},
		"no sound": {func(path string) error { return instead(path, []byte("no sound at all, just text\n")) },
			func(err error) bool { var bad *audio.FormatError; return errors.As(err, &bad) }},
		"another format": {func(path string) error {
			b, err := os.ReadFile("../casefile/cases/council-demo/audio.flac")
			if err != nil {
				return err
			}
			return instead(path, b)
		}, func(err error) bool { var damage *audio.DamageError; return errors.As(err, &damage) }},
	} {
		path := filepath.Join(t.TempDir(), "hall.wav")
		wav(t, path, 8000)
		in, err := Repeated(path, false, time.Hour).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		frames, buf := 0, make([]float32, 2*800)
		for err == nil {
			var n int
			n, _, err = in.Read(t.Context(), buf)
			if frames += n; frames == 4000 {
				if err := c.happens(path); err != nil {
					t.Fatal(err)
				}
			}
		}
		if frames != 8000 || !c.is(err) {
			t.Errorf("%s: %d frames, %v", name, frames, err)
		}
		if err := in.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
