package portal

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/register"
	"bienban/minutes/desk"
)

// auditRoutes are the pages of the audit log. An administrator sees who did what to
// what, and nothing of a meeting's content; a meeting's own history is history.go.
func (s *Server) auditRoutes() []route {
	return []route{
		{pattern: "GET /log", who: installation, permission: desk.ManageUsers, handle: (*request).auditLog},
		{pattern: "GET /log.csv", who: installation, permission: desk.ManageUsers, handle: (*request).auditFile},
	}
}

const (
	// entriesAtOnce is how many entries a page of a log has.
	entriesAtOnce = 100
	// mostInFile bounds the file of the log: Excel opens 1,048,576 rows, and this
	// many are made within seconds.
	mostInFile = 100_000
	// chainAge is how long the last check of the chain is shown for today's.
	chainAge = 5 * time.Minute
)

// chain is what the last check of the audit log's chain has found.
type chain struct {
	mu    sync.Mutex
	state chainState
}

// chainState is shown on top of the log.
type chainState struct {
	At     time.Time
	Sound  int64  // entries that the chain proves
	Newest string // hash of the last of them, in hex
	Broken bool
}

// check looks at the whole chain, unless it was looked at a moment ago.
func (c *chain) check(ctx context.Context, log audit.Log, now time.Time, anew bool) (chainState, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !anew && !c.state.At.IsZero() && now.Sub(c.state.At) < chainAge {
		return c.state, nil
	}
	n, newest, err := log.VerifyAudit(ctx)
	broken := fault.CodeOf(err) == fault.Internal
	if err != nil && !broken {
		return c.state, err
	}
	c.state = chainState{now, n, hex.EncodeToString(newest), broken}
	return c.state, nil
}

// logFilter is which entries of a log are shown, as the form and the address have it.
type logFilter struct {
	Who, About string // ids
	From, To   string // days, 2006-01-02; To is included
}

// errDay says that a day of the filter is none.
var errDay = errors.New("not a day")

// readFilter reads the filter; a day that is none is left out, with errDay.
func (q *request) readFilter() (f logFilter, from, until time.Time, err error) {
	v := q.r.URL.Query()
	f = logFilter{Who: v.Get("who"), About: v.Get("about"), From: v.Get("from"), To: v.Get("to")}
	day := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		t, problem := time.ParseInLocation(time.DateOnly, s, q.s.zone)
		if problem != nil {
			err = errDay
		}
		return t
	}
	from, until = day(f.From), day(f.To)
	if !until.IsZero() {
		until = until.AddDate(0, 0, 1)
	}
	return f, from, until, err
}

// Query is the filter as a part of an address.
func (f logFilter) Query() string {
	v := url.Values{}
	for _, p := range [][2]string{{"who", f.Who}, {"about", f.About}, {"from", f.From}, {"to", f.To}} {
		if p[1] != "" {
			v.Set(p[0], p[1])
		}
	}
	return v.Encode()
}

// Any says whether anything is filtered.
func (f logFilter) Any() bool { return f != logFilter{} }

// logPage is what log.html shows.
type logPage struct {
	Entries []logRow
	Filter  logFilter
	People  []accounts.Account
	About   string // whom or what the filter names, as people call it
	Older   string // address of what came before, "" for nothing
	Chain   chainState
}

// logRow is an entry as people read it.
type logRow struct {
	audit.Listed
	What    string // the action in words
	About   string // whom or what it was done to
	Account bool   // About is an account, else a meeting
}

