package minutes

import (
	"strconv"

	"bienban/internal/lang"
	"bienban/transcribe"
)

// Index holds all that the sentences of one meeting's minutes may cite.
//
// It is made once and then only read, so many goroutines may share it.
type Index struct {
	meeting *Meeting
	list    []Evidence
	byID    map[string]int
}

// NewEvidence gathers the evidence of a meeting: what people entered, rendered
// as text in the meeting's language with every figure computed here, and what
// was said, with spoken figures as digits and what a speaker took back removed
// (Raw keeps it). Struck segments are left out, and so are empty ones; speech
// of no item is in, with no item. t may be nil.
func NewEvidence(m *Meeting, t *transcribe.Transcript) *Index {
	x := &Index{meeting: m, byID: map[string]int{}}
	for _, e := range m.data() {
		x.add(e)
	}
	for _, e := range m.speech(t) {
		x.add(e)
	}
	for i, n := range m.Notes {
		at, ok := m.seconds(n.T, n.At, n.Session)
		e := Evidence{ID: "note:" + strconv.Itoa(i+1), Kind: EvidenceNote, Item: n.Item, Text: lang.Normalize(m.Language, n.Text)}
		if e.Text != n.Text {
			e.Raw = n.Text
		}
		if ok {
			e.Start, e.End = max(at, 0), max(at, 0)
			if e.Item == "" {
				e.Item = itemAt(t, at)
			}
		}
		x.add(e)
	}
	return x
}

func (x *Index) add(e Evidence) {
	if _, twice := x.byID[e.ID]; twice {
		return // data first: no transcript can replace what people entered
	}
	x.byID[e.ID] = len(x.list)
	x.list = append(x.list, e)
}

// Meeting gives the meeting that the evidence is of.
func (x *Index) Meeting() *Meeting { return x.meeting }

// All lists the evidence: data, then speech in the order of time, then notes.
// The caller must not change it.
func (x *Index) All() []Evidence { return x.list }

// Get finds evidence by its id.
func (x *Index) Get(id string) (Evidence, bool) {
	i, ok := x.byID[id]
	if !ok {
		return Evidence{}, false
	}
	return x.list[i], true
}

// ForItem lists the evidence of one item, in All's order; for "" what belongs
// to no item.
func (x *Index) ForItem(item string) []Evidence {
	var out []Evidence
	for _, e := range x.list {
		if e.Item == item {
			out = append(out, e)
		}
	}
	return out
}

// itemAt is the item of the last segment that begins at or before t seconds.
func itemAt(tr *transcribe.Transcript, t float64) string {
	item := ""
	if tr != nil {
		for _, s := range tr.Segments {
			if s.Start > t {
				break
			}
			item = s.Item
		}
	}
	return item
}

// speech makes evidence of a transcript's segments, with corrections applied.
func (m *Meeting) speech(t *transcribe.Transcript) []Evidence {
	if t == nil {
		return nil
	}
	language := t.Language
	if language == "" {
		language = m.Language
	}
	var out []Evidence
	for i, s := range t.Segments {
		raw := lang.NFC(s.Text)
		if s.Struck || oneLine(raw) == "" {
			continue
		}
		e := Evidence{ID: s.ID, Kind: EvidenceSegment, Item: s.Item, Speaker: s.Speaker,
			Start: s.Start, End: s.End, Text: lang.Normalize(language, oneLine(raw)), Raw: oneLine(raw)}
		if e.ID == "" {
			e.ID = "s" + strconv.Itoa(i+1)
		}
		if p := m.Person(s.Speaker); p != nil && s.Speaker != "" {
			e.Speaker, e.Title = p.Name, p.Title
		}
		out = append(out, e)
	}
	applyCorrections(language, out)
	for i := range out {
		if out[i].Raw == out[i].Text {
			out[i].Raw = ""
		}
	}
	return out
}
