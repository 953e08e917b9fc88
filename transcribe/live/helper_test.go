package live

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"bienban/audio"
	"bienban/transcribe"
)

// The tests' language is written in loudness: a word is a burst whose level
// says which word it is, so that a fake engine hears the same words however
// the sound is cut, and a cut through a word shows.

var vocabulary = []string{
	"đại", "hội", "Đảng", "bộ", "nghị", "quyết", "biểu", "cử", "báo", "cáo.",
	"council", "motion", "carried.", "second", "vote", "weir", "clerk", "mayor", "budget.", "hòa",
}

const (
	burstStep = 0.02          // level of word k is (k+1) times this
	burst     = rate * 4 / 10 // samples of a word
	between   = rate * 6 / 100
)

// said is a word of a script: where it begins and who says it.
type said struct {
	word, mic int
	at        int64
}

// talk is a script of words with the pause in seconds after each given by
// pause, cut to one that stays the same for the same n.
func talk(n int, pause func(i int) float64) []said {
	var out []said
	at, dice, mic := int64(rate*7/10), uint32(1), 0
	for i := range n {
		dice = dice*1664525 + 1013904223 // no phrase comes twice, or it would look like a loop
		out = append(out, said{int(dice>>16) % len(vocabulary), mic, at})
		p := pause(i)
		at += burst + between + int64(p*rate)
		if p >= 0.5 {
			mic = (mic + 1) % 2
		}
	}
	return out
}

// usual pauses: breaths, sentences, and long silences.
func usual(i int) float64 {
	switch {
	case i%41 == 40:
		return 23
	case i%9 == 8:
		return 0.8
	case i%4 == 3:
		return 0.25
	}
	return 0
}

func unbroken(int) float64 { return 0 }

// render plays a script: its sound and the energies of two microphones.
func render(script []said) Chunk {
	end := script[len(script)-1].at + burst + rate
	k := Chunk{PCM: make([]float32, end)}
	for _, w := range script {
		for i := range int64(burst) {
			v := float32(w.word+1) * burstStep
			if (i/40)%2 == 0 {
				v = -v
			}
			k.PCM[w.at+i] = v
		}
	}
	next := 0
	for at := int64(0); at < end; at += audio.EnergyHop {
		for next < len(script) && script[next].at+burst <= at {
			next++
		}
		row := audio.ChannelEnergy{Start: at, RMS: []float32{1e-4, 1e-4}}
		if next < len(script) && at >= script[next].at {
			row.RMS[script[next].mic] = 0.1
			row.RMS[1-script[next].mic] = 0.01
		}
		k.Rows = append(k.Rows, row)
	}
	return k
}

func words(script []said) string {
	var out []string
	for _, s := range script {
		out = append(out, vocabulary[s.word])
	}
	return strings.Join(out, " ")
}

// part is a chunk's sound and rows from from to to.
func (k Chunk) part(from, to int64) Chunk {
	p := Chunk{From: from, PCM: k.PCM[from-k.From : to-k.From]}
	for _, r := range k.Rows {
		if r.Start >= from && r.Start < to {
			p.Rows = append(p.Rows, r)
		}
	}
	return p
}

// ears call every frame with sound speech. Their first word on a new stream is
// unsure, so that a restart at another place shows.
type ears struct {
	calls, frames int
	fail          func(call int) error
}

func (d *ears) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
	d.calls++
	if d.fail != nil {
		if err := d.fail(d.calls); err != nil {
			return nil, err
		}
	}
	var out []float32
	for ; len(pcm) >= transcribe.DetectorFrame; pcm = pcm[transcribe.DetectorFrame:] {
		p := float32(0.02)
		for i := 0; i < transcribe.DetectorFrame; i += 8 {
			if math.Abs(float64(pcm[i])) > burstStep/2 {
				p = 0.95 - 0.3/float32(1+d.frames)
				break
			}
		}
		d.frames++
		out = append(out, p)
	}
	return out, ctx.Err()
}

func (d *ears) Reset(ctx context.Context) error { d.frames = 0; return ctx.Err() }
func (d *ears) Close() error                    { return nil }

// hearer hears the bursts of a window.
type hearer struct {
	calls  int
	before func(call int, r transcribe.Request) error
	after  func(call int, r transcribe.Request, res transcribe.Result) transcribe.Result
}

