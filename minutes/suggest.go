package minutes

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// Weights of the search for boundaries. They are points on one scale: a change
// of item must gather more than changeCost from what was said at it. Set on the
// two sample cases and checked on four others with other phrases
// (testdata/agendas): see TestSpeechIsFiledUnderItsItem.
const (
	changeCost    = 3.2 // a change of item, against staying
	firstCost     = 1.8 // the agenda's first item, against speech of no item
	skipCost      = 0.8 // each item passed over
	backCost      = 3.0 // a return to an earlier item
	titleWeight   = 4.0 // all of a title's words, behind a cue
	headingWeight = 1.2 // added for a sentence that is little else than the title
	plainWeight   = 2.4 // the same, said by who presides, without a cue
	floorWeight   = 1.2 // the same, said by anybody else
	subjectWeight = 2.6 // a speech that begins with the very words of a title
	subjectRun    = 4   // words of a title in a row, for that
	subjectShare  = 3.0 // and what they must weigh: a word of one title alone weighs 1
	answerWeight  = 2.5 // the same, said by who is called next
	topicWeight   = 0.5 // a segment that speaks of its item's subject
	orderWeight   = 4.5 // "item three" for the third item
	personWeight  = 2.0 // the item's presenter is called
	openWeight    = 6.0 // the first words of a meeting whose first item is its opening
	conceptWeight = 2.5 // a set phrase of such an item ("I declare the meeting closed")
)

// hint is what one segment says about a change to one item.
type hint struct {
	score float64
	cue   string
	back  bool // it leads back to an earlier item
	next  bool // the change comes after the segment: most of it is still of the item before
	share float64
}

// suggest finds where items begin from what was said, and files the segments.
//
// It is a search over the whole meeting (Viterbi): each segment is of one item
// or of none, staying is free, and a change must be paid for by cues. So a
// title that is only mentioned early ("later we come to the library") does not
// win against the place where the chair calls it.
func suggest(m *Meeting, t *transcribe.Transcript) {
	for i := range t.Segments {
		if t.Segments[i].ID == "" {
			t.Segments[i].ID = fmt.Sprintf("s%d", i+1)
		}
	}
	language := t.Language
	if language == "" {
		language = m.Language
	}
	p := newProfiles(m, language)
	n, k := len(t.Segments), len(m.Agenda)
	if n == 0 {
		return
	}
	hints := p.hints(m, t)
	fixed := make([]int, n)
	for i, s := range t.Segments {
		fixed[i] = -2 // free
		for j, a := range m.Agenda {
			if s.Item == a.ID {
				fixed[i] = j
			}
		}
	}
	path := p.search(hints, fixed, n, k, t)
	p.greet(t, path, hints)
	for i := range t.Segments {
		s := &t.Segments[i]
		j := path[i]
		before := -1
		if i > 0 {
			before = path[i-1]
		}
		if s.Item != "" || j < 0 {
			continue
		}
		s.Item = m.Agenda[j].ID
		if j == before {
			continue
		}
		h, at, from := hints[i][j], s.Start+(s.End-s.Start)*hints[i][j].share, s
		if h.next && i > 0 {
			from = &t.Segments[i-1]
			at = from.Start + (from.End-from.Start)*h.share
		}
		confidence := math.Round(100*h.score/(h.score+2.5)) / 100
		t.Suggestions = append(t.Suggestions, transcribe.Suggestion{
			Item: s.Item, At: math.Round(at*1000) / 1000, Segment: from.ID, Cue: h.cue, Confidence: confidence})
		text := fmt.Sprintf("item %s suggested from %q", s.Item, h.cue)
		if m.Language == "vi" {
			text = fmt.Sprintf("gợi ý nội dung %s theo lời nói %q", s.Item, h.cue)
		}
		s.Flags = append(s.Flags, Flag{Code: FlagSuggested, Severity: transcribe.Info, Text: text, Cites: []string{from.ID}})
	}
}

// search gives the item of each segment (-1 = none) with the highest sum.
// fixed[i] ≥ 0 is an item that the segment has already.
func (p *profiles) search(hints [][]hint, fixed []int, n, k int, t *transcribe.Transcript) []int {
	const none = 0 // state 0 is "no item", state j+1 item j
	score := make([]float64, k+1)
	for j := range score {
		score[j] = math.Inf(-1)
	}
	score[none] = 0
	back := make([][]int, n)
	for i := range n {
		next := make([]float64, k+1)
		back[i] = make([]int, k+1)
		for to := range k + 1 {
			next[to] = math.Inf(-1)
			if fixed[i] >= 0 && to != fixed[i]+1 {
				continue
			}
			for from := range k + 1 {
				v := score[from]
				if math.IsInf(v, -1) || to == none && (from != none || i == 0 && p.items[0].opens()) {
					continue // once begun, an item lasts until the next; an opening begins with the meeting
				}
				if from != to && fixed[i] < 0 {
					v += hints[i][to-1].score - p.change(from-1, to-1, hints[i][to-1])
				}
				if v > next[to] {
					next[to], back[i][to] = v, from
				}
			}
			if to > 0 {
				next[to] += topicWeight * p.items[to-1].topic(p.words[i])
			}
		}
		if fixed[i] >= 0 && math.IsInf(next[fixed[i]+1], -1) {
			next[fixed[i]+1] = 0
		}
		score = next
	}
	best := none
	for to := range score {
		if score[to] > score[best] {
			best = to
		}
	}
	path := make([]int, n)
	for i := n - 1; i >= 0; i-- {
		path[i] = best - 1
		best = back[i][best]
	}
	return path
}

