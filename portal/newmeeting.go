package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"bienban/internal/accounts"
	"bienban/internal/fault"
	"bienban/internal/register"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal/text"
	"bienban/templates/programmes"
)

func (s *Server) newMeetingRoutes() []route {
	return []route{
		{pattern: "GET /meetings/new", who: signedIn, handle: (*request).newMeeting},
		{pattern: "POST /meetings/new", who: signedIn, handle: (*request).createMeeting},
	}
}

// meetingKinds are the kinds that a meeting can be made of.
func meetingKinds() []string {
	return []string{minutes.KindCongress, minutes.KindCommittee, minutes.KindStandingCommittee, minutes.KindCell,
		minutes.KindPeoplesCouncil, minutes.KindPeoplesCommittee, minutes.KindCouncil}
}

// newPage is what newmeeting.html shows.
type newPage struct {
	Kinds   []string
	Kind    string // "": none chosen yet
	Head    desk.Head
	Secrecy []string
	From    string // "paste", "empty" or a programme's name: where the agenda comes from
	Usual   []usual
	Start   string // as it was typed
	Pasted  string
	Clerks  []accounts.Account // who can be its clerk, for an administrator; else nobody is asked
	Clerk   string
	Act     string
}

// usual is a programme that can be chosen.
type usual struct {
	Name, Label string
	Rows        []agendaRow
}

// readNew reads the form, from the address or from a post.
func (q *request) readNew() (newPage, error) {
	d := newPage{Kinds: meetingKinds(), Secrecy: q.s.secrecies(), Kind: q.r.FormValue("kind"), From: q.r.FormValue("from"),
		Start: q.r.FormValue("start"), Pasted: q.r.FormValue("pasted"), Clerk: q.r.FormValue("clerk"), Act: q.actID()}
	if !slices.Contains(d.Kinds, d.Kind) {
		d.Kind = ""
		return d, nil
	}
	for _, p := range q.s.programmesOf(d.Kind) {
		label := p.Label.EN
		if q.language == "vi" {
			label = p.Label.VI
		}
		d.Usual = append(d.Usual, usual{p.Name, label, previewRows(desk.Begin(p).Agenda)})
	}
	known := func(u usual) bool { return u.Name == d.From }
	if d.From != "paste" && d.From != "empty" && !slices.ContainsFunc(d.Usual, known) {
		if d.From = "empty"; len(d.Usual) > 0 {
			d.From = d.Usual[0].Name
		}
	}
	d.Head = desk.Head{Kind: d.Kind, Title: strings.TrimSpace(q.r.FormValue("title")), Venue: q.r.FormValue("venue"),
		Place: q.r.FormValue("place"), Body: q.r.FormValue("body"), Language: q.r.FormValue("language"), Secrecy: q.r.FormValue("secrecy")}
	if d.Head.Language == "" {
		if d.Head.Language = text.Languages()[0]; d.Kind == minutes.KindCouncil {
			d.Head.Language = "en"
		}
	}
	if q.administrator() {
		all, err := q.s.o.Accounts.Accounts(q.ctx())
		if err != nil {
			return d, err
		}
		d.Clerks = slices.DeleteFunc(all, func(a accounts.Account) bool { return a.Disabled })
		if d.Clerk == "" {
			d.Clerk = q.account.ID
		}
	}
	return d, nil
}

// mayCreateOne is not found for whoever may make no meeting.
func (q *request) mayCreateOne() error {
	mine, err := q.s.o.Desk.Mine(q.ctx(), q.viewer())
	if err != nil {
		return err
	}
	if !q.mayCreate(mine) {
		return errNotFound
	}
	return nil
}

func (q *request) newMeeting() error {
	if err := q.mayCreateOne(); err != nil {
		return err
	}
	d, err := q.readNew()
	if err != nil {
		return err
	}
	return q.showNew(d, page{})
}

func (q *request) showNew(d newPage, p page) error {
	p.Name, p.Title, p.Section, p.Data = "newmeeting", q.t("meetings.new"), "meetings", d
	return q.show(p)
}

func (q *request) createMeeting() error {
	if err := q.mayCreateOne(); err != nil {
		return err
	}
	d, err := q.readNew()
	if err != nil {
		return err
	}
	if q.r.PostFormValue("do") == "kind" { // another kind, with all that was filled in
		return q.showNew(d, page{})
	}
	wrong := func(problem string) error {
		return q.showNew(d, page{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	if d.Kind == "" {
		return wrong(q.t("new.kind.missing"))
	}
	if d.Head.Title == "" {
		return wrong(q.t("head.title.missing"))
	}
	if d.Head.Secrecy != "" && !slices.Contains(d.Secrecy, d.Head.Secrecy) {
		return wrong(q.t("head.secrecy.refused"))
	}
	if d.Head.Start, err = parseInput(d.Start, minutes.Time{}, q.s.zone); err != nil {
		return wrong(q.t("time.wrong"))
	}
	if d.From != "paste" && strings.TrimSpace(d.Pasted) != "" { // what was pasted is not dropped unseen
		d.From = "paste"
		return wrong(q.t("new.paste.unused"))
	}
	c := desk.Created{Head: d.Head, Clerk: q.account.ID, Name: q.account.Name}
	if q.administrator() {
		clerk, err := q.s.o.Accounts.Account(q.ctx(), d.Clerk)
		if err != nil || clerk.Disabled {
			return wrong(q.t("members.who"))
		}
		c.Clerk, c.Name = clerk.ID, clerk.Name
	}
	switch d.From {
	case "empty":
	case "paste":
		a, err := register.ReadAgenda(d.Pasted)
		if err != nil || len(a.Items) == 0 {
			return wrong(cmp.Or(q.detail(err), q.t("agenda.paste.nothing")))
		}
		c.Agenda = a.Items
	default:
		begun := q.s.programme(d.Kind, d.From)
		c.Agenda, c.Sessions, c.Head.Quorum = begun.Agenda, begun.Sessions, begun.Head.Quorum
	}
	id, err := q.s.o.Desk.Create(q.ctx(), q.viewer(), d.Act, c)
	if fault.CodeOf(err) == fault.Invalid {
		return wrong(q.explain(err))
	}
	if err != nil {
		return err
	}
	if c.Clerk != q.account.ID { // an administrator need not see the meeting that they made
		return q.done("new.done.other", "/")
	}
	return q.done("new.done", "/m/"+id)
}

// programmesOf lists the usual programmes of a kind of meeting.
func (s *Server) programmesOf(kind string) []programmes.Programme {
	return slices.DeleteFunc(slices.Clone(s.programmes), func(p programmes.Programme) bool { return p.Kind != kind })
}

// programme is a meeting as one of them has it: its agenda, its sessions, its quorum.
func (s *Server) programme(kind, name string) desk.Created {
	for _, p := range s.programmesOf(kind) {
		if p.Name == name {
			return desk.Begin(p)
		}
	}
	return desk.Created{}
}
