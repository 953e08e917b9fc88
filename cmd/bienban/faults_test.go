package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio/record"
	"bienban/internal/capture"
)

// floats are raw samples of so many seconds at 16 kHz, of one channel, as f32le.
func floats(seconds int, at func(i int) float32) []byte {
	var b []byte
	for i := range seconds * 16000 {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(at(i)))
	}
	return b
}

// speechLike is a tone whose loudness comes and goes.
func speechLike(i int) float32 {
	return float32(0.2 * math.Sin(float64(i)*0.09) * math.Abs(math.Sin(float64(i)*0.0007)))
}

func TestBadSamplesAreCountedOrAlarmedAndTheRestIsRecorded(t *testing.T) {
	const seconds = 14
	nan := float32(math.NaN())
	for _, c := range []struct {
		name string
		at   func(i int) float32
		says string
		code int
		bad  int64
	}{
		{"NaN and infinities now and then", func(i int) float32 {
			switch {
			case i%4000 == 1:
				return nan
			case i%4000 == 2:
				return float32(math.Inf(-1))
			}
			return speechLike(i)
		}, "were not numbers and count as silence", exitReview, 2 * seconds * 4},
		{"nothing but NaN", func(int) float32 { return nan }, "were not numbers and count as silence", exitReview, seconds * 16000},
		{"one-bit noise", func(i int) float32 { return float32(1 - 2*(i/3%2)) }, "alarm: Channel 1 delivers digital noise", exitDone, 0},
		{"a DC offset", func(i int) float32 { return 0.4 + speechLike(i) }, "alarm: Channel 1 has a DC offset", exitDone, 0},
		{"a dead channel", func(int) float32 { return 0 }, "alarm: Channel 1 is dead", exitDone, 0},
		{"far beyond full scale", func(i int) float32 { return 50 * speechLike(i) }, "alarm: Channel 1 is too loud and clips", exitDone, 0},
		{"a good microphone", speechLike, "", exitDone, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			p := program(t, "capture", "capture", "--meeting", "m", "--input", "-", "--rate", "16000", "--channels", "1", "--bits", "f32", "--data", data)
			p.Stdin = bytes.NewReader(floats(seconds, c.at))
			var said bytes.Buffer
			p.Stderr = &said
			err := p.Run()
			if code := p.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit %d (%v), want %d: %s", code, err, c.code, &said)
			}
			if !strings.Contains(said.String(), c.says) || c.says == "" && strings.Contains(said.String(), "alarm") {
				t.Errorf("it says %q, want %q", &said, c.says)
			}
			rep := verified(t, filepath.Join(data, capture.Folder, "m"))
			if rep.AudioSeconds != seconds || rep.BadSamples != c.bad {
				t.Errorf("%v s, %d bad samples, want %d", rep.AudioSeconds, rep.BadSamples, c.bad)
			}
		})
	}
}

func TestAnInputWhoseRateOrChannelsChangeGoesOnBehindAMarkedGap(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, capture.Folder, "m")
	want := 0.0
	for i, f := range []struct{ rate, channels int }{{16000, 2}, {48000, 2}, {48000, 1}, {44100, 4}} {
		wav := rampWAV(t, t.TempDir(), f.rate, f.channels, 60*f.rate)
		p := program(t, "capture", "capture", "--meeting", "m", "--input", wav, "--realtime", "--data", data)
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		st := status(t, dir, func(s capture.Status) bool { return s.PID == p.Process.Pid && records(s) && s.Captured > 0.3 })
		if st.Record.Format != (record.Format{Rate: f.rate, Channels: f.channels, Bits: 16}) {
			t.Errorf("it is recorded as %+v", st.Record.Format)
		}
		if err := p.Process.Kill(); err != nil { // a mixer that is set up anew in a hurry
			t.Fatal(err)
		}
		_ = p.Wait()
		rep := verified(t, dir)
		if rep.AudioSeconds <= want {
			t.Errorf("%v s after format %d, %v before", rep.AudioSeconds, i, want)
		}
		if want = rep.AudioSeconds; i > 0 && rep.GapSeconds <= 0 {
			t.Errorf("no gap between formats %d and %d", i-1, i)
		}
	}
	rec, err := record.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if gaps := rec.Gaps(); len(gaps) != 3 {
		t.Errorf("%d gaps: %+v", len(gaps), gaps)
	}
	// The whole can be read on one time line, in the first format.
	got := recorded(t, dir)
	if frames := int64(len(got) / 4); frames != rec.End() || rec.Base() != 16000 {
		t.Errorf("%d frames, want %d at %d Hz", frames, rec.End(), rec.Base())
	}
}

func TestAFileThatBecomesAnotherFormatWithinIsRecordedUpToThere(t *testing.T) {
	data := t.TempDir()
	var joined []byte
	for _, name := range []string{"audio.flac", "mixer.flac"} { // one channel, then four
		b, err := os.ReadFile("../../internal/casefile/cases/council-demo/" + name)
		if err != nil {
			t.Fatal(err)
		}
		joined = append(joined, b...)
	}
	// A stream that does not say its length (STREAMINFO: 36 bits from byte 21 on): the file's own end decides.
	joined[21] &= 0xF0
	copy(joined[22:26], make([]byte, 4))
	p := program(t, "capture", "capture", "--meeting", "m", "--input", write(t, data, "joined.flac", joined), "--data", data)
	said, _ := p.CombinedOutput()
	if code := p.ProcessState.ExitCode(); code != exitReview || !strings.Contains(string(said), "joined.flac: damaged") {
		t.Errorf("exit %d: %s", code, said)
	}
	if rep := verified(t, filepath.Join(data, capture.Folder, "m")); rep.AudioSeconds < 125 || rep.AudioSeconds > 126 || !rep.Closed {
		t.Errorf("%+v", rep)
	}
}
