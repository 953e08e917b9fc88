package desk

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"bienban/minutes"
	"bienban/transcribe"
)

// Assemble gives the meeting and all that was said as drafting wants them: one
// meeting and one transcript over all recordings of all sessions. Recordings
// follow each other in the order of their start, rehearsals are left out; times
// and places count on that one line of time. Segments get ids that are unique
// there: "r2-s17" is segment s17 of the second recording.
//
// sheets need not be filed; one that is missing leaves its recording without text.
// The remarks name what was left out.
func Assemble(s *State, sheets []*Sheet) (*minutes.Meeting, *transcribe.Transcript, []Summary) {
	line := newLine(s, sheets)
	m, remarks := s.meeting(line)
	t := &transcribe.Transcript{Language: s.Head.Language, Segments: []transcribe.Segment{}}
	for i, part := range line {
		if part.sheet == nil {
			continue
		}
		sh := *part.sheet
		s.File(&sh)
		for _, x := range s.StretchesOf(sh.Recording, StretchClosed, StretchErased) { // like a pause: in no record
			sh.withoutStretch(x, x.Kind)
		}
		t.Model = cmp.Or(t.Model, sh.Transcript.Model)
		prefix := "r" + strconv.Itoa(i+1) + "-"
		for _, g := range sh.Transcript.Segments {
			g.ID = prefix + g.ID
			g.Start, g.End = g.Start+part.offset, g.End+part.offset
			g.Words = slices.Clone(g.Words)
			for j := range g.Words {
				g.Words[j].Start += part.offset
				g.Words[j].End += part.offset
			}
			if i := s.Item(g.Item); i != nil && i.Skipped {
				g.Item = "" // it is in no record: its text is listed as unassigned
			}
			t.Segments = append(t.Segments, g)
		}
		for _, c := range sh.Transcript.Coverage {
			c.Start, c.End = c.Start+part.offset, c.End+part.offset
			t.Coverage = append(t.Coverage, c)
		}
		t.Flags = append(t.Flags, sh.Transcript.Flags...)
	}
	return m, t, remarks
}

// part is one recording on the line of time.
type part struct {
	Recording
	offset  float64 // seconds before its first sample
	seconds float64
	sheet   *Sheet
}

func newLine(s *State, sheets []*Sheet) []part {
	var line []part
	offset := 0.0
	for _, r := range s.Recordings {
		if r.Rehearsal && !s.Rehearsal {
			continue
		}
		p := part{Recording: r, offset: offset, seconds: float64(max(r.Length, 0)) / SampleRate}
		for _, sh := range sheets {
			if sh == nil || sh.Recording != r.ID {
				continue
			}
			p.sheet = sh
			for _, g := range sh.Transcript.Segments {
				p.seconds = max(p.seconds, g.End)
			}
			for _, c := range sh.Transcript.Coverage {
				p.seconds = max(p.seconds, c.End)
			}
		}
		offset += p.seconds
		line = append(line, p)
	}
	return line
}

// at gives the second of a place on the line; of a moment of the clock alone, the
// second of the recording that ran then, or where the next one begins.
func at(line []part, p Place, clock time.Time) float64 {
	end := 0.0
	for _, r := range line {
		if r.ID == p.Recording {
			return r.offset + float64(p.Sample)/SampleRate
		}
		if p.Recording == "" {
			into := clock.Sub(r.Started).Seconds()
			if into < 0 {
				return r.offset
			}
			if into <= r.seconds {
				return r.offset + into
			}
		}
		end = r.offset + r.seconds
	}
	return end
}

// zone is the hall's own: as the meeting's start was entered, else the clock's.
func (s *State) zone() *time.Location {
	if !s.Head.Start.IsZero() && !s.Head.Start.DateOnly {
		return s.Head.Start.Location()
	}
	if s.Head.Language == "vi" {
		return time.FixedZone("+07:00", 7*3600) // Việt Nam has one zone and no summer time
	}
	return time.Local
}

func (s *State) time(t time.Time) minutes.Time {
	if t.IsZero() {
		return minutes.Time{}
	}
	return minutes.Time{Time: t.In(s.zone()).Truncate(time.Second)}
}

// Meeting gives the meeting as a meeting file would hold it.
func (s *State) Meeting() *minutes.Meeting {
	m, _ := s.meeting(newLine(s, nil))
	return m
}

