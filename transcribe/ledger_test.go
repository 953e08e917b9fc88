package transcribe

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// wildEngine says anything: no words, words at any time, loops, boilerplate, errors.
type wildEngine struct{ t *rapid.T }

func (e wildEngine) Transcribe(_ context.Context, r Request) (Result, error) {
	t := e.t
	if rapid.IntRange(0, 9).Draw(t, "fails") == 0 {
		return Result{}, fmt.Errorf("engine: process ended")
	}
	res := Result{Language: "vi",
		NoSpeech:   rapid.Float64Range(0, 1).Draw(t, "no speech"),
		AvgLogProb: rapid.Float64Range(-2, 0).Draw(t, "log prob")}
	texts := []string{"đại", "hội.", "Cảm", "ơn", "Thanks for watching.", "[Music]", "có", "♪", "...", ""}
	for range rapid.IntRange(0, 12).Draw(t, "words") {
		w := Word{Text: rapid.SampledFrom(texts).Draw(t, "word"),
			Start: rapid.Float64Range(-1, 9).Draw(t, "start"), P: rapid.Float64Range(-1, 2).Draw(t, "p")}
		w.End = w.Start + rapid.Float64Range(-1, 3).Draw(t, "length")
		res.Words = append(res.Words, w)
		res.Text += " " + w.Text
	}
	if rapid.Bool().Draw(t, "no times") {
		res.Words = nil
	}
	return res, nil
}

func (wildEngine) Close() error { return nil }

func TestEverySecondIsAccountedForWhateverTheEngineSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probs := drawProbs(t)
		extra := rapid.IntRange(0, DetectorFrame-1).Draw(t, "extra")
		windows, _ := pack(tightLimits(), probs, 16, extra)
		total := int64(len(probs)*DetectorFrame + extra)
		j := newJob(wildEngine{t}, Options{Language: "vi", Glossary: []string{"đại hội"}})
		for _, w := range windows {
			w.turns = turnsOf(w.heard, nil, nil)
			if err := j.take(t.Context(), begun{window: w}); err != nil {
				t.Fatal(err)
			}
		}
		ledger := coverage(j.work.Marks, total, seconds(total))
		at := 0.0
		for i, s := range ledger {
			if s.Start != at || s.End <= s.Start {
				t.Fatalf("stretch %d: %v after %g", i, s, at)
			}
			at = s.End
		}
		if at != seconds(total) {
			t.Fatalf("the ledger ends at %g of %g s", at, seconds(total))
		}
		kind := func(sec float64) string {
			for _, s := range ledger {
				if sec >= s.Start && sec < s.End {
					return s.Kind
				}
			}
			return ""
		}
		for i, s := range j.work.Segments {
			if s.End < s.Start || i > 0 && s.Start < j.work.Segments[i-1].End {
				t.Fatalf("segment %d: %g to %g overlaps or is reversed", i, s.Start, s.End)
			}
			for _, w := range s.Words {
				if w.Start < s.Start || w.End > s.End || w.End < w.Start || w.P < 0 || w.P > 1 {
					t.Fatalf("segment %d: word %+v outside of %g to %g", i, w, s.Start, s.End)
				}
			}
			if mid := (s.Start + s.End) / 2; s.End > s.Start && !s.Struck && kind(mid) != CoveredSpeech {
				t.Errorf("segment %d is text, its time is %s", i, kind(mid))
			}
		}
		// Speech is text, struck or a gap: only what is shorter than a gap's least may be silence.
		for _, w := range windows {
			for _, h := range w.heard {
				silent := int64(0)
				for pos := h.from; pos < h.to; pos += SampleRate / 100 {
					if k := kind(seconds(pos)); k == CoveredNonSpeech {
						silent += SampleRate / 100
					}
				}
				if silent >= h.len() && h.len() > 2*gapLeast && !struckOrSilent(ledger, h.span) {
					t.Errorf("speech at %v is lost without a gap", h.span)
				}
			}
		}
	})
}

// struckOrSilent says that the ledger explains why s is no speech.
func struckOrSilent(ledger []Stretch, s span) bool {
	for _, l := range ledger {
		if l.Kind == CoveredNonSpeech && l.Note != "" && l.Start < seconds(s.to) && l.End > seconds(s.from) {
			return true
		}
	}
	return false
}

func TestTheLedgerEndsWhereTheSourceEnds(t *testing.T) {
	// 44.1 kHz: the source's length is no whole number of 16 kHz samples.
	got := coverage([]mark{{From: 100, To: 16000, Kind: CoveredSpeech}}, 16003, 44108.0/44100)
	if n := len(got); n != 3 || got[n-1].End != 44108.0/44100 {
		t.Errorf("%+v", got)
	}
	if coverage(nil, 0, 0) != nil {
		t.Error("a source without samples has a ledger")
	}
}
