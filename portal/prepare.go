package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
)

func (s *Server) prepareRoutes() []route {
	return slices.Concat([]route{
		meetingPage("", desk.See, (*request).overview),
		nowRoute(),
		meetingForm("/phase", desk.See, (*request).setPhase),
		meetingForm("/rehearsal", desk.Run, (*request).setRehearsal),
		meetingPage("/head", desk.Prepare, (*request).head),
		meetingForm("/head", desk.Prepare, (*request).setHead),
		meetingPage("/sessions", desk.Prepare, (*request).sittings),
		meetingForm("/sessions", desk.Prepare, (*request).setSitting),
	}, s.agendaRoutes(), s.peopleRoutes(), s.registerRoutes(), s.hallRoutes(), s.documentRoutes(), s.minutesRoutes(), s.memberRoutes(), s.historyRoutes())
}

// section is one page of preparing a meeting, with how much is in it.
type section struct {
	Text, Path string
	Count      int
	Counted    bool
	Current    bool
}

// prepared is what every page of preparing shows beside its own part.
type prepared struct {
	Sections []section
	ID       string
	Base     int64 // for the forms of the page
	May      bool  // change things here
	Own      any
}

// prepare shows a page of preparing a meeting.
func (q *request) prepare(name string, own any, p page) error {
	st := q.meeting.State
	d := prepared{ID: st.ID, Base: q.meeting.Seq, May: q.may(desk.Prepare), Own: own}
	add := func(text, path string, count int, needs desk.Permission) {
		if q.may(needs) {
			d.Sections = append(d.Sections, section{text, "/m/" + st.ID + path, count, count >= 0, text == "prepare."+name})
		}
	}
	add("prepare.overview", "", -1, desk.See)
	add("prepare.head", "/head", -1, desk.Prepare)
	add("prepare.sessions", "/sessions", len(st.Sessions), desk.Prepare)
	add("prepare.agenda", "/agenda", len(st.Items), desk.See)
	add("prepare.people", "/people", len(st.People), desk.SeePeople)
	add("prepare.register", "/register", len(st.Register), desk.SeePeople)
	add("prepare.documents", "/documents", len(st.Documents), desk.See)
	add("prepare.minutes", "/minutes", len(st.Minutes), desk.SeeMinutes)
	add("prepare.glossary", "/glossary", len(st.Glossary), desk.Prepare)
	add("prepare.channels", "/channels", len(st.Channels), desk.SeePeople)
	add("prepare.members", "/members", len(st.Members), desk.Members)
	if len(st.Recordings) > 0 {
		in := 0
		for _, e := range st.Erasures {
			if e.Open() {
				in++
			}
		}
		for _, r := range st.Recordings {
			in += len(st.StretchesOf(r.ID, desk.StretchClosed, desk.StretchErased, desk.StretchFilled))
		}
		add("prepare.stretches", "/stretches", in, desk.SeeClosed)
	}
	add("prepare.history", "/history", -1, desk.SeeHistory)
	p.Name, p.Tab, p.Data = name, "tab.meeting", d
	if p.Title == "" {
		p.Title = q.t("prepare."+name) + " · " + st.Head.Title
	}
	return q.show(p)
}

// saved goes back to a page of the meeting after a form, and says how it went.
func (q *request) saved(d desk.Done, path string) error {
	if d.Conflict != nil {
		return q.done("act.conflict", "/m/"+q.meetingID()+path)
	}
	return q.done("act.done", "/m/"+q.meetingID()+path)
}

// overviewPage is what overview.html shows.
type overviewPage struct {
	Head   desk.Head
	Agenda []agendaRow
	Chair  string
	Steps  []stepRow
	Checks []checkRow
	Counts map[string]int
	Now    nowView
	// MayRun says that a rehearsal can be begun or discarded.
	MayRun bool
}

// stepRow is a phase to which the meeting can go.
type stepRow struct {
	To      desk.Phase
	Onward  bool // in the life of a meeting, and no pause or way back
	Missing []string
}

// life is the way of a meeting; a recess and a closed part stand beside it.
var life = []desk.Phase{desk.Prepared, desk.Running, desk.Closed, desk.InReview, desk.Approved, desk.Signed, desk.Archived}

// checkRow is something to have before the meeting begins.
type checkRow struct {
	Text, Path string
	OK         bool
}

