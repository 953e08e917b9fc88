package transcribe

import (
	"math"
)

// placed is a segment with its place in samples.
type placed struct {
	Segment
	span span
}

// How long segments are. A citation should point at a sentence or two, and
// people correct speakers by the segment.
const (
	segWords  = 5                  // a sentence with fewer words takes the next one too
	segPause  = SampleRate * 3 / 2 // a pause this long ends a segment anywhere
	segLong   = SampleRate * 12    // from here on a short pause ends it
	segMax    = SampleRate * 20    // and here the next word
	shortStop = SampleRate / 4     // such a short pause
	edge      = SampleRate / 10    // sound around speech that belongs to it
	farEdge   = 2 * SampleRate     // a word further than this from speech is not moved to it
	turnSlack = SampleRate * 4 / 5 // a turn's end prefers a sentence's end this near
	lowP      = 0.5                // mean confidence under which a segment is doubtful
)

// atom is a word with the piece that it is of and the turn that it is in.
type atom struct {
	token
	piece int
	turn  int
}

// segmentsOf makes segments of a window's pieces: each of one microphone, about
// a sentence or two, no word split, struck pieces apart from the rest. Times are
// those of the words, moved to the edges of speech where these are near.
func segmentsOf(pieces []piece, w *window, turns []turn, people map[int][]string) []placed {
	atoms := atomsOf(pieces, w, turns)
	if len(atoms) == 0 {
		return nil
	}
	var groups [][]atom
	cur := atoms[:1]
	for i := 1; i < len(atoms); i++ {
		if ends(cur, atoms[i], pieces, w) {
			groups = append(groups, cur)
			cur = atoms[i : i+1]
			continue
		}
		cur = cur[:len(cur)+1]
	}
	groups = append(groups, cur)
	out := make([]placed, len(groups))
	for i, g := range groups {
		out[i] = newSegment(g, pieces, turns, people)
	}
	setEdges(out, groups, w, turns)
	return out
}

// ends says that the segment cur ends before the word next.
func ends(cur []atom, next atom, pieces []piece, w *window) bool {
	last := cur[len(cur)-1]
	long := last.span.to - cur[0].span.from
	switch {
	case next.turn != last.turn:
		return true
	case next.piece != last.piece && (pieces[next.piece].struck || pieces[last.piece].struck):
		return true
	}
	pause := pauseBetween(last.span, next.span, w)
	if next.glued && pause < segPause {
		return false
	}
	switch {
	case pause >= segPause || long >= segMax:
		return true
	case long >= segLong && pause >= shortStop:
		return true
	}
	return next.piece != last.piece && len(cur) >= segWords
}

// pauseBetween is the longest silence that the detector heard between the
// middles of two words: word times are too coarse to tell.
func pauseBetween(a, b span, w *window) int64 {
	gap := silenceIn(span{a.mid(), b.mid()}, w)
	return max(gap.len(), 0)
}

// silenceIn is the longest silence within s, empty when there is none.
func silenceIn(s span, w *window) span {
	var best span
	for i := 0; i+1 < len(w.heard); i++ {
		gap := span{w.heard[i].to, w.heard[i+1].from}
		if in := gap.cut(s); !in.empty() && gap.len() > best.len() {
			best = gap
		}
	}
	return best
}

// atomsOf gives each word its turn: the words are cut where turns change, at
// the end of a sentence when one is near, never against their order.
func atomsOf(pieces []piece, w *window, turns []turn) []atom {
	var atoms []atom
	for i, p := range pieces {
		for _, t := range p.tokens {
			atoms = append(atoms, atom{token: t, piece: i})
		}
	}
	if len(atoms) == 0 { // the engine heard nothing, or failed
		return nil
	}
	at := 0
	for j := 1; j < len(turns); j++ {
		if turns[j].channel == turns[j-1].channel {
			// The same microphone: not a change, but the words belong to the turn they are in.
			for at < len(atoms) && atoms[at].span.mid() < (turns[j-1].to+turns[j].from)/2 {
				at++
			}
			setTurn(atoms[at:], j)
			continue
		}
		change := (turns[j-1].to + turns[j].from) / 2
		best, cost := at, int64(math.MaxInt64)
		for k := at; k <= len(atoms); k++ {
			c := distance(boundary(atoms, k, w), change)
			if k > 0 && k < len(atoms) && atoms[k].piece == atoms[k-1].piece {
				c += turnSlack
			}
			if c < cost {
				best, cost = k, c
			}
		}
		at = best
		setTurn(atoms[at:], j)
	}
	return mergeSameChannel(atoms, turns)
}

