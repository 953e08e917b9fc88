package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/capture"
	"bienban/internal/casefile/cases"
	"bienban/internal/hall"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

// The people of the demonstration, one a role.
var demoPeople = []struct {
	login, name string
	roles       desk.Roles
}{
	{"admin", "Quản trị viên", nil},
	{"clerk", "Lê Thị Cúc", desk.Roles{desk.Clerk}},
	{"secretary", "Nguyễn Văn An", desk.Roles{desk.Secretary}},
	{"archivist", "Phạm Thị Lan", desk.Roles{desk.Archivist}},
	{"chair", "Trần Văn Bình", desk.Roles{desk.Chair}},
	{"delegate", "Hoàng Minh Đức", desk.Roles{desk.Delegate}},
	{"screen", "Màn hình hội trường", desk.Roles{desk.Screen}},
}

// demoHall is for how long the live meeting of the demonstration goes on: its sample is over after two minutes, sooner
// than whoever tries the portal out has signed in. It bounds what a forgotten demonstration costs (half a
// gigabyte in the temporary folder).
const demoHall = time.Hour

// serve runs the portal on a folder of its own, with the sample meetings in it:
// the one with sound is "live", heard by the recogniser as it plays, the scripted
// one is over and in review. The folder goes when it ends.
func (c *demoCmd) serve(ctx context.Context, e *env) error {
	dir, err := os.MkdirTemp("", "bienban-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := &serveCmd{Data: dir, Addr: c.Addr, Workers: 1, Model: c.Model, Second: "none", inputs: map[string]string{}, repeat: demoHall}
	if err := e.canHear(ctx, c.Model); err != nil {
		e.say("%s: the portal opens all the same, without text of what is heard", oneLine(err))
		s.NoWorker = true
	}
	s.opened = func(ctx context.Context, srv *server) error { return e.fillDemo(ctx, srv) }
	defer func() { // a capture outlives its serve; here it must not
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), closeWait)
		defer stop()
		h := capture.Halls{Root: filepath.Join(dir, capture.Folder)}
		for meeting := range s.inputs {
			_ = h.Stop(end, meeting, "demo", "the demonstration is over")
		}
	}()
	return s.Run(ctx, e)
}