// overview is GET /m/{id}: what the meeting is, what is missing, what comes next.
func (q *request) overview() error {
	return q.prepare("overview", q.overviewPage(), page{Title: q.meeting.State.Head.Title, Again: showAgain, Scripts: []string{"now.js"}})
}

func (q *request) overviewPage() overviewPage {
	st := q.meeting.State
	d := overviewPage{Head: st.Head, Now: q.now(), Agenda: agendaRows(st), MayRun: q.may(desk.Run),
		Counts: map[string]int{"people": len(st.People), "register": len(st.Register), "sessions": len(st.Sessions)}}
	for _, p := range st.People {
		if p.Role.Has(minutes.RoleChair) || d.Chair == "" && p.Role.Has(minutes.RolePresidium) {
			d.Chair = p.Name
		}
	}
	for _, step := range st.Steps(q.roles) {
		if !step.May {
			continue
		}
		r := stepRow{To: step.To, Onward: slices.Index(life, step.To) > slices.Index(life, st.Phase)}
		for _, m := range step.Missing {
			r.Missing = append(r.Missing, m.In(q.language))
		}
		d.Steps = append(d.Steps, r)
	}
	if q.may(desk.Prepare) && st.Phase == desk.Prepared {
		check := func(text, path string, ok bool) {
			d.Checks = append(d.Checks, checkRow{text, "/m/" + st.ID + path, ok})
		}
		h := st.Head
		check("check.head", "/head", h.Title != "" && !h.Start.IsZero() && (h.Venue != "" || h.Place != ""))
		check("check.agenda", "/agenda", len(st.Items) > 0)
		check("check.chair", "/people", d.Chair != "")
		check("check.secretary", "/people", slices.ContainsFunc(st.People, func(p desk.Person) bool {
			return p.Role.Has(minutes.RoleSecretary) || p.Role.Has(minutes.RoleHeadSecretary)
		}))
		check("check.channels", "/channels", len(st.Channels) > 0)
		check("check.glossary", "/glossary", len(st.Glossary) > 0)
	}
	return d
}

// setPhase goes to another phase, as far as the store allows it.
func (q *request) setPhase() error {
	d, err := q.doForm(desk.KindPhase, desk.PhaseChanged{To: desk.Phase(q.r.PostFormValue("to")), Reason: q.r.PostFormValue("reason")})
	if err != nil {
		return q.again("overview", q.overviewPage(), err)
	}
	return q.saved(d, "")
}

// setRehearsal begins a rehearsal, or discards it with all that happened in it.
func (q *request) setRehearsal() error {
	kind := desk.KindRehearsal
	if q.r.PostFormValue("discard") != "" {
		kind = desk.KindRehearsalDiscarded
	}
	d, err := q.doForm(kind, desk.Nothing{})
	if err != nil {
		return q.again("overview", q.overviewPage(), err)
	}
	return q.saved(d, "")
}

// headPage is what head.html shows.
type headPage struct {
	Head     desk.Head
	Kinds    []string
	Secrecy  []string
	Problems map[string]string // by field
}

// secrecies are the levels that can be chosen here.
func (s *Server) secrecies() []string {
	all := []string{minutes.SecrecyNormal, minutes.SecrecyInternal}
	if s.o.Secret {
		all = append(all, minutes.SecrecySecret)
	}
	return all
}

func (q *request) head() error {
	return q.prepare("head", headPage{Head: q.meeting.State.Head, Secrecy: q.s.secrecies()}, page{})
}

