package transcribe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"bienban/audio"
)

// The tests' language is written in loudness: a word is a burst whose level
// says which word it is, so that a fake engine hears the same words however
// the sound is cut into windows, and a cut through a word is noticed.

var vocabulary = []string{
	"đại", "hội", "Đảng", "bộ", "nghị", "quyết", "biểu", "cử", "báo", "cáo.",
	"council", "motion", "carried.", "second", "vote", "weir", "clerk", "mayor", "budget.", "hòa",
}

const (
	burstStep   = 0.02 // level of word k is (k+1) times this
	burstLength = 0.4  // seconds
)

// said is a word of a script.
type said struct {
	word int     // in vocabulary
	at   float64 // seconds
}

func (s said) text() string { return vocabulary[s.word] }

// burstAt is the sample at a position of a script: a square wave, silence between words.
func burstAt(script []said, next *int, pos int64) float32 {
	for *next < len(script) && pos >= toSamples(script[*next].at)+samples(burstLength) {
		*next++
	}
	if *next == len(script) || pos < toSamples(script[*next].at) {
		return 0
	}
	level := float32(script[*next].word+1) * burstStep
	if pos/40%2 == 0 {
		return -level
	}
	return level
}

// talk is a script of n words: every few words a pause, every few pauses a long one.
func talk(n int) []said {
	var out []said
	at := 0.7
	dice := uint32(1) // no phrase comes twice, or it would look like an echo
	for i := range n {
		dice = dice*1664525 + 1013904223
		out = append(out, said{int(dice>>16) % len(vocabulary), at})
		at += burstLength + 0.06
		switch {
		case i%23 == 22:
			at += 5
		case i%9 == 8:
			at += 0.8
		case i%4 == 3:
			at += 0.25
		}
	}
	return out
}

func length(script []said) float64 { return script[len(script)-1].at + burstLength + 1 }

// writeWAV writes a script as a 16-bit WAV of one channel.
func writeWAV(t testing.TB, script []said) string {
	t.Helper()
	n := samples(length(script))
	b := make([]byte, 44+2*n)
	copy(b, "RIFF....WAVEfmt ")
	le := binary.LittleEndian
	le.PutUint32(b[4:], uint32(len(b)-8))
	le.PutUint32(b[16:], 16)
	le.PutUint16(b[20:], 1)
	le.PutUint16(b[22:], 1)
	le.PutUint32(b[24:], SampleRate)
	le.PutUint32(b[28:], 2*SampleRate)
	le.PutUint16(b[32:], 2)
	le.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	le.PutUint32(b[40:], uint32(2*n))
	next := 0
	for i := range n {
		le.PutUint16(b[44+2*i:], uint16(int16(math.Round(float64(burstAt(script, &next, i))*32767))))
	}
	path := filepath.Join(t.TempDir(), "họp.wav")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// scriptSound plays a script without a file.
type scriptSound struct {
	script []said
	pos    int64
	end    int64
	next   int
}

func (s *scriptSound) Read(ctx context.Context, pcm []float32) (int, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	n := int(min(int64(len(pcm)), s.end-s.pos))
	if n == 0 {
		return 0, io.EOF
	}
	clear(pcm[:n])
	for i := 0; i < n; i++ {
		if s.next < len(s.script) && s.pos+int64(i) < toSamples(s.script[s.next].at) {
			i += int(min(int64(n-i), toSamples(s.script[s.next].at)-s.pos-int64(i))) - 1 // silence
			continue
		}
		pcm[i] = burstAt(s.script, &s.next, s.pos+int64(i))
	}
	s.pos += int64(n)
	return n, nil
}

func (s *scriptSound) Energies() []audio.ChannelEnergy { return nil }

// levelDetector calls every frame with sound speech.
type levelDetector struct{ failAt, calls int }

func (d *levelDetector) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
	if d.calls++; d.calls == d.failAt {
		return nil, errors.New("detector: process ended")
	}
	var out []float32
	for ; len(pcm) >= DetectorFrame; pcm = pcm[DetectorFrame:] {
		p := float32(0.02)
		for i := 0; i < DetectorFrame; i += 8 { // bursts are longer
			if math.Abs(float64(pcm[i])) > burstStep/2 {
				p = 0.95
				break
			}
		}
		out = append(out, p)
	}
	return out, ctx.Err()
}

func (d *levelDetector) Reset(ctx context.Context) error { return ctx.Err() }
func (d *levelDetector) Close() error                    { return nil }

// burstEngine hears the bursts of a window.
type burstEngine struct {
	calls    int
	before   func(call int, r Request) error // may fail or cancel
	after    func(call int, r Request, res Result) Result
	language string
}

func (e *burstEngine) Transcribe(ctx context.Context, r Request) (Result, error) {
	call := e.calls
	e.calls++
	if e.before != nil {
		if err := e.before(call, r); err != nil {
			return Result{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	res := Result{Language: r.Language, AvgLogProb: -0.2, NoSpeech: 0.01}
	if res.Language == "" {
		res.Language = e.language
	}
	for i := 0; i < len(r.PCM); {
		level := math.Abs(float64(r.PCM[i]))
		if level < burstStep/2 {
			i++
			continue
		}
		from := i
		for i < len(r.PCM) && math.Abs(math.Abs(float64(r.PCM[i]))-level) < burstStep/4 {
			i++
		}
		w := Word{Text: vocabulary[int(math.Round(level/burstStep))-1], P: 0.9,
			Start: float64(from) / SampleRate, End: float64(i) / SampleRate}
		if i-from < int(samples(burstLength))-1 {
			w.Text = fmt.Sprintf("<%d samples of %s>", i-from, w.Text)
		}
		res.Words = append(res.Words, w)
		if res.Text != "" {
			res.Text += " "
		}
		res.Text += w.Text
	}
	if e.after != nil {
		res = e.after(call, r, res)
	}
	return res, nil
}

func (e *burstEngine) Close() error { return nil }

// heardWords lists the words of a transcript that are not struck.
func heardWords(t *Transcript) []Word {
	var out []Word
	for _, s := range t.Segments {
		if !s.Struck {
			out = append(out, s.Words...)
		}
	}
	return out
}
