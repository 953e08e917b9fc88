package transcribe

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// tightLimits make windows of a few seconds, so that short streams have many.
func tightLimits() limits {
	return limits{max: samples(4), min: samples(1.5), gap: samples(1), pad: samples(0.2)}
}

// drawProbs is a stream of a detector's words: stretches of any length and sureness.
func drawProbs(t *rapid.T) []float32 {
	var out []float32
	for range rapid.IntRange(0, 15).Draw(t, "stretches") {
		p := rapid.SampledFrom([]float32{0, 0.1, 0.34, 0.4, 0.5, 0.7, 0.99}).Draw(t, "p")
		out = append(out, slices.Repeat([]float32{p}, rapid.IntRange(1, 150).Draw(t, "frames"))...)
	}
	return out
}

// pack runs a packer over probabilities, the sound being its own position.
func pack(lim limits, probs []float32, chunk int, extra int) ([]window, []heard) {
	sound := make([]float32, len(probs)*DetectorFrame+extra)
	for i := range sound {
		sound[i] = float32(i%65536)/65536 + 0.1
	}
	var out []window
	p := newPacker(lim)
	for at := 0; at < len(probs); at += chunk {
		n := min(chunk, len(probs)-at)
		out = append(out, p.push(sound[at*DetectorFrame:(at+n)*DetectorFrame], probs[at:at+n], nil)...)
	}
	out = append(out, p.push(sound[len(probs)*DetectorFrame:], nil, nil)...)
	out = append(out, p.flush()...)
	var all []heard
	var g gate
	for _, prob := range probs {
		if h, ok := g.push(prob); ok {
			all = append(all, h)
		}
	}
	if h, ok := g.flush(); ok {
		all = append(all, h)
	}
	return out, all
}

func TestWindowsHoldAllSpeechInOrderAndNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lim := tightLimits()
		probs := drawProbs(t)
		extra := rapid.IntRange(0, DetectorFrame-1).Draw(t, "extra")
		got, all := pack(lim, probs, rapid.IntRange(1, 64).Draw(t, "chunk"), extra)
		at := int64(0)
		var speech int64
		for i, w := range got {
			if w.from < at || w.to > int64(len(probs)*DetectorFrame+extra) || w.empty() {
				t.Fatalf("window %d: %v after %d", i, w.span, at)
			}
			if w.len() > lim.max+2*lim.pad+DetectorFrame {
				t.Errorf("window %d is %.2f s long", i, w.sec())
			}
			if int64(len(w.pcm)) != w.len() {
				t.Fatalf("window %d: %d samples for %d", i, len(w.pcm), w.len())
			}
			for _, j := range []int64{0, w.len() / 2, w.len() - 1} {
				if want := float32((w.from+j)%65536)/65536 + 0.1; w.pcm[j] != want {
					t.Fatalf("window %d: sample %d is of another place", i, j)
				}
			}
			for k, h := range w.heard {
				if h.from < w.from || h.to > w.to || k > 0 && h.from < w.heard[k-1].to {
					t.Errorf("window %d: speech %v outside of %v or out of order", i, h.span, w.span)
				}
				speech += h.len()
			}
			at = w.to
		}
		var want int64
		for _, h := range all {
			want += h.len()
		}
		// A cut through speech that hardly went on may leave less than the gate's least.
		if slack := int64(len(got)+1) * (gateMin + gateHang) * DetectorFrame; speech > want || speech < want-slack {
			t.Errorf("windows hold %d samples of speech, the detector heard %d", speech, want)
		}
	})
}

func TestWindowsDoNotDependOnHowTheSoundArrives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		probs := drawProbs(t)
		one, _ := pack(tightLimits(), probs, 1, 7)
		many, _ := pack(tightLimits(), probs, rapid.IntRange(2, 100).Draw(t, "chunk"), 7)
		if len(one) != len(many) {
			t.Fatalf("%d windows and %d", len(one), len(many))
		}
		for i := range one {
			if one[i].span != many[i].span || !slices.Equal(one[i].heard, many[i].heard) {
				t.Errorf("window %d: %v and %v", i, one[i].span, many[i].span)
			}
		}
	})
}

// frames is n frames of one probability.
func frames(p float32, sec float64) []float32 {
	return slices.Repeat([]float32{p}, int(sec*SampleRate/DetectorFrame))
}

func TestAWindowIsCutAtALongPauseRatherThanLate(t *testing.T) {
	probs := slices.Concat(frames(0.9, 2.4), frames(0.1, 0.7), frames(0.9, 0.5), frames(0.1, 0.2), frames(0.9, 2))
	got, _ := pack(tightLimits(), probs, 32, 0)
	if len(got) != 2 || got[0].to < samples(2.4) || got[0].to > samples(3.1) {
		t.Fatalf("%d windows, the first %v", len(got), got[0].span)
	}
}

func TestSpeechWithoutPauseIsCutWhereTheDetectorDoubts(t *testing.T) {
	probs := slices.Concat(frames(0.9, 3.5), []float32{0.45}, frames(0.9, 6))
	got, _ := pack(tightLimits(), probs, 32, 0)
	if len(got) < 2 {
		t.Fatalf("%d windows", len(got))
	}
	if at := got[0].sec(); at < 3.4 || at > 3.6 {
		t.Errorf("cut at %.2f s, want at the doubt at 3.5 s", at)
	}
	if !got[1].cut || got[0].cut {
		t.Error("only the second window begins in the middle of speech")
	}
}

func TestSilenceMakesNoWindow(t *testing.T) {
	if got, _ := pack(fileLimits(), frames(0.2, 60), 32, 0); len(got) != 0 {
		t.Errorf("%d windows of silence", len(got))
	}
	// The detector may be wrong about sound that is not there.
	p := newPacker(fileLimits())
	got := p.push(make([]float32, 100*DetectorFrame), slices.Repeat([]float32{0.9}, 100), nil)
	if got = append(got, p.flush()...); len(got) != 0 {
		t.Errorf("%d windows of digital silence", len(got))
	}
}

func TestAClickIsNoSpeechAndOneSyllableIs(t *testing.T) {
	click := slices.Concat(frames(0.1, 1), []float32{0.9, 0.9}, frames(0.1, 1))
	if got, _ := pack(fileLimits(), click, 8, 0); len(got) != 0 {
		t.Error("a click of 64 ms makes a window")
	}
	aye := slices.Concat(frames(0.1, 1), slices.Repeat([]float32{0.8}, 6), frames(0.1, 1))
	if got, _ := pack(fileLimits(), aye, 8, 0); len(got) != 1 {
		t.Error("a syllable of 0.2 s makes no window")
	}
}

func TestThePackerForgetsWhatIsPast(t *testing.T) {
	p := newPacker(fileLimits())
	silence, speech := make([]float32, 32*DetectorFrame), make([]float32, 32*DetectorFrame)
	for i := range speech {
		speech[i] = 0.3
	}
	quiet, loud := slices.Repeat([]float32{0.05}, 32), slices.Repeat([]float32{0.95}, 32)
	most := 0
	for i := range 3600 {
		if i%100 < 60 {
			p.push(speech, loud, nil)
		} else {
			p.push(silence, quiet, nil)
		}
		most = max(most, len(p.pcm), cap(p.pcm)/2)
	}
	if limit := int(samples(35)); most > limit {
		t.Errorf("the packer holds %d samples, want at most %d", most, limit)
	}
}