// courtesy is all that a segment says which only leads from one item to the next.
var courtesy = regexp.MustCompile(`(?i)^[\s,.!]*(?:(?:xin|rất|trân trọng|chân thành|và|dạ|vâng|rồi)\s+)*(?:cảm ơn|cám ơn|thank you|thanks|right|okay|ok|good|very well|vâng|rồi)\b[^,;:]{0,40}[.!,]*$`)

// greet moves a boundary before what the same speaker leads over to it with:
// thanks, or another cue of the same item ("There is no further business. The
// meeting is closed.").
func (p *profiles) greet(t *transcribe.Transcript, path []int, hints [][]hint) {
	for i := len(path) - 1; i > 0; i-- {
		a, b := t.Segments[i-1], t.Segments[i]
		if path[i] == path[i-1] || path[i] < 0 || path[i-1] < 0 || a.Item != "" || b.Item != "" || hints[i][path[i]].next ||
			a.Speaker != b.Speaker || b.Start-a.End > 2 {
			continue
		}
		h := hints[i][path[i]]
		if own := hints[i-1][path[i]]; own.score >= changeCost && !own.next && i > 1 && path[i-2] == path[i-1] {
			h = own
		} else if !courtesy.MatchString(a.Text) {
			continue
		}
		path[i-1] = path[i]
		h.share = 0
		hints[i-1][path[i]] = h
	}
}

// change is the price of going from one item to another.
func (p *profiles) change(from, to int, h hint) float64 {
	if h.score <= 0 {
		return math.Inf(1) // a boundary without any evidence is never suggested
	}
	switch {
	case from < 0 && to == 0:
		return firstCost
	case to < from && h.back:
		return changeCost
	case to < from:
		return changeCost + backCost
	}
	return changeCost + skipCost*float64(p.passed(from, to))
}

// passed counts the items left out between two; the parent of the second is
// none of them, for it may have no speech of its own.
func (p *profiles) passed(from, to int) int {
	n := 0
	for j := from + 1; j < to; j++ {
		if p.items[j].id != p.items[to].parent {
			n++
		}
	}
	return n
}

// hints reads every segment for cues. hints[i][j] speaks for a change to item
// j at segment i.
func (p *profiles) hints(m *Meeting, t *transcribe.Transcript) [][]hint {
	n, k := len(t.Segments), len(m.Agenda)
	out := make([][]hint, n+1)
	for i := range out {
		out[i] = make([]hint, k)
	}
	p.words = make([][]string, n)
	opened := false
	if n > 0 && p.items[0].opens() {
		out[0][0] = hint{score: openWeight, cue: cueOf(t.Segments[0].Text)}
	}
	for i, s := range t.Segments {
		if s.Struck {
			continue
		}
		text := lang.Normalize(p.language, oneLine(s.Text))
		p.words[i] = lang.Words(text)
		presides := s.Speaker == "" || m.presides(s.Speaker)
		sentences := lang.Sentences(p.language, text)
		said, total := 0, max(len(text), 1)
		for si, sentence := range sentences {
			follow := ""
			if si+1 < len(sentences) {
				follow = sentences[si+1]
			}
			share := float64(said) / float64(total)
			answer := ""
			if si+2 >= len(sentences) && i+1 < n && !t.Segments[i+1].Struck {
				answer = firstWords(lang.Normalize(p.language, oneLine(t.Segments[i+1].Text)), 40)
			}
			for j, h := range p.read(sentence, follow, answer, presides, !opened, si == 0) {
				at := i
				if share > 0.66 {
					h.next, at = true, i+1
				}
				h.share = share
				if h.score > out[at][j].score {
					out[at][j] = h
				}
			}
			said += len(sentence) + 1
		}
		opened = opened || i >= 2
	}
	return out[:n]
}

// presides says whether a person leads the meeting through its agenda.
func (m *Meeting) presides(name string) bool {
	p := m.Person(name)
	if p == nil {
		return false
	}
	for _, r := range []string{RoleChair, RolePresidium, RoleSecretary, RoleHeadSecretary, RoleClerk} {
		if p.Role.Has(r) {
			return true
		}
	}
	return false
}

func firstWords(s string, n int) string {
	w := strings.Fields(s)
	return strings.Join(w[:min(n, len(w))], " ")
}

// cueOf shortens a sentence to the words shown as evidence.
func cueOf(s string) string {
	words := strings.Fields(s)
	if len(words) > 16 {
		return strings.Join(words[:16], " ") + " …"
	}
	return strings.Join(words, " ")
}