func (s *State) meeting(line []part) (*minutes.Meeting, []Summary) {
	h := s.Head
	m := &minutes.Meeting{Kind: h.Kind, Language: h.Language, Title: h.Title, Superior: h.Superior, Issuer: h.Issuer, Body: h.Body,
		Place: h.Place, Venue: h.Venue, Number: h.Number, Start: h.Start, End: h.End, Secrecy: h.Secrecy, Delegates: h.Delegates,
		Form: h.Form, Switches: h.Switches, Recipients: h.Recipients, Register: s.Register, Signers: s.Signers, Glossary: s.Glossary}
	var remarks []Summary
	lost := func(vi, en, what string) {
		remarks = append(remarks, Summary{VI: vi + ": " + clip(what), EN: en + ": " + clip(what)})
	}
	for _, p := range s.Passages {
		if p.To == Running && p.From == Prepared && (m.Start.IsZero() || m.Start.DateOnly) {
			m.Start = s.time(p.Stamp.At)
		}
		// What was planned gives way to when it was closed, the last time where it was
		// closed too early; what a person entered afterwards stands.
		if p.To == Closed && p.From.Live() && (h.End.IsZero() || h.End.DateOnly || s.Rev["passage:"+p.ID] > s.Rev["head.end"]) {
			m.End = s.time(p.Stamp.At)
		}
	}
	for i, x := range s.Sessions { // minutes print the number
		session := minutes.Session{ID: strconv.Itoa(i + 1), Start: x.Start, End: x.End, Place: x.Place, Presiding: x.Presiding}
		for _, r := range line {
			if r.Session == x.ID {
				session.Recordings = append(session.Recordings, r.ID)
			}
		}
		m.Sessions = append(m.Sessions, session)
	}
	for _, p := range s.People {
		person := p.Person
		for _, c := range s.Channels {
			if person.Channel == 0 && c.Person == person.Name {
				person.Channel = c.Number
			}
		}
		m.People = append(m.People, person)
	}
	in := map[string]bool{"": true}
	for _, i := range s.Items {
		if i.Into != "" || i.Skipped {
			continue
		}
		in[i.ID] = true
		a := minutes.AgendaItem{ID: i.ID, Title: i.Title, Closed: i.Closed || s.ClosedItem(i.ID), Presenter: i.Presenter, Planned: i.Planned}
		if p := s.Item(i.Parent); p != nil && in[p.ID] && p.ID != i.ID {
			a.Parent = p.ID
		}
		m.Agenda = append(m.Agenda, a)
	}
	item := func(id string) string {
		if i := s.Item(id); i != nil && in[i.ID] {
			return i.ID
		}
		return ""
	}
	for _, k := range s.Marks {
		if id := item(k.Item); id != "" {
			t := at(line, k.Place, k.Clock)
			m.Marks = append(m.Marks, minutes.Mark{T: &t, Item: id})
		}
	}
	slices.SortStableFunc(m.Marks, func(a, b minutes.Mark) int { return cmp.Compare(*a.T, *b.T) })
	for _, n := range s.Notes {
		if s.InClosedPart(n.Clock) && !s.ClosedItem(n.Item) { // like what was said there: a copy would tell it under an open item
			lost("Ghi chú trong phần họp kín, để trong nội dung không kín", "A note of a closed part, under an item that is not closed", n.Text)
			continue
		}
		t := at(line, n.Place, n.Clock)
		m.Notes = append(m.Notes, minutes.Note{T: &t, Item: item(n.Item), Text: n.Text})
	}
	present := h.Delegates.Present
	for i, a := range s.attendance() {
		if i == 0 && a.Event == EventCounted && present == 0 { // that is who was there at the opening
			present = *a.Present
			m.Delegates.Present = present
			continue
		}
		before := present
		present = max(a.after(present), 0)
		n, t := present, at(line, a.Place, a.Clock)
		e := minutes.AttendanceEvent{At: s.time(a.Clock), T: &t, Item: item(a.Item), Person: a.Person, Event: a.Event, Count: a.Count, Reason: a.Reason}
		if a.Event == EventCounted { // in a record: so many more or fewer than before
			switch e.Event, e.Count = minutes.EventArrive, n-before; {
			case n == before:
				continue
			case n < before:
				e.Event, e.Count = minutes.EventLeave, before-n
			}
		}
		if h.Delegates.Present > 0 || a.Present != nil {
			e.Present = &n
		}
		m.AttendanceEvents = append(m.AttendanceEvents, e)
	}
	votes := slices.Clone(s.Votes)
	slices.SortStableFunc(votes, func(a, b Vote) int { return a.Clock.Compare(b.Clock) })
	for _, v := range votes {
		x := v.Vote
		if x.Item = item(v.Item); x.Item == "" {
			lost("Biểu quyết chưa thuộc nội dung nào", "A vote of no item", v.Subject)
			continue
		}
		m.Votes = append(m.Votes, x)
	}
	elections := slices.Clone(s.Elections)
	slices.SortStableFunc(elections, func(a, b Election) int { return a.Clock.Compare(b.Clock) })
	for _, e := range elections {
		x := e.Election
		if x.Item = item(e.Item); x.Item == "" {
			lost("Bầu cử chưa thuộc nội dung nào", "An election of no item", e.Subject)
			continue
		}
		m.Elections = append(m.Elections, x)
	}
	for _, a := range s.Appointments {
		x := a.Appointment
		if x.Item = item(a.Item); x.Item == "" {
			lost("Quyết định chỉ định chưa thuộc nội dung nào", "An appointment of no item", a.Decision)
			continue
		}
		m.Appointments = append(m.Appointments, x)
	}
	for _, c := range s.Contributions {
		x := c.Contribution
		if x.Item = item(c.Item); x.Item == "" {
			lost("Tham luận chưa thuộc nội dung nào", "A contribution of no item", c.Person)
			continue
		}
		m.Contributions = append(m.Contributions, x)
	}
	for _, a := range s.Actions {
		x := a.Action
		if x.Item = item(a.Item); x.Item == "" {
			lost("Nhiệm vụ chưa thuộc nội dung nào", "A task of no item", a.Task)
			continue
		}
		m.Actions = append(m.Actions, x)
	}
	for _, d := range s.Documents {
		x := d.Document
		x.Item = item(d.Item)
		m.Documents = append(m.Documents, x)
	}
	return m, remarks
}