// fillDemo makes accounts and meetings, begins the live one, and says who is who.
func (e *env) fillDemo(ctx context.Context, s *server) error {
	d := &demoDesk{s: s, people: map[string]accounts.Account{}}
	passwords, err := d.accounts(ctx)
	if err != nil {
		return err
	}
	for _, name := range cases.Names() {
		if err := d.meeting(ctx, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	fmt.Fprintf(e.stdout, "\nThe portal is open: %s\n", s.url)
	for _, p := range demoPeople {
		fmt.Fprintf(e.stdout, "  %-10s  password %s\n", p.login, passwords[p.login])
	}
	fmt.Fprintf(e.stdout, "Each is named after the role. The council's meeting is live: its sample is heard again and again for %.0f minutes.\n", demoHall.Minutes())
	fmt.Fprintln(e.stdout, "Ctrl-C ends it, and nothing is kept.")
	return nil
}

// demoDesk fills the store as people would.
type demoDesk struct {
	s      *server
	people map[string]accounts.Account
}

func (d *demoDesk) accounts(ctx context.Context) (map[string]string, error) {
	service := accounts.NewService(d.s.store)
	passwords := map[string]string{}
	for i, p := range demoPeople {
		// 60 random bits in four groups, to be typed.
		r := strings.ToLower(rand.Text()[:12])
		passwords[p.login] = r[:4] + "-" + r[4:8] + "-" + r[8:]
		n := accounts.New{Login: p.login, Name: p.name, Language: "", Password: passwords[p.login]}
		var a accounts.Account
		var err error
		if i == 0 {
			var token string
			if token, err = service.NewSetup(ctx); err == nil {
				a, err = service.Setup(ctx, token, n)
			}
		} else {
			a, err = service.Add(ctx, accounts.Terminal, n)
		}
		if err != nil {
			return nil, err
		}
		d.people[p.login] = a
	}
	return passwords, nil
}

func (d *demoDesk) viewer(login string) desk.Viewer {
	a := d.people[login]
	return desk.Viewer{User: a.ID, Name: a.Name, Administrator: a.Administrator}
}

// do lets somebody do something in a meeting.
func (d *demoDesk) do(ctx context.Context, login, meeting string, kind desk.Kind, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	v := d.viewer(login)
	m, err := d.s.store.Load(ctx, v, meeting)
	if err != nil {
		return err
	}
	_, err = d.s.store.Do(ctx, v, meeting, desk.Act{ID: demoAct(), Kind: kind, Base: m.Seq, Body: b, By: v.User, Name: v.Name, At: time.Now()})
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	return nil
}

func demoAct() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// meeting enters a sample meeting with its members, and what has happened in it.
func (d *demoDesk) meeting(ctx context.Context, name string) error {
	m, _, err := minutes.DecodeMeeting(name+"/meeting.yaml", cases.Meeting(name))
	if err != nil {
		return err
	}
	c, item := demoCreated(m)
	c.Clerk, c.Name = d.people["clerk"].ID, d.people["clerk"].Name
	id, err := d.s.store.Create(ctx, d.viewer("admin"), demoAct(), c)
	if err != nil {
		return err
	}
	for _, p := range demoPeople[2:] {
		if err := d.do(ctx, "clerk", id, desk.KindMember, desk.MemberSet{User: d.people[p.login].ID, Name: p.name, Roles: p.roles}); err != nil {
			return err
		}
	}
	if len(m.Glossary) > 0 {
		if err := d.do(ctx, "clerk", id, desk.KindGlossary, desk.GlossaryChanged{Add: m.Glossary}); err != nil {
			return err
		}
	}
	if sound := cases.Sound(name); sound != nil {
		return d.live(ctx, id, name, sound)
	}
	return d.past(ctx, id, name, m, item)
}

// demoCreated is a meeting file as the portal makes a meeting; item gives the new
// ids of agenda items by those of the file.
func demoCreated(m *minutes.Meeting) (desk.Created, map[string]string) {
	c := desk.Created{Head: desk.Head{Kind: m.Kind, Language: m.Language, Title: m.Title, Superior: m.Superior, Issuer: m.Issuer, Body: m.Body,
		Place: m.Place, Venue: m.Venue, Number: m.Number, Start: m.Start, End: m.End, Secrecy: m.Secrecy, Delegates: m.Delegates, Recipients: m.Recipients}}
	place, item := map[string]string{}, map[string]string{}
	for i, a := range m.Agenda {
		place[a.ID] = fmt.Sprint(i + 1)
		item[a.ID] = fmt.Sprintf("i%d", i+1)
		c.Agenda = append(c.Agenda, desk.ItemData{Title: a.Title, Presenter: a.Presenter, Planned: a.Planned, Closed: a.Closed, Parent: place[a.Parent]})
	}
	for _, p := range m.People {
		c.People = append(c.People, desk.Person{Person: p})
	}
	return c, item
}

// live begins the meeting and its recording, from the sample's sound.
func (d *demoDesk) live(ctx context.Context, id, name string, sound []byte) error {
	file := filepath.Join(d.s.data, name+".flac")
	if err := os.WriteFile(file, sound, 0o600); err != nil {
		return err
	}
	d.s.c.inputs[id] = file
	if err := d.do(ctx, "secretary", id, desk.KindPhase, desk.PhaseChanged{To: desk.Running}); err != nil {
		return err
	}
	_, err := d.s.beginCapture(id)
	return err
}

// past enters a meeting that is over: its scripted text as a recording without
// sound, what people recorded of it, and the review begun.
func (d *demoDesk) past(ctx context.Context, id, name string, m *minutes.Meeting, item map[string]string) error {
	script, err := cases.Case(name)
	if err != nil {
		return err
	}
	t := script.Transcript()
	rec := hall.Recording{ID: "sample-" + id, Meeting: id, Started: m.Start.Time, Language: m.Language}
	if err := d.s.store.StartRecording(ctx, rec); err != nil {
		return err
	}
	if rec, err = d.s.store.RaiseEpoch(ctx, rec.ID, 1); err != nil {
		return err
	}
	if err := d.do(ctx, "secretary", id, desk.KindPhase, desk.PhaseChanged{To: desk.Running, Place: desk.Place{Recording: rec.ID}}); err != nil {
		return err
	}
	raised, err := d.s.store.RaiseEpoch(ctx, rec.ID, 1) // as a worker that has the lease
	if err != nil {
		return err
	}
	var at int64
	marked := ""
	for _, g := range t.Segments {
		to := max(at+1, int64(g.End*desk.SampleRate))
		if g.Item != marked {
			marked = g.Item
			if err := d.do(ctx, "secretary", id, desk.KindMark, desk.MarkMade{Item: item[g.Item], Place: desk.Place{Recording: rec.ID, Sample: at}}); err != nil {
				return err
			}
		}
		g.ID, g.Item = "", ""
		if err := d.s.store.AcceptFinal(ctx, hall.Final{Recording: rec.ID, Epoch: raised.Epoch, From: at, To: to, Segments: []transcribe.Segment{g}}); err != nil {
			return err
		}
		at = to
	}
	if err := d.s.store.EndRecording(ctx, rec.ID, at); err != nil {
		return err
	}
	for _, v := range m.Votes {
		v.Item = item[v.Item]
		if err := d.do(ctx, "secretary", id, desk.KindVote, desk.VoteMade{Vote: v, Place: desk.Place{Recording: rec.ID, Sample: at}}); err != nil {
			return err
		}
	}
	for _, n := range m.Notes {
		if err := d.do(ctx, "secretary", id, desk.KindNote, desk.NoteMade{Item: item[n.Item], Text: n.Text, Place: desk.Place{Recording: rec.ID, Sample: at}}); err != nil {
			return err
		}
	}
	for _, p := range []desk.Phase{desk.Closed, desk.InReview} {
		if err := d.do(ctx, "secretary", id, desk.KindPhase, desk.PhaseChanged{To: p}); err != nil {
			return err
		}
	}
	return nil
}
