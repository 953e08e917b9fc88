package draft

import (
	"fmt"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
)

// fromData makes a sentence of what people entered.
func fromData(text string, cites ...string) minutes.Sentence {
	return minutes.Sentence{Text: text, Cites: cites, Origin: minutes.OriginData, Flags: []minutes.Flag{}}
}

// data renders the votes that stand before unit i.
func (d *drafter) data(p *plan, i int) {
	for k, s := range p.at[i] {
		var n int
		if _, err := fmt.Sscanf(s.Text, "vote:%d", &n); err == nil && n >= 1 && n <= len(d.m.Votes) {
			s.Text, s.Flags = d.voice.vote(p.scene, d.m.Votes[n-1]), []minutes.Flag{}
			p.at[i][k] = s
		}
	}
}

// head renders what stands before what was said: who is there, the papers, the
// contributions in their order.
func (d *drafter) head(p *plan, sc *scene, units []unit) {
	add := func(text string, cites ...string) {
		if text != "" {
			p.head = append(p.head, fromData(text, cites...))
		}
	}
	if p.item.ID == d.attendanceItem() && !d.saysAttendance(units) {
		add(d.voice.attendance(d.m), "delegates")
	}
	for i, e := range d.m.AttendanceEvents {
		if e.Item == p.item.ID || e.Item == "" && p.item.ID == d.attendanceItem() {
			add(d.voice.event(d.m, e), fmt.Sprintf("attendance:%d", i+1))
		}
	}
	for i, doc := range d.m.Documents {
		if doc.Item == p.item.ID || doc.Item == "" && p.item.ID == d.m.Agenda[0].ID {
			add(d.voice.document(sc, doc), fmt.Sprintf("document:%d", i+1))
		}
	}
	for i, c := range d.m.Contributions {
		if c.Item == p.item.ID {
			add(d.voice.contribution(sc, c), fmt.Sprintf("contribution:%d", i+1))
		}
	}
}

// tail renders what stands after it: appointments, elections, tasks.
func (d *drafter) tail(p *plan, sc *scene) {
	add := func(text string, cites ...string) { p.tail = append(p.tail, fromData(text, cites...)) }
	for i, a := range d.m.Appointments {
		if a.Item == p.item.ID {
			add(d.voice.appointment(sc, a), fmt.Sprintf("appointment:%d", i+1))
		}
	}
	for i, e := range d.m.Elections {
		if e.Item == p.item.ID {
			for _, s := range d.voice.election(d.m, e) {
				add(s, append([]string{fmt.Sprintf("election:%d", i+1), "delegates"}, p.ballots...)...)
			}
		}
	}
	for i, a := range d.m.Actions {
		if a.Item == p.item.ID {
			add(d.voice.action(sc, a), fmt.Sprintf("action:%d", i+1))
		}
	}
}

// attendanceItem is the item under which the attendance at the opening stands:
// the first whose title is about it, else the first.
func (d *drafter) attendanceItem() string {
	for _, a := range d.m.Agenda {
		if d.voice.attendanceItem(a.Title) {
			return a.ID
		}
	}
	if len(d.m.Agenda) > 0 {
		return d.m.Agenda[0].ID
	}
	return ""
}

// saysAttendance says whether what was said already gives the recorded figures.
func (d *drafter) saysAttendance(units []unit) bool {
	var have []string
	for _, u := range units {
		if d.voice.tells(u.text).attendance {
			have = append(have, values(d.m.Language, u.text, false)...)
		}
	}
	return containsAll(have, []string{fmt.Sprint(d.m.Delegates.Summoned), fmt.Sprint(d.m.Delegates.Present)})
}

// extract makes a unit's own sentence.
func (u unit) extract() minutes.Sentence {
	return minutes.Sentence{Text: u.out, Cites: slices.Clone(u.cites), Origin: minutes.OriginExtract, Speaker: u.speaker, Flags: []minutes.Flag{}}
}

// section puts an item together. said[i] is what stands for units[i].
func (d *drafter) section(p *plan, said [][]minutes.Sentence) minutes.Section {
	s := minutes.Section{Item: p.item.ID, Title: p.item.Title, Closed: d.m.ClosedItem(p.item.ID), Sentences: []minutes.Sentence{},
		Votes: p.votes, Flags: p.flags}
	s.Sentences = append(s.Sentences, p.head...)
	for i := range p.units {
		s.Sentences = append(s.Sentences, p.at[i]...)
		s.Sentences = append(s.Sentences, said[i]...)
	}
	s.Sentences = append(s.Sentences, p.at[len(p.units)]...)
	s.Sentences = append(s.Sentences, p.tail...)
	s.Sentences = slices.DeleteFunc(s.Sentences, func(x minutes.Sentence) bool { return strings.TrimSpace(x.Text) == "" })
	return s
}

// extracted is the item by rule alone.
func (p *plan) extracted() [][]minutes.Sentence {
	said := make([][]minutes.Sentence, len(p.units))
	seen := map[string]bool{}
	for i, u := range p.units {
		// The same words twice by one speaker (a loop of the recogniser, a repeated formula) are recorded once.
		key := u.speaker + "\x00" + lang.Fold(u.text)
		if seen[key] {
			continue
		}
		seen[key] = true
		said[i] = []minutes.Sentence{u.extract()}
	}
	return said
}