func (q *request) auditLog() error {
	if q.s.o.Audit == nil {
		return errNotFound
	}
	var d logPage
	var p page
	f, from, until, err := q.readFilter()
	if d.Filter = f; err != nil {
		p.Problem, p.Status = q.t("log.day.wrong"), http.StatusUnprocessableEntity
	}
	before, err := strconv.ParseInt(q.r.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	about, err := q.subjects()
	if err != nil {
		return err
	}
	d.People, d.About = about.people, about.name(f.About)
	entries, err := q.s.o.Audit.Audit(q.ctx(), audit.Query{Subject: f.About, Actor: f.Who, From: from, Until: until, Before: before, Limit: entriesAtOnce})
	if err != nil {
		return err
	}
	for _, e := range entries {
		d.Entries = append(d.Entries, about.row(q, e))
	}
	if n := len(entries); n == entriesAtOnce && entries[n-1].Seq > 1 {
		d.Older = "/log?" + f.Query() + "&before=" + strconv.FormatInt(entries[n-1].Seq, 10)
	}
	if d.Chain, err = q.s.chain.check(q.ctx(), q.s.o.Audit, q.s.now(), q.r.URL.Query().Get("check") != ""); err != nil {
		return err
	}
	p.Name, p.Title, p.Section, p.Data = "log", q.t("nav.log"), "log", d
	return q.show(p)
}

// auditFile is the log as a spreadsheet, in which no cell is a formula.
func (q *request) auditFile() error {
	if q.s.o.Audit == nil {
		return errNotFound
	}
	f, from, until, err := q.readFilter()
	if err != nil {
		return fault.New(fault.Invalid, "from, to: %w", err)
	}
	about, err := q.subjects()
	if err != nil {
		return err
	}
	b := bytes.NewBufferString("\ufeff") // for Excel
	c := csv.NewWriter(b)
	c.UseCRLF = true
	write := func(cells ...string) error {
		for i := range cells {
			cells[i] = register.Neutral(cells[i])
		}
		return c.Write(cells)
	}
	if err := write(q.t("log.number"), q.t("log.when"), q.t("log.who"), q.t("log.what"), q.t("log.about"), q.t("log.code"), q.t("log.detail"), "SHA-256"); err != nil {
		return err
	}
	query := audit.Query{Subject: f.About, Actor: f.Who, From: from, Until: until, Limit: audit.MostListed}
	for n := 0; n < mostInFile; {
		entries, err := q.s.o.Audit.Audit(q.ctx(), query)
		if err != nil {
			return err
		}
		for _, e := range entries {
			r := about.row(q, e)
			if err := write(strconv.FormatInt(e.Seq, 10), e.At.In(q.s.zone).Format(time.RFC3339), r.Name, r.What, r.About, e.Action, string(e.Detail), hex.EncodeToString(e.Hash)); err != nil {
				return err
			}
		}
		if n += len(entries); len(entries) < query.Limit {
			break
		}
		query.Before = entries[len(entries)-1].Seq
	}
	if c.Flush(); c.Error() != nil {
		return c.Error()
	}
	q.w.Header().Set("Content-Disposition", `attachment; filename="log.csv"`)
	q.write(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// action says in words what was done; a part of the program may be newer than the
// catalogue, then its own word stands there.
func (q *request) action(code string) string {
	if key := "action." + code; q.catalogue().Has(key) {
		return q.t(key)
	}
	return code
}

// subjects are names of what entries are about: accounts, and the meetings in which
// who asks has a role. Another meeting is only a number to them.
type subjects struct {
	people   []accounts.Account
	names    map[string]string
	meetings map[string]string
}

func (q *request) subjects() (*subjects, error) {
	s := &subjects{names: map[string]string{}, meetings: map[string]string{}}
	var err error
	if s.people, err = q.s.o.Accounts.Accounts(q.ctx()); err != nil {
		return nil, err
	}
	for _, a := range s.people {
		s.names[a.ID] = a.Name
	}
	mine, err := q.s.o.Desk.Mine(q.ctx(), q.viewer())
	if err != nil {
		return nil, err
	}
	for _, m := range mine {
		s.meetings[m.ID] = m.Title
	}
	return s, nil
}

func (s *subjects) name(id string) string {
	for _, of := range []map[string]string{s.names, s.meetings} {
		if n := of[id]; n != "" {
			return n
		}
	}
	return id
}

func (s *subjects) row(q *request, e audit.Listed) logRow {
	_, account := s.names[e.Subject]
	switch e.Name {
	case accounts.Terminal:
		e.Name = q.t("log.terminal")
	case hall.ByRecorder:
		e.Name = q.t("log.recorder")
	}
	return logRow{e, q.action(e.Action), s.name(e.Subject), account}
}