func (e *hearer) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	e.calls++
	if e.before != nil {
		if err := e.before(e.calls, r); err != nil {
			return transcribe.Result{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return transcribe.Result{}, err
	}
	res := transcribe.Result{Language: "vi", AvgLogProb: -0.2, NoSpeech: 0.01}
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
		w := transcribe.Word{Text: vocabulary[int(math.Round(level/burstStep))-1], P: 0.9,
			Start: float64(from) / rate, End: float64(i) / rate}
		if i-from < burst {
			w.Text = fmt.Sprintf("<%d samples of %s>", i-from, w.Text)
		}
		res.Words = append(res.Words, w)
	}
	var text []string
	for _, w := range res.Words {
		text = append(text, w.Text)
	}
	res.Text, res.Tokens = strings.Join(text, " "), 2*len(text)
	if e.after != nil {
		res = e.after(e.calls, r, res)
	}
	return res, nil
}

func (e *hearer) Close() error { return nil }

// feedAll feeds a chunk in pieces of size, and flushes.
func feedAll(t testing.TB, c *Committer, k Chunk, size int64) {
	t.Helper()
	end := k.From + int64(len(k.PCM))
	for at := k.From; at < end; at += size {
		if err := c.Feed(t.Context(), k.part(at, min(at+size, end)), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// listenTo runs a committer over a chunk and gives its events.
func listenTo(t testing.TB, eng transcribe.Engine, det transcribe.Detector, o Options, k Chunk, size int64) []Event {
	t.Helper()
	var out []Event
	feedAll(t, New(eng, det, o, func(e Event) error { out = append(out, e); return nil }), k, size)
	return out
}

func committed(events []Event) []Event {
	var out []Event
	for _, e := range events {
		if e.Type == Committed {
			out = append(out, e)
		}
	}
	return out
}

func textsOf(events []Event) string {
	var out []string
	for _, e := range committed(events) {
		if e.Text != "" {
			out = append(out, e.Text)
		}
	}
	return strings.Join(out, " ")
}

func segmentsOf(events []Event) []transcribe.Segment {
	var out []transcribe.Segment
	for _, e := range committed(events) {
		out = append(out, e.Segments...)
	}
	return out
}

// sound checks what holds for the events of any stream from from to end.
func sound(t interface {
	Helper()
	Fatalf(string, ...any)
}, events []Event, from, end int64) {
	t.Helper()
	at, lastEnd := from, float64(from)/rate
	for i, e := range events {
		if e.FromSample != at {
			t.Fatalf("event %d (%s) begins at %d, the last commit ended at %d", i, e.Type, e.FromSample, at)
		}
		if e.ToSample <= e.FromSample || e.ToSample > end {
			t.Fatalf("event %d (%s) runs from %d to %d, the sound ends at %d", i, e.Type, e.FromSample, e.ToSample, end)
		}
		segEnd := lastEnd
		for _, s := range e.Segments {
			if s.Start < segEnd-1e-9 || s.End < s.Start || s.End > float64(e.ToSample)/rate+1e-9 {
				t.Fatalf("event %d (%s, %d to %d): segment %q from %g to %g, the one before ended at %g", i, e.Type, e.FromSample, e.ToSample, s.Text, s.Start, s.End, segEnd)
			}
			segEnd = s.End
		}
		if n := len(strings.Fields(e.Text)); e.Stable > n {
			t.Fatalf("event %d: %d of %d words are stable", i, e.Stable, n)
		}
		if e.Type == Provisional {
			continue
		}
		cover := at
		for _, c := range e.Coverage {
			if c.From != cover || c.To <= c.From || c.Kind == "" {
				t.Fatalf("event %d: ledger %v does not cover %d to %d", i, e.Coverage, e.FromSample, e.ToSample)
			}
			cover = c.To
		}
		if cover != e.ToSample {
			t.Fatalf("event %d: the ledger ends at %d, the event at %d", i, cover, e.ToSample)
		}
		at, lastEnd = e.ToSample, segEnd
	}
	if at != end {
		t.Fatalf("committed up to %d, the sound ends at %d", at, end)
	}
}

func equal[T any](t testing.TB, what string, got, want []T) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("%s: entry %d of %d:\n got %+v\nwant %+v", what, i, len(want), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d entries, want %d", what, len(got), len(want))
	}
}
