package desk

import (
	"strconv"

	"bienban/templates/programmes"
)

// Begin gives a new meeting as its kind's programme template has it. The caller
// fills in what is known of this one.
func Begin(p programmes.Programme) Created {
	c := Created{Head: Head{Kind: p.Kind, Language: p.Language, Title: p.Title, Quorum: p.Quorum}}
	for _, name := range p.Sessions {
		c.Sessions = append(c.Sessions, Session{Name: name})
	}
	for _, l := range p.Lines() {
		d := ItemData{Title: l.Title, Closed: l.Closed}
		if l.Parent > 0 {
			d.Parent = strconv.Itoa(l.Parent)
		}
		if l.Session > 0 {
			d.Session = strconv.Itoa(l.Session)
		}
		c.Agenda = append(c.Agenda, d)
	}
	return c
}
