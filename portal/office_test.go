package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/bus/membus"
	"bienban/internal/capture"
	"bienban/internal/casefile"
	"bienban/internal/casefile/cases"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/portal"
	"bienban/portal/microphone"
	"bienban/transcribe"
)

// office is a whole service in this process, on a real store, with a meeting
// and people; its speech is handed in as a worker would.
type office struct {
	t       *testing.T
	dir     string
	root    string // of recordings
	url     string
	hub     *membus.Hub
	store   *sqlstore.Store
	people  map[string]accounts.Account // by login
	meeting string
	addr    string
	down    func()
	life    context.Context
	input   string // what Start records
	mics    *microphone.Streams

	browsers []*browser
}

const password = "một mật khẩu đủ dài 42"

func newOffice(t *testing.T, kase string) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), people: map[string]accounts.Account{}, addr: "127.0.0.1:0"}
	o.root = filepath.Join(o.dir, capture.Folder)
	life, stop := context.WithCancel(context.Background())
	o.life = life
	o.hub = membus.New(membus.Options{Log: slog.New(slog.DiscardHandler)})
	o.mics = microphone.New(o.root, o.hub.Connect(), slog.New(slog.DiscardHandler))
	o.up()
	var all sync.WaitGroup
	t.Cleanup(func() { o.stopCaptures(); stop(); o.down(); all.Wait() })
	k := hall.Keeper{Bus: o.hub.Connect(), Store: o.store, Root: o.root, Log: slog.New(slog.DiscardHandler), Every: 100 * time.Millisecond}
	all.Go(func() { _ = k.Run(life) })
	o.people["admin"] = o.firstAdministrator()
	for login, name := range map[string]string{"clerk": "Lê Thị Cúc", "binh": "Trần Văn Bình", "an": "Nguyễn Thị An", "chair": "Phạm Văn Chủ"} {
		a, err := o.accounts().Add(t.Context(), o.people["admin"].ID, accounts.New{Login: login, Name: name, Language: "vi", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		o.people[login] = a
	}
	o.create(kase)
	return o
}

func (o *office) accounts() *accounts.Service { return accounts.NewService(o.store) }

func (o *office) firstAdministrator() accounts.Account {
	s := o.accounts()
	token, err := s.NewSetup(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := s.Setup(o.t.Context(), token, accounts.New{Login: "admin", Name: "Quản trị", Language: "vi", Password: password, Administrator: true})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// up starts the service, on the address that it had.
func (o *office) up() {
	store, err := sqlstore.Open(o.life, filepath.Join(o.dir, "bienban.db"))
	if err != nil {
		o.t.Fatal(err)
	}
	o.store = store
	log := slog.New(slog.NewTextHandler(logger{o.t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := portal.New(portal.Options{Desk: store, Feed: store, Accounts: accounts.NewService(store), Search: store, Audit: store, Bus: o.hub.Connect(), Log: log,
		Captures:    capture.Halls{Root: o.root, Begin: o.begin},
		Afterwards:  hall.Afterwards{Root: o.root, Store: store, Bus: o.hub.Connect()},
		Microphones: o.mics, Layers: store, Sound: o.root, Import: capture.Imports{Root: o.root, Bus: o.hub.Connect()}})
	if err != nil {
		o.t.Fatal(err)
	}
	s.MicrophoneGrace(5 * time.Second)
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		o.t.Fatal(err)
	}
	o.addr = l.Addr().String()
	o.url = "http://" + o.addr
	ctx, stop := context.WithCancel(o.life)
	var all sync.WaitGroup
	all.Go(func() { s.Run(ctx) })
	web := &http.Server{Handler: slowed(s.Handler()), ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
	all.Go(func() { _ = web.Serve(l) })
	o.down = sync.OnceFunc(func() {
		stop()
		_ = web.Close() // as a kill would: nobody is told
		all.Wait()
	})
}

// logger writes what the service has to complain about into the test's log.
type logger struct{ t *testing.T }

func (l logger) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// begin captures in this process. The sound of a hall ends when somebody ends it, however long a test takes.
func (o *office) begin(meeting string) (int, error) {
	input := o.input
	go func() {
		_, _ = capture.Run(o.life, capture.Config{Root: o.root, Meeting: meeting, Source: capture.Repeated(input, true, 24*time.Hour), Bus: o.hub.Connect()})
	}()
	return os.Getpid(), nil
}

func (o *office) stopCaptures() {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	h := capture.Halls{Root: o.root}
	all, _ := capture.Running(ctx, o.root)
	for _, st := range all {
		_ = h.Stop(ctx, st.Meeting, "test", "over")
	}
	for ctx.Err() == nil {
		if all, _ := capture.Running(ctx, o.root); len(all) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func caseOf(t *testing.T, name string) *casefile.Case {
	t.Helper()
	c, err := cases.Case(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// create makes a meeting of a case, with its clerk and two secretaries.
func (o *office) create(kase string) {
	m, _, err := minutes.ReadMeeting(filepath.Join("../internal/casefile/cases", kase, "meeting.yaml"))
	if err != nil {
		o.t.Fatal(err)
	}
	c := desk.Created{Clerk: o.people["clerk"].ID, Head: desk.Head{Kind: m.Kind, Language: m.Language, Title: m.Title, Issuer: m.Issuer, Place: m.Place, Start: m.Start, Delegates: m.Delegates}}
	for _, a := range m.Agenda {
		c.Agenda = append(c.Agenda, desk.ItemData{Title: a.Title, Presenter: a.Presenter})
	}
	for _, p := range m.People {
		c.People = append(c.People, desk.Person{Person: p})
	}
	id, err := o.store.Create(o.t.Context(), desk.Viewer{User: o.people["admin"].ID, Name: "Quản trị", Administrator: true}, actID(), c)
	if err != nil {
		o.t.Fatal(err)
	}
	o.meeting = id
	for _, login := range []string{"binh", "an"} {
		o.do("clerk", desk.KindMember, desk.MemberSet{User: o.people[login].ID, Name: o.people[login].Name, Roles: desk.Roles{desk.Secretary}})
	}
	o.do("clerk", desk.KindMember, desk.MemberSet{User: o.people["chair"].ID, Name: o.people["chair"].Name, Roles: desk.Roles{desk.Chair}})
}

var actIDs struct {
	sync.Mutex
	n int
}

func actID() string {
	actIDs.Lock()
	defer actIDs.Unlock()
	actIDs.n++
	return fmt.Sprintf("test-act-%016d", actIDs.n)
}

func (o *office) viewer(login string) desk.Viewer {
	a := o.people[login]
	return desk.Viewer{User: a.ID, Name: a.Name}
}

func (o *office) do(login string, kind desk.Kind, body any) desk.Done {
	o.t.Helper()
	return o.doAt(login, o.state().Seq, kind, body)
}

// doAt does an act of somebody who had seen the meeting up to an event.
func (o *office) doAt(login string, base int64, kind desk.Kind, body any) desk.Done {
	o.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	d, err := o.store.Do(o.t.Context(), o.viewer(login), o.meeting, desk.Act{ID: actID(), Kind: kind, Base: base, Body: b,
		By: o.people[login].ID, Name: o.people[login].Name, At: time.Now()})
	if err != nil {
		o.t.Fatalf("%s: %v", kind, err)
	}
	return d
}

func (o *office) state() *desk.State {
	o.t.Helper()
	m, err := o.store.Load(o.t.Context(), o.viewer("clerk"), o.meeting)
	if err != nil {
		o.t.Fatal(err)
	}
	m.State.Seq = m.Seq
	return m.State
}

// until waits for something to become true in the store.
func (o *office) until(what string, is func(*desk.State) bool) *desk.State {
	o.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if st := o.state(); is(st) {
			return st
		}
	}
	o.fail("never: %s", what)
	return nil
}

// spoken makes segments of a case's script, in order, as a worker would hand
// them in: about 2.5 words a second, each word with a confidence.
func spoken(t *testing.T, kase string, from float64, doubt func(n int) bool) []transcribe.Segment {
	t.Helper()
	var out []transcribe.Segment
	at, n := from, 0
	for _, turn := range caseOf(t, kase).Turns {
		g := transcribe.Segment{Start: at, Speaker: turn.Speaker, Text: turn.Text}
		for _, w := range strings.Fields(turn.Text) {
			p := 0.97
			if n++; doubt(n) {
				p = 0.3
			}
			g.Words = append(g.Words, transcribe.Word{Text: w, Start: at, End: at + 0.35, P: p})
			at += 0.4
		}
		g.End = at
		at += 0.5
		out = append(out, g)
	}
	return out
}

// hand stores segments as the text of a recording up to their end.
func (o *office) hand(recording string, from int64, segments []transcribe.Segment, cover ...hall.Cover) int64 {
	o.t.Helper()
	to := from
	for _, g := range segments {
		to = max(to, int64(g.End*desk.SampleRate))
	}
	for _, c := range cover {
		to = max(to, c.To)
	}
	if err := o.store.AcceptFinal(o.t.Context(), hall.Final{Recording: recording, Epoch: 1, From: from, To: to, Segments: segments, Coverage: cover, Language: "vi"}); err != nil {
		o.t.Fatal(err)
	}
	o.hub.Connect().Send(hall.EventSubject(recording), nil)
	return to
}