// setHead sends what the person changed, and nothing else: what somebody else
// changed meanwhile in another field then is no conflict.
func (q *request) setHead() error {
	h := q.meeting.State.Head
	var b desk.HeadChanged
	problems := map[string]string{}
	text := func(name string, shown *string, to **string) {
		if v, is := q.changed(name); is {
			*to, *shown = &v, v
		}
	}
	text("title", &h.Title, &b.Title)
	text("superior", &h.Superior, &b.Superior)
	text("issuer", &h.Issuer, &b.Issuer)
	text("body", &h.Body, &b.Body)
	text("place", &h.Place, &b.Place)
	text("venue", &h.Venue, &b.Venue)
	text("number", &h.Number, &b.Number)
	text("quorum", &h.Quorum, &b.Quorum)
	text("language", &h.Language, &b.Language)
	text("secrecy", &h.Secrecy, &b.Secrecy)
	if b.Secrecy != nil && !slices.Contains(q.s.secrecies(), *b.Secrecy) {
		problems["secrecy"] = q.t("head.secrecy.refused")
	}
	moment := func(name string, shown *minutes.Time, to **minutes.Time) {
		v, is := q.changed(name)
		if !is {
			return
		}
		t, err := parseInput(v, *shown, q.s.zone)
		if err != nil {
			problems[name] = q.t("time.wrong")
			return
		}
		*to, *shown = &t, t
	}
	moment("start", &h.Start, &b.Start)
	moment("end", &h.End, &b.End)
	count := func(name string, shown *int) (is bool) {
		v, is := q.changed(name)
		if !is {
			return false
		}
		n, err := strconv.Atoi(cmp.Or(v, "0"))
		if err != nil || n < 0 {
			problems[name] = q.t("number.wrong")
			return false
		}
		*shown = n
		return true
	}
	counted := count("summoned", &h.Delegates.Summoned)
	counted = count("present", &h.Delegates.Present) || counted
	counted = count("absent", &h.Delegates.Absent) || counted
	if counted {
		b.Delegates = &h.Delegates
	}
	if v, is := q.changed("recipients"); is {
		lines := splitLines(v)
		b.Recipients, h.Recipients = &lines, lines
	}
	if h.Title == "" {
		problems["title"] = q.t("head.title.missing")
	}
	again := func(problem string) error {
		return q.prepare("head", headPage{Head: h, Secrecy: q.s.secrecies(), Problems: problems}, page{Status: http.StatusUnprocessableEntity, Problem: problem})
	}
	if len(problems) > 0 {
		return again(q.t("form.wrong"))
	}
	if b == (desk.HeadChanged{}) {
		return q.redirect("/m/" + q.meetingID() + "/head")
	}
	d, err := q.doForm(desk.KindHead, b)
	if fault.CodeOf(err) == fault.Invalid {
		return again(q.explain(err))
	}
	if err != nil {
		return err
	}
	return q.saved(d, "/head")
}

// changed gives a field and whether the person changed it: "was-NAME" holds what
// the page showed.
func (q *request) changed(name string) (value string, is bool) {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	value = plain(q.r.PostFormValue(name))
	return value, q.r.PostForm.Has(name) && value != plain(q.r.PostFormValue("was-"+name))
}

// splitLines gives the lines that hold something.
func splitLines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// sittingsPage is what sessions.html shows.
type sittingsPage struct {
	Sessions []desk.Session
	Edited   desk.Session // as sent, when it was wrong
	Problem  string
}

func (q *request) sittings() error {
	return q.prepare("sessions", sittingsPage{Sessions: q.meeting.State.Sessions}, page{})
}

// setSitting makes, changes or removes a session (buổi).
func (q *request) setSitting() error {
	st := q.meeting.State
	id := q.r.PostFormValue("session")
	if q.r.PostFormValue("do") == "remove" {
		d, err := q.doForm(desk.KindSessionRemoved, desk.Named{ID: id})
		if err != nil {
			return q.again("sessions", sittingsPage{Sessions: st.Sessions}, err)
		}
		return q.saved(d, "/sessions")
	}
	var old desk.Session
	if i := slices.IndexFunc(st.Sessions, func(x desk.Session) bool { return x.ID == id }); i >= 0 {
		old = st.Sessions[i]
	}
	x := desk.Session{ID: id, Place: q.r.PostFormValue("place"), Presiding: splitLines(q.r.PostFormValue("presiding"))}
	var errStart, errEnd error
	x.Start, errStart = parseInput(q.r.PostFormValue("start"), old.Start, q.s.zone)
	x.End, errEnd = parseInput(q.r.PostFormValue("end"), old.End, q.s.zone)
	if errStart != nil || errEnd != nil {
		return q.prepare("sessions", sittingsPage{Sessions: st.Sessions, Edited: x}, page{Status: http.StatusUnprocessableEntity, Problem: q.t("time.wrong")})
	}
	d, err := q.doForm(desk.KindSession, desk.SessionSet{Session: x})
	if err != nil {
		return q.again("sessions", sittingsPage{Sessions: st.Sessions, Edited: x}, err)
	}
	return q.saved(d, "/sessions")
}

// again shows a form's page with what was wrong; other errors have their own page.
func (q *request) again(name string, own any, err error) error {
	switch fault.CodeOf(err) {
	case fault.Invalid, fault.Conflict, fault.Locked:
		return q.prepare(name, own, page{Status: statusOf(err), Problem: q.explain(err)})
	}
	return err
}
