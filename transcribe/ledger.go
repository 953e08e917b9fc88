package transcribe

import "sort"

// mark is a stretch of the ledger in samples.
type mark struct {
	From int64  `json:"from"`
	To   int64  `json:"to"`
	Kind string `json:"kind"`
	Note string `json:"note,omitempty"`
}

// gapLeast is the shortest stretch of speech without text that is a gap; what
// is shorter is a breath or a knock that the detector took for speech.
const gapLeast = SampleRate / 2

// marksOf accounts for a window: its segments, and what was heard beside
// them. silent says that speech without text is the engine's word that nobody
// spoke; note says why there is no text otherwise.
func marksOf(w *window, segs []placed, silent bool, note string) []mark {
	var out []mark
	for _, s := range segs {
		m := mark{From: s.span.from, To: s.span.to, Kind: CoveredSpeech}
		if s.Struck {
			m.Kind, m.Note = CoveredNonSpeech, "struck: "+s.Flags[0].Code
		}
		out = append(out, m)
	}
	for _, h := range w.heard {
		for _, free := range beside(h.span, segs) {
			switch {
			case silent:
				out = append(out, mark{From: free.from, To: free.to, Kind: CoveredNonSpeech, Note: "sound without words"})
			case note != noText || free.len() >= gapLeast:
				out = append(out, mark{From: free.from, To: free.to, Kind: CoveredGap, Note: note})
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].From < out[j].From })
	return out
}

// beside is the part of s that no segment covers.
func beside(s span, segs []placed) []span {
	var out []span
	at := s.from
	for _, seg := range segs {
		if free := (span{at, min(seg.span.from, s.to)}); !free.empty() {
			out = append(out, free)
		}
		at = max(at, seg.span.to)
	}
	if free := (span{at, s.to}); !free.empty() {
		out = append(out, free)
	}
	return out
}

// coverage makes the ledger of a recording of so many samples, which last so
// many seconds: marks in order, non-speech between them, neighbours of one
// kind and note joined. Where marks overlap the earlier one stands.
func coverage(marks []mark, total int64, length float64) []Stretch {
	if total <= 0 {
		return nil
	}
	var out []Stretch
	at := int64(0)
	add := func(to int64, kind, note string) {
		to = min(to, total)
		if to <= at {
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == kind && out[n-1].Note == note {
			out[n-1].End = seconds(to)
		} else {
			out = append(out, Stretch{Start: seconds(at), End: seconds(to), Kind: kind, Note: note})
		}
		at = to
	}
	for _, m := range marks {
		add(m.From, CoveredNonSpeech, "")
		add(m.To, m.Kind, m.Note)
	}
	add(total, CoveredNonSpeech, "")
	// The source's own length, of which total is the rounded count at 16 kHz.
	out[len(out)-1].End = max(length, out[len(out)-1].Start)
	return out
}

// Notes of gaps.
const (
	noText       = "speech without text"
	engineFailed = "the recogniser failed"
	notYet       = "not yet transcribed"
)
