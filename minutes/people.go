package minutes

import (
	"slices"
	"strings"
	"unicode/utf8"

	"bienban/internal/lang"
)

// Person gives the registered person of that name, as spelled or by its
// folded spelling (hòa = hoà, any case); nil when there is none.
func (m *Meeting) Person(name string) *Person {
	for i := range m.People {
		if m.People[i].Name == name {
			return &m.People[i]
		}
	}
	key := lang.Fold(name)
	for i := range m.People {
		if key != "" && lang.Fold(m.People[i].Name) == key {
			return &m.People[i]
		}
	}
	return nil
}

// Known says whether the name is one of the people or of the register.
func (m *Meeting) Known(name string) bool {
	if m.Person(name) != nil {
		return true
	}
	key := lang.Fold(name)
	return slices.ContainsFunc(m.Register, func(d Delegate) bool { return lang.Fold(d.Name) == key })
}

// names lists the people, then the register.
func (m *Meeting) names() []string {
	out := make([]string, 0, len(m.People)+len(m.Register))
	for _, p := range m.People {
		out = append(out, p.Name)
	}
	for _, d := range m.Register {
		if !slices.Contains(out, d.Name) {
			out = append(out, d.Name)
		}
	}
	return out
}

// Chair gives the person who chairs, nil when none is entered.
func (m *Meeting) Chair() *Person { return m.WithRole(RoleChair) }

// WithRole gives the first person with the role, nil when there is none.
func (m *Meeting) WithRole(role string) *Person {
	for i := range m.People {
		if m.People[i].Role.Has(role) {
			return &m.People[i]
		}
	}
	return nil
}

// Item gives an agenda item by its id, nil when there is none.
func (m *Meeting) Item(id string) *AgendaItem {
	for i := range m.Agenda {
		if m.Agenda[i].ID == id {
			return &m.Agenda[i]
		}
	}
	return nil
}

// ClosedItem says whether an item, or one above it, is closed to the public.
func (m *Meeting) ClosedItem(id string) bool {
	for range m.Agenda {
		a := m.Item(id)
		if a == nil {
			return false
		}
		if a.Closed {
			return true
		}
		id = a.Parent
	}
	return false
}

// PeopleByChannel gives the people at each microphone, in the file's order.
// People without a channel are left out.
func (m *Meeting) PeopleByChannel() map[int][]Person {
	out := map[int][]Person{}
	for _, p := range m.People {
		if p.Channel > 0 {
			out[p.Channel] = append(out[p.Channel], p)
		}
	}
	return out
}

// addressed is a person's name as people say it, with a short title before it.
// A recogniser that is told "Councillor Helen Fraser" writes the title as this
// meeting does.
func (p Person) addressed() string {
	if n := len(strings.Fields(p.Title)); n == 0 || n > 3 {
		return p.Name
	}
	return p.Title + " " + p.Name
}

// GlossaryTerms lists words that the recogniser should expect, the most useful
// first and none twice: the glossary as entered, people with their titles, agenda titles
// and presenters, the place, titles of people, numbers of documents, units, the
// venue, the register's names. A caller cuts it at what its prompt may hold.
func (m *Meeting) GlossaryTerms() []string {
	var out []string
	seen := map[string]bool{}
	add := func(terms ...string) {
		for _, t := range terms {
			t = strings.TrimSpace(t)
			if k := lang.Fold(t); utf8.RuneCountInString(t) > 1 && !seen[k] {
				seen[k] = true
				out = append(out, t)
			}
		}
	}
	add(m.Glossary...)
	for _, p := range m.People {
		add(p.addressed())
	}
	for _, a := range m.Agenda {
		add(a.Title, a.Presenter)
	}
	add(m.Place)
	for _, p := range m.People {
		add(p.Title)
	}
	for _, d := range m.Documents {
		add(d.Number)
	}
	for _, p := range m.People {
		add(p.Unit)
	}
	add(m.Venue)
	for _, d := range m.Register {
		add(d.Name)
	}
	return out
}

// sessionStart is when the recording of a session begins, as far as people
// entered it: the session's start, else the meeting's.
func (m *Meeting) sessionStart(id string) Time {
	for i, s := range m.Sessions {
		if (s.ID == id || id == "" && i == 0) && !s.Start.IsZero() && !s.Start.DateOnly {
			return s.Start
		}
	}
	if m.Start.DateOnly {
		return Time{}
	}
	return m.Start
}

// seconds places a moment in the recording: t as entered, else at less the
// session's start; ok is false when neither says.
func (m *Meeting) seconds(t *float64, at Time, session string) (s float64, ok bool) {
	if t != nil {
		return *t, true
	}
	start := m.sessionStart(session)
	if at.IsZero() || start.IsZero() {
		return 0, false
	}
	return at.Sub(start.Time).Seconds(), true
}
