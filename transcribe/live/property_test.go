package live

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bienban/transcribe"
)

// anyEngine gives any answer: words with times anywhere, loops, nothing, errors.
type anyEngine struct {
	t     *rapid.T
	fails int
}

var anyWords = []string{"hòa", "hoà", "Đảng", "the", "vote.", "xin", "[Music]", "—", "Thanks for watching.", "一", "…", ""}

func (e *anyEngine) Transcribe(_ context.Context, r transcribe.Request) (transcribe.Result, error) {
	if len(r.PCM) == 0 || len(r.PCM) > 30*rate {
		e.t.Fatalf("a window of %d samples", len(r.PCM))
	}
	if e.fails < 3 && rapid.IntRange(0, 9).Draw(e.t, "fails") == 0 {
		e.fails++
		return transcribe.Result{}, errors.New("engine: failed")
	}
	e.fails = 0
	res := transcribe.Result{
		Language: rapid.SampledFrom([]string{"vi", "en", ""}).Draw(e.t, "language"),
		NoSpeech: rapid.Float64Range(0, 1).Draw(e.t, "no speech"), AvgLogProb: rapid.Float64Range(-2, 0).Draw(e.t, "score"),
		Tokens: rapid.IntRange(0, 224).Draw(e.t, "tokens"),
	}
	length := float64(len(r.PCM)) / rate
	var text []string
	for _, w := range rapid.SliceOfN(rapid.SampledFrom(anyWords), 0, 40).Draw(e.t, "words") {
		from := rapid.Float64Range(-1, length+1).Draw(e.t, "from")
		res.Words = append(res.Words, transcribe.Word{Text: w, Start: from, End: from + rapid.Float64Range(-0.1, 3).Draw(e.t, "long"), P: 0.5})
		text = append(text, w)
	}
	if rapid.Bool().Draw(e.t, "words have no times") {
		res.Words = nil
	}
	res.Text = strings.Join(text, " ")
	return res, nil
}

func (e *anyEngine) Close() error { return nil }

// anyEars give any probabilities, in stretches.
type anyEars struct {
	t    *rapid.T
	left int
	p    float32
}

func (d *anyEars) Feed(_ context.Context, pcm []float32) ([]float32, error) {
	out := make([]float32, len(pcm)/transcribe.DetectorFrame)
	for i := range out {
		if d.left == 0 {
			d.left = rapid.IntRange(1, 200).Draw(d.t, "frames")
			d.p = rapid.SampledFrom([]float32{0, 0.4, 0.45, 0.6, 1}).Draw(d.t, "p")
		}
		d.left--
		out[i] = d.p
	}
	return out, nil
}

func (d *anyEars) Reset(context.Context) error { return nil }
func (d *anyEars) Close() error                { return nil }

func TestWhateverIsHeardEverySampleIsAccountedForOnce(t *testing.T) {
	noise := make([]float32, 60*rate)
	dice := uint32(7)
	for i := range noise {
		dice = dice*1664525 + 1013904223
		noise[i] = float32(int32(dice)) / (1 << 36)
	}
	rapid.Check(t, func(t *rapid.T) {
		var events []Event
		from := int64(rapid.IntRange(0, 5*rate).Draw(t, "from"))
		c := New(&anyEngine{t: t}, &anyEars{t: t}, Options{From: from, Step: 1}, func(e Event) error { events = append(events, e); return nil })
		at := from
		for range rapid.IntRange(1, 4).Draw(t, "chunks") {
			if rapid.IntRange(0, 9).Draw(t, "hole") == 0 {
				at += int64(rapid.IntRange(0, 3*rate).Draw(t, "hole's length"))
			}
			n := int64(rapid.IntRange(1, 15*rate).Draw(t, "samples"))
			late := int64(rapid.SampledFrom([]int{0, 0, rate / 10, rate, 60 * rate}).Draw(t, "late"))
			if err := c.Feed(context.Background(), Chunk{From: at, PCM: noise[:n]}, late); err != nil {
				t.Fatal(err)
			}
			at += n
		}
		if err := c.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		sound(t, events, from, at)
		if c.FinalUpTo() != at {
			t.Fatalf("final up to %d of %d", c.FinalUpTo(), at)
		}
	})
}

func TestAgreementIsACommonBeginning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) []transcribe.Spoken {
			var out []transcribe.Spoken
			at := int64(0)
			for _, w := range rapid.SliceOfN(rapid.SampledFrom(anyWords[:4]), 0, 12).Draw(t, label) {
				to := at + int64(rapid.IntRange(0, rate).Draw(t, "long"))
				out = append(out, transcribe.Spoken{Text: w, From: at, To: to})
				at = to
			}
			return out
		}
		a, b := draw("first"), draw("second")
		end := int64(rapid.IntRange(0, 12*rate).Draw(t, "end"))
		n, cut := agreedCut(a, b, rate, end)
		if n == 0 {
			return
		}
		if n > agreed(a, b) || n > len(b) || cut < rate {
			t.Fatalf("%d words up to %d", n, cut)
		}
		if n == agreed(a, b) && a[n-1].To+agreeFree > end {
			t.Fatalf("the last word, at the window's end, was believed")
		}
		if cut < b[n-1].To || n < len(b) && cut > max(b[n].From, b[n-1].To) {
			t.Fatalf("cut at %d through a word: %v", cut, b)
		}
	})
}

func TestToneMarksAndCaseDoNotDisagree(t *testing.T) {
	w := func(text string) []transcribe.Spoken { return []transcribe.Spoken{{Text: text}} }
	for _, p := range [][2]string{{"Hoà,", "hòa"}, {"Đảng", "đảng."}, {"don’t", "don't"}} {
		if agreed(w(p[0]), w(p[1])) != 1 {
			t.Errorf("%q and %q disagree", p[0], p[1])
		}
	}
	if agreed(w("hòa"), w("hóa")) != 0 {
		t.Error("other words agree")
	}
}
