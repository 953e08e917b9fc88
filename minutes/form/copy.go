package form

import (
	"slices"
	"strings"

	"bienban/minutes"
)

// copyOf gives minutes that may be changed and shown: a deep enough copy, with
// a section for every agenda item, in the agenda's order. In a public copy
// (full is false) a closed item keeps its number and title and nothing else,
// wherever it is mentioned.
func copyOf(m *minutes.Minutes, full bool) *minutes.Minutes {
	c := *m
	c.Meeting.Agenda = slices.Clone(m.Meeting.Agenda)
	c.Sections = sectionsOf(m)
	c.Flags = slices.Clone(m.Flags)
	c.Conflicts = slices.Clone(m.Conflicts)
	if c.Conflicts == nil {
		c.Conflicts = []minutes.Conflict{}
	}
	c.Evidence = slices.Clone(m.Evidence)
	if full {
		return &c
	}
	c.Meeting.Glossary = nil // hints for the recogniser; they may name what is closed
	c.Meeting.Register = slices.Clone(m.Meeting.Register)
	for i := range c.Meeting.Register { // personal data, needed by no reader of the public copy
		d := &c.Meeting.Register[i]
		d.Sex, d.Born, d.PartySince, d.Education = "", "", "", ""
	}
	r := redaction{m: &c, closed: map[string]bool{}, gone: map[string]bool{}, renamed: map[string]string{}}
	r.run()
	return &c
}

func sectionsOf(m *minutes.Minutes) []minutes.Section {
	var out []minutes.Section
	used := make([]bool, len(m.Sections))
	for _, a := range m.Meeting.Agenda {
		s := minutes.Section{Item: a.ID, Title: a.Title}
		for i := range m.Sections {
			if !used[i] && m.Sections[i].Item == a.ID {
				used[i] = true
				s = m.Sections[i]
				break
			}
		}
		if a.Title != "" {
			s.Title = a.Title
		}
		s.Closed = s.Closed || m.Meeting.ClosedItem(a.ID)
		out = append(out, s)
	}
	for i := range m.Sections {
		if !used[i] {
			out = append(out, m.Sections[i])
		}
	}
	for i := range out {
		out[i].Sentences = slices.Clone(out[i].Sentences)
		if out[i].Sentences == nil {
			out[i].Sentences = []minutes.Sentence{}
		}
		out[i].Flags = slices.Clone(out[i].Flags)
	}
	return out
}

// redaction takes closed items out of a public copy.
type redaction struct {
	m       *minutes.Minutes
	closed  map[string]bool   // items
	gone    map[string]bool   // evidence ids that the reader may not see
	renamed map[string]string // "vote:3" → "vote:2": what is left is counted anew, so that no number is missing
	known   map[string]bool   // evidence ids that are left
}

func (r *redaction) run() {
	m := r.m
	for _, s := range m.Sections {
		if s.Closed {
			r.closed[s.Item] = true
		}
	}
	if len(r.closed) == 0 {
		return
	}
	r.sources()
	r.meeting()
	for i := range m.Sections {
		s := &m.Sections[i]
		if s.Closed {
			*s = minutes.Section{Item: s.Item, Title: s.Title, Closed: true, Sentences: []minutes.Sentence{}}
			continue
		}
		s.Flags = r.flags(s.Flags)
		s.Sentences = r.sentences(s.Sentences)
	}
	m.Flags = r.flags(m.Flags)
	m.Conflicts = slices.DeleteFunc(m.Conflicts, func(c minutes.Conflict) bool {
		if r.closed[c.Item] || r.onlyGone(c.Cites) {
			return true
		}
		return c.Item == "" && (len(c.Cites) == 0 || len(r.cites(c.Cites)) < len(c.Cites))
	})
	for i := range m.Conflicts {
		m.Conflicts[i].Cites = r.cites(m.Conflicts[i].Cites)
	}
}

// sources decides which evidence goes: that of closed items, and speech or
// notes that nobody has filed yet, since it may be of a closed one.
func (r *redaction) sources() {
	m := r.m
	var left []minutes.Evidence
	filed := map[string]string{}
	for _, e := range m.Evidence {
		filed[e.ID] = e.Item
		unfiled := e.Item == "" && (e.Kind == minutes.EvidenceSegment || e.Kind == minutes.EvidenceNote)
		if r.closed[e.Item] || unfiled {
			r.gone[e.ID] = true
			continue
		}
		left = append(left, e)
	}
	mt := &m.Meeting
	r.renumber("vote", len(mt.Votes), func(i int) bool { return r.closed[mt.Votes[i].Item] })
	r.renumber("election", len(mt.Elections), func(i int) bool { return r.closed[mt.Elections[i].Item] })
	r.renumber("appointment", len(mt.Appointments), func(i int) bool { return r.closed[mt.Appointments[i].Item] })
	r.renumber("contribution", len(mt.Contributions), func(i int) bool { return r.closed[mt.Contributions[i].Item] })
	r.renumber("action", len(mt.Actions), func(i int) bool { return r.closed[mt.Actions[i].Item] })
	r.renumber("document", len(mt.Documents), func(i int) bool { return r.closed[mt.Documents[i].Item] })
	// What nothing places under an open item may be of a closed one: it goes.
	r.renumber("note", len(mt.Notes), func(i int) bool {
		n := mt.Notes[i]
		item := firstOf(n.Item, filed[id("note", i)], itemAt(mt, n.T, n.At, n.Session))
		return item == "" || r.closed[item]
	})
	r.renumber("attendance", len(mt.AttendanceEvents), func(i int) bool {
		e := mt.AttendanceEvents[i]
		item := firstOf(e.Item, filed[id("attendance", i)], itemAt(mt, e.T, e.At, e.Session))
		return item == "" || r.closed[item]
	})
	for id := range r.closed {
		r.gone["agenda:"+id] = true
	}
	r.known = map[string]bool{}
	m.Evidence = nil
	for _, e := range left {
		if r.gone[e.ID] {
			continue
		}
		r.known[e.ID] = true
		if id, ok := r.renamed[e.ID]; ok {
			e.ID = id
		}
		m.Evidence = append(m.Evidence, e)
	}
}

