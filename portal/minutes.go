package portal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// minutesRoutes are the page of the minutes that were brought in, to be read and found,
// not to be edited.
func (s *Server) minutesRoutes() []route {
	bring := meetingForm("/minutes", desk.Draft, (*request).bringMinutes)
	bring.upload = true
	return []route{meetingPage("/minutes", desk.SeeMinutes, (*request).minutes), bring,
		meetingPage("/record/meeting.yaml", desk.Export, (*request).meetingFile),
		meetingPage("/record/transcript.json", desk.Export, (*request).transcriptFile)}
}

// minutesPage is what minutes.html shows.
type minutesPage struct {
	Versions []minutesVersion // the newest first
	Shown    *minutesVersion  // nil when there is none yet
	Minutes  *minutes.Minutes // nil when the one shown was withdrawn
	Sections []minutesSection
	// Conflicts are those of no section.
	Conflicts []minutes.Conflict
	Open      bool // something in it needs a person
	MayBring  bool
	MayDraft  bool     // has the files to draft from
	LeftOut   []string // of what people entered, and why
}

// minutesVersion is a version with its number, from 1.
type minutesVersion struct {
	desk.MinutesVersion
	Number int
	Newest bool
}

// minutesSection is a section with its number in the agenda and its conflicts.
type minutesSection struct {
	minutes.Section
	Number    string
	Rows      []minutesRow
	Conflicts []minutes.Conflict
}

// minutesRow is a sentence with the address of its own that a search leads to.
type minutesRow struct {
	minutes.Sentence
	Anchor string
}

func (q *request) minutes() error { return q.showMinutes(page{}) }

// showMinutes shows the version asked for, else the newest.
func (q *request) showMinutes(p page) error {
	st := q.meeting.State
	d := minutesPage{MayBring: q.may(desk.Draft) && st.Phase.Allows(desk.KindMinutes) && !st.Rehearsal}
	if d.MayDraft = q.may(desk.Export) && !st.Rehearsal; d.MayDraft {
		_, _, remarks := desk.Assemble(st, nil)
		for _, r := range remarks {
			d.LeftOut = append(d.LeftOut, r.In(q.language))
		}
	}
	want := q.r.URL.Query().Get("version")
	for i, v := range slices.Backward(st.Minutes) {
		d.Versions = append(d.Versions, minutesVersion{v, i + 1, i == len(st.Minutes)-1})
	}
	for i := range d.Versions {
		if want == "" || d.Versions[i].ID == want {
			d.Shown = &d.Versions[i]
			break
		}
	}
	switch {
	case d.Shown == nil && want != "":
		return errNotFound
	case d.Shown == nil || d.Shown.Withdrawn:
		return q.prepare("minutes", d, p)
	}
	m, err := q.s.o.Desk.Minutes(q.ctx(), q.viewer(), st.ID, d.Shown.ID)
	if err != nil {
		return err
	}
	d.Minutes, d.Open = m, m.NeedsPerson()
	numbers := map[string]string{}
	for _, a := range agendaRows(st) {
		numbers[a.ID] = a.Number
	}
	of := map[string]bool{}
	for n, x := range m.Sections {
		of[x.Item] = true
		s := minutesSection{Section: x}
		if i := st.ItemOf(x); i != nil {
			s.Number = numbers[i.ID]
		}
		for i, t := range x.Sentences {
			s.Rows = append(s.Rows, minutesRow{t, fmt.Sprintf("m%d-%d", n+1, i+1)})
		}
		for _, c := range m.Conflicts {
			if c.Item == x.Item {
				s.Conflicts = append(s.Conflicts, c)
			}
		}
		d.Sections = append(d.Sections, s)
	}
	for _, c := range m.Conflicts {
		if !of[c.Item] {
			d.Conflicts = append(d.Conflicts, c)
		}
	}
	return q.prepare("minutes", d, p)
}

// bringMinutes takes in minutes.json as a new version.
func (q *request) bringMinutes() error {
	wrong := func(status int, problem string) error {
		return q.showMinutes(page{Status: status, Problem: problem})
	}
	name, body, err := q.uploaded("file")
	switch {
	case fault.CodeOf(err) == fault.Invalid:
		return wrong(http.StatusUnprocessableEntity, q.t("minutes.no_file"))
	case err != nil:
		return err
	}
	body = []byte(strings.TrimPrefix(string(body), "\ufeff"))
	if !json.Valid(body) {
		return wrong(http.StatusUnprocessableEntity, q.t("minutes.no_json", name))
	}
	done, err := q.doForm(desk.KindMinutes, desk.MinutesBrought{File: name, Minutes: body})
	switch fault.CodeOf(err) {
	case "":
		return q.saved(done, "/minutes")
	case fault.Invalid, fault.Conflict, fault.Locked:
		return wrong(statusOf(err), q.explain(err))
	}
	return err
}