func setTurn(atoms []atom, j int) {
	for i := range atoms {
		atoms[i].turn = j
	}
}

// mergeSameChannel names turns of one channel in a row by their first, so that
// only a change of microphone divides words.
func mergeSameChannel(atoms []atom, turns []turn) []atom {
	for i := 1; i < len(atoms); i++ {
		a, b := atoms[i-1].turn, atoms[i].turn
		if a != b && len(turns) > 0 && turns[a].channel == turns[b].channel {
			atoms[i].turn = a
		}
	}
	return atoms
}

// boundary is where words k-1 and k meet.
func boundary(atoms []atom, k int, w *window) int64 {
	switch {
	case k == 0:
		return min(w.from, atoms[0].span.from)
	case k == len(atoms):
		return max(w.to, atoms[k-1].span.to)
	}
	return (atoms[k-1].span.to + atoms[k].span.from) / 2
}

func distance(a, b int64) int64 {
	if a < b {
		return b - a
	}
	return a - b
}

func newSegment(g []atom, pieces []piece, turns []turn, people map[int][]string) placed {
	var ts []token
	var sum float64
	for _, a := range g {
		ts = append(ts, a.token)
		sum += a.p
	}
	s := placed{Segment: Segment{Text: textOf(ts)}, span: span{g[0].span.from, g[len(g)-1].span.to}}
	first := pieces[g[0].piece]
	s.Struck = first.struck
	s.Flags = append(s.Flags, first.flags...)
	if len(turns) > 0 {
		t := turns[g[0].turn]
		s.Channel = t.channel
		s.Speaker = speakerOf(t.channel, people)
		if t.doubtful {
			s.Flags = append(s.Flags, Flag{Code: FlagSpeakerMixed, Severity: Info, Text: "another microphone was about as loud"})
		}
	}
	if mean := sum / float64(len(g)); mean < lowP && !s.Struck {
		s.Flags = append(s.Flags, Flag{Code: FlagLowConfidence, Severity: Info, Text: "the recogniser was unsure of these words"})
	}
	for _, t := range ts {
		s.Words = append(s.Words, Word{
			Text: t.text, Start: seconds(t.span.from), End: seconds(t.span.to), P: math.Round(t.p*1e4) / 1e4,
		})
	}
	return s
}

// setEdges moves the ends of segments to the edges of speech and turns, in
// order and without overlap, and the words with them where they stood outside.
func setEdges(segs []placed, groups [][]atom, w *window, turns []turn) {
	n := len(segs)
	if len(w.heard) > 0 {
		first, last := w.heard[0], w.heard[len(w.heard)-1]
		if from := max(first.from-edge, w.from); distance(from, segs[0].span.from) < farEdge {
			segs[0].span.from = from
		}
		if to := min(last.to+edge, w.to); distance(to, segs[n-1].span.to) < farEdge {
			segs[n-1].span.to = to
		}
	}
	for i := 1; i < n; i++ {
		a, b := groups[i-1][len(groups[i-1])-1], groups[i][0]
		end, start := meet(a, b, w, turns)
		end = max(end, segs[i-1].span.from)
		segs[i-1].span.to, segs[i].span.from = end, max(start, end)
	}
	for i := range segs {
		s := &segs[i]
		s.span.to = max(s.span.to, s.span.from)
		s.Start, s.End = seconds(s.span.from), seconds(s.span.to)
		for j := range s.Words {
			word := &s.Words[j]
			word.Start = min(max(word.Start, s.Start), s.End)
			word.End = min(max(word.End, word.Start), s.End)
		}
	}
}

// meet is where one segment ends and the next begins.
func meet(a, b atom, w *window, turns []turn) (end, start int64) {
	view := span{a.span.mid(), b.span.mid()}
	if a.turn != b.turn {
		end, start = turns[b.turn].from, turns[b.turn].from
		for _, t := range turns[:b.turn] {
			if t.channel != turns[b.turn].channel {
				end = t.to
			}
		}
		if start-end >= 2*edge {
			end, start = end+edge, start-edge
		}
		return min(end, start), start
	}
	if gap := silenceIn(view, w); !gap.empty() {
		pad := min(edge, gap.len()/2)
		return gap.from + pad, gap.to - pad
	}
	mid := (a.span.to + b.span.from) / 2
	return mid, mid
}