// itemAt is the item that the hall was at, by the marks; "" when they do not
// say.
func itemAt(m *minutes.Meeting, t *float64, at minutes.Time, session string) string {
	item := ""
	for _, k := range m.Marks { // in the order in which they were made
		if k.Session != session {
			continue
		}
		switch {
		case t != nil && k.T != nil:
			if *k.T <= *t {
				item = k.Item
			}
		case t == nil && k.T == nil && !at.IsZero() && !k.At.IsZero():
			if !k.At.After(at.Time) {
				item = k.Item
			}
		default:
			return ""
		}
	}
	return item
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// renumber marks the ids of what goes, and gives what stays its new place.
func (r *redaction) renumber(kind string, n int, goes func(i int) bool) {
	place := 0
	for i := range n {
		if goes(i) {
			r.gone[id(kind, i)] = true
			continue
		}
		r.renamed[id(kind, i)] = id(kind, place)
		place++
	}
}

// settle writes the presence into votes that took it from the attendance
// events, so that the percentages are those of the full copy once events of
// closed items are gone.
func (r *redaction) settle(votes []minutes.Vote) []minutes.Vote {
	votes = slices.Clone(votes)
	for i, v := range votes {
		if n, base := r.m.Meeting.VoteBase(v); base == minutes.BasePresent {
			votes[i].Present = n
		}
	}
	return votes
}

func (r *redaction) meeting() {
	mt := &r.m.Meeting
	if len(mt.AttendanceEvents) > 0 {
		mt.Votes = r.settle(mt.Votes)
		for i := range r.m.Sections {
			r.m.Sections[i].Votes = r.settle(r.m.Sections[i].Votes)
		}
	}
	for i, a := range mt.Agenda {
		if r.closed[a.ID] {
			mt.Agenda[i] = minutes.AgendaItem{ID: a.ID, Title: a.Title, Closed: true, Parent: a.Parent}
		}
	}
	mt.Marks = keep(mt.Marks, func(k minutes.Mark, _ int) bool { return !r.closed[k.Item] })
	stays := func(kind string) func(i int) bool {
		return func(i int) bool { return !r.gone[id(kind, i)] }
	}
	mt.Votes = keepAt(mt.Votes, stays("vote"))
	mt.Elections = keepAt(mt.Elections, stays("election"))
	mt.Appointments = keepAt(mt.Appointments, stays("appointment"))
	mt.Contributions = keepAt(mt.Contributions, stays("contribution"))
	mt.Actions = keepAt(mt.Actions, stays("action"))
	mt.Documents = keepAt(mt.Documents, stays("document"))
	mt.Notes = keepAt(mt.Notes, stays("note"))
	mt.AttendanceEvents = keepAt(mt.AttendanceEvents, stays("attendance"))
}

// sentences drops those that rest on closed evidence alone: they are content
// of the closed item, wherever they stand.
func (r *redaction) sentences(list []minutes.Sentence) []minutes.Sentence {
	out := []minutes.Sentence{}
	for _, s := range list {
		if r.onlyGone(s.Cites) {
			continue
		}
		s.Cites = r.cites(s.Cites)
		s.Flags = r.flags(s.Flags)
		out = append(out, s)
	}
	return out
}

func (r *redaction) onlyGone(cites []string) bool {
	for _, id := range cites {
		if !r.gone[id] {
			return false
		}
	}
	return len(cites) > 0
}

func (r *redaction) cites(list []string) []string {
	out := []string{}
	for _, id := range list {
		if r.gone[id] {
			continue
		}
		if n, ok := r.renamed[id]; ok {
			id = n
		}
		out = append(out, id)
	}
	return out
}

// flags keeps those that say nothing of a closed item: none of whose evidence
// is closed and whose text names neither such an item nor its evidence.
func (r *redaction) flags(list []minutes.Flag) []minutes.Flag {
	out := []minutes.Flag{}
	for _, f := range list {
		if r.mentions(f) {
			continue
		}
		f.Cites = r.cites(f.Cites)
		if len(f.Cites) == 0 {
			f.Cites = nil
		}
		out = append(out, f)
	}
	return out
}

func (r *redaction) mentions(f minutes.Flag) bool {
	for _, id := range f.Cites {
		if r.gone[id] {
			return true
		}
	}
	fields := strings.FieldsFunc(f.Text, func(c rune) bool { return strings.ContainsRune(" \t\n,.;()[]\"'“”", c) })
	for _, w := range fields {
		if r.closed[w] || r.closed[strings.TrimSuffix(w, ":")] || r.gone[w] || r.gone[strings.TrimSuffix(w, ":")] {
			return true
		}
	}
	for _, s := range r.m.Sections {
		if s.Closed && s.Title != "" && strings.Contains(f.Text, s.Title) {
			return true
		}
	}
	return false
}

func keep[T any](list []T, stays func(T, int) bool) []T {
	var out []T
	for i, v := range list {
		if stays(v, i) {
			out = append(out, v)
		}
	}
	return out
}

func keepAt[T any](list []T, stays func(i int) bool) []T {
	return keep(list, func(_ T, i int) bool { return stays(i) })
}
