package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"bienban/audio"
)

// beep is a voice of so many seconds with hiss before and after, 50 or 20 dB under it.
func beep(before, voice, after float64) []float32 { return beepIn(0.001, before, voice, after) }

func beepIn(hiss float32, before, voice, after float64) []float32 {
	at := func(s float64) int { return int(s * audio.SpeechRate) }
	pcm := make([]float32, at(before+voice+after))
	for i := range pcm {
		pcm[i] = hiss * float32(math.Sin(float64(i)*2.9))
		if i >= at(before) && i < at(before+voice) {
			pcm[i] += 0.3 * float32(math.Sin(float64(i)/9))
		}
	}
	return pcm
}

func TestATurnEndsWithItsLastSound(t *testing.T) {
	for _, c := range []struct{ before, voice, after float64 }{{0.5, 2, 0.9}, {0, 1, 0}, {3, 0.6, 2}} {
		for _, hiss := range []float32{0.001, 0.03} {
			got := float64(lastSound(beepIn(hiss, c.before, c.voice, c.after))) / audio.SpeechRate
			if want := c.before + c.voice; math.Abs(got-want) > 0.021 {
				t.Errorf("%+v, hiss of %g: it ends at %.2f s, want %.2f", c, hiss, got, want)
			}
		}
	}
	if got := lastSound(nil); got != 0 {
		t.Errorf("of nothing: %d", got)
	}
}

func TestClipsInALanguageAreJoined(t *testing.T) {
	dir := t.TempDir()
	lines := "file\tseconds\tlanguage\tkind\tsource\tlicence\treference\n"
	for i, c := range []struct{ language, said string }{{"vi", "một"}, {"en", "one"}, {"vi", "-"}, {"vi", "hai"}} {
		name := fmt.Sprintf("%d.wav", i)
		wav(t, filepath.Join(dir, name), beep(0.2, 1, 0.8))
		lines += fmt.Sprintf("%s\t2\t%s\tx\tx\tx\t%s\n", name, c.language, c.said)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.tsv"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	j, err := join(t.Context(), dir, "vi")
	if err != nil {
		t.Fatal(err)
	}
	if j.reference != "một\nhai" || len(j.ends) != 2 || math.Abs(j.ends[0]-1.2) > 0.021 || math.Abs(j.ends[1]-4.4) > 0.021 || len(j.pcm) != audio.SpeechRate*52/10 {
		t.Errorf("%q, turns end at %v, %d samples", j.reference, j.ends, len(j.pcm))
	}
	if _, err := join(t.Context(), dir, "fr"); err == nil {
		t.Error("clips in a language that none is in")
	}
}

// wav writes 16-bit samples.
func wav(t *testing.T, path string, pcm []float32) {
	t.Helper()
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(36+2*len(pcm)))...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, audio.SpeechRate)
	b = binary.LittleEndian.AppendUint32(b, 2*audio.SpeechRate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(v*32767)))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
