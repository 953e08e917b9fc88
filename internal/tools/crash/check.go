package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"bienban/audio/record"
	"bienban/internal/audit"
	"bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/sqlstore"
	"bienban/minutes/desk"
)

// fewErrors is how many errors of a kind are told; the rest are counted.
const fewErrors = 5

// wrong gathers errors.
type wrong struct {
	all []error
	n   int
}

func (w *wrong) say(format string, args ...any) {
	if w.n++; w.n <= fewErrors {
		w.all = append(w.all, fmt.Errorf(format, args...))
	}
}

func (w *wrong) err() error {
	if w.n > fewErrors {
		w.all = append(w.all, fmt.Errorf("and %d more", w.n-fewErrors))
	}
	return errors.Join(w.all...)
}

// check compares what people and browsers know with what is on the disk.
func (l *lab) check(ctx context.Context, people []*secretary, readers []*reader) error {
	where := l.db
	if where == "" {
		where = filepath.Join(l.hall.Data, "bienban.db")
	}
	s, err := sqlstore.Open(ctx, where)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it was only read
	meeting := l.office.Meeting
	events, err := every(func(after int64) ([]hall.Event, error) { return s.EventsAfter(ctx, meeting, after, eventsAtOnce) }, func(e hall.Event) int64 { return e.Seq })
	if err != nil {
		return err
	}
	ledgers := map[string][]*entry{}
	var admin desk.Viewer
	for _, p := range people {
		a, _, err := s.AccountByLogin(ctx, p.name)
		if err != nil {
			return err
		}
		ledgers[a.ID] = p.ledger
	}
	a, _, err := s.AccountByLogin(ctx, "admin")
	if err != nil {
		return err
	}
	admin = desk.Viewer{User: a.ID, Name: a.Name, Administrator: true}
	found := []error{judge(ledgers, admin.User, events)}
	st, err := s.Load(ctx, admin, meeting)
	if err != nil {
		return err
	}
	found = append(found, sameState(events, st.State))
	p := newPage()
	for _, e := range events {
		if err := p.event(desk.Event{Seq: e.Seq, At: e.At, Type: e.Type, Body: e.Body}); err != nil {
			found = append(found, err)
		}
	}
	for _, recording := range []string{l.heard, l.live} {
		sh, err := s.Sheet(ctx, admin, meeting, recording)
		if err != nil {
			return err
		}
		edits, err := s.Edits(ctx, admin, meeting, recording, "")
		if err != nil {
			return err
		}
		found = append(found, sameText(p.lines, sh), sameEdits(events, recording, edits))
	}
	found = append(found, l.proofs(ctx, s, events), l.streams(ctx, s, readers), l.recorded(ctx, s))
	return errors.Join(found...)
}

const eventsAtOnce = 2000

// every reads a list that is given in parts.
func every[T any](next func(after int64) ([]T, error), seq func(T) int64) ([]T, error) {
	var all []T
	for after := int64(0); ; {
		part, err := next(after)
		if err != nil || len(part) == 0 {
			return all, err
		}
		all = append(all, part...)
		after = seq(part[len(part)-1])
	}
}

// judge compares ledgers, by the id of their user, with the events. own is the user
// who prepared the meeting and kept no ledger.
func judge(ledgers map[string][]*entry, own string, events []hall.Event) error {
	var w wrong
	type done struct {
		seq  int64
		kind string
		body desk.EventBody
	}
	happened := map[string]done{}
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			w.say("event %d has the number %d", i+1, e.Seq)
		}
		var b desk.EventBody
		if strings.HasPrefix(e.Type, "recording_") || e.Type == hall.EventFinal {
			continue
		}
		if err := json.Unmarshal(e.Body, &b); err != nil || b.Act == "" {
			w.say("event %d, %s, tells of no act (%v)", e.Seq, e.Type, err)
			continue
		}
		if was, twice := happened[b.Act]; twice {
			w.say("act %s is doubled: events %d and %d", b.Act, was.seq, e.Seq)
		}
		happened[b.Act] = done{e.Seq, e.Type, b}
	}
	for user, ledger := range ledgers {
		for _, e := range ledger {
			d, is := happened[e.act.ID]
			delete(happened, e.act.ID)
			switch {
			case e.seq > 0 && !is:
				w.say("act %s, %s, was acknowledged as event %d and is lost", e.act.ID, e.act.Kind, e.seq)
			case e.seq > 0 && d.seq != e.seq:
				w.say("act %s was acknowledged as event %d and is event %d", e.act.ID, e.seq, d.seq)
			case e.refused != "" && is:
				w.say("act %s was refused (%s) and is event %d", e.act.ID, e.refused, d.seq)
			case e.seq == 0 && e.refused == "" && !e.left:
				w.say("act %s has no answer", e.act.ID)
			case !is:
			case d.kind != string(e.act.Kind) || d.body.User != user || !sameJSON(d.body.Body, e.act.Body):
				w.say("act %s was %s %s of %s and is %s %s of %s", e.act.ID, e.act.Kind, e.act.Body, user, d.kind, d.body.Body, d.body.User)
			case e.seq > 0 && (d.body.Made != e.made || (d.body.Conflict != nil) != e.conflict):
				w.say("act %s was told to have made %q, conflict %v, and made %q, %v", e.act.ID, e.made, e.conflict, d.body.Made, d.body.Conflict != nil)
			}
		}
	}
	for act, d := range happened {
		if d.body.User != own {
			w.say("event %d is of act %s, which nobody sent", d.seq, act)
		}
	}
	return w.err()
}

func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// lists are the lists of the state's JSON by the name in their things' keys.
var lists = map[string]string{"note": "notes", "mark": "marks", "speaker": "speakers", "attendance": "attendance", "vote": "votes",
	"item": "items", "point": "points", "conflict": "conflicts", "person": "people"}

// sameState compares the state's things with what the events say that they became.
func sameState(events []hall.Event, st *desk.State) error {
	var w wrong
	want := map[string]json.RawMessage{}
	for _, e := range events {
		var b desk.EventBody
		if json.Unmarshal(e.Body, &b) != nil {
			continue
		}
		for _, c := range b.Changes {
			want[c.Key] = c.After
		}
	}
	raw, err := json.Marshal(st)
	if err != nil {
		return err
	}
	var is map[string]json.RawMessage
	if err := json.Unmarshal(raw, &is); err != nil {
		return err
	}
	for name, list := range lists {
		var things []json.RawMessage
		if is[list] != nil {
			if err := json.Unmarshal(is[list], &things); err != nil {
				return err
			}
		}
		there := map[string]bool{}
		for _, thing := range things {
			var id struct {
				ID string `json:"id"`
			}
			if err := json.Unmarshal(thing, &id); err != nil {
				return err
			}
			key := name + ":" + id.ID
			if there[key] {
				w.say("%s is in the state twice", key)
			}
			if there[key] = true; !sameJSON(thing, want[key]) {
				w.say("%s is %s in the state, and in the events %s", key, thing, want[key])
			}
		}
		for key, after := range want {
			if strings.HasPrefix(key, name+":") && after != nil && string(after) != "null" && !there[key] {
				w.say("%s is in the events, %s, and not in the state", key, after)
			}
		}
	}
	return w.err()
}

// sameText compares a recording's shown text with the page's.
func sameText(lines []line, sh *desk.Sheet) error {
	var w wrong
	var want []line
	for _, g := range lines {
		if g.recording == sh.Recording {
			want = append(want, g)
		}
	}
	var is []line
	for _, g := range sh.Transcript.Segments {
		if !g.Struck {
			is = append(is, line{sh.Recording, g.ID, g.Text})
		}
	}
	for i := range max(len(is), len(want)) {
		switch {
		case i >= len(is) || i >= len(want):
			w.say("%s has %d lines of text, by the events %d", sh.Recording, len(is), len(want))
			return w.err()
		case is[i] != want[i]:
			w.say("%s, line %d: %+v, by the events %+v", sh.Recording, i+1, is[i], want[i])
		}
	}
	return w.err()
}

// sameEdits compares the rows of edits with the events' own.
func sameEdits(events []hall.Event, recording string, edits []desk.Edit) error {
	var w wrong
	var want []string
	for _, e := range events {
		var b desk.EventBody
		if json.Unmarshal(e.Body, &b) != nil {
			continue
		}
		for _, x := range b.Edits {
			if x.Recording == recording {
				want = append(want, fmt.Sprintf("%d %s %s %s", x.Seq, x.Act, x.Segment, x.Kind))
			}
		}
	}
	var is []string
	for _, x := range edits {
		is = append(is, fmt.Sprintf("%d %s %s %s", x.Seq, x.Act, x.Segment, x.Kind))
	}
	slices.Sort(want)
	slices.Sort(is)
	if !slices.Equal(is, want) {
		w.say("%s has %d edits, by the events %d", recording, len(is), len(want))
	}
	return w.err()
}

// proofs verifies the audit log: its chain whole, and an entry for each act that
// proves its event.
func (l *lab) proofs(ctx context.Context, s *sqlstore.Store, events []hall.Event) error {
	var w wrong
	if _, _, err := s.VerifyAudit(ctx); err != nil {
		w.say("%w", err)
	}
	sums := map[int64]string{}
	acts := 0
	for _, e := range events {
		sum := sha256.Sum256(e.Body)
		sums[e.Seq] = hex.EncodeToString(sum[:])
		var b desk.EventBody
		if json.Unmarshal(e.Body, &b) == nil && b.Act != "" {
			acts++
		}
	}
	proven := map[string]bool{}
	for before := int64(0); ; {
		entries, err := s.Audit(ctx, audit.Query{Before: before, Limit: audit.MostListed})
		if err != nil {
			return err
		}
		for _, e := range entries {
			before = e.Seq
			var d struct {
				Act    string `json:"act"`
				Seq    int64  `json:"seq"`
				SHA256 string `json:"sha256"`
			}
			if json.Unmarshal(e.Detail, &d) != nil || d.Act == "" || e.Subject != l.office.Meeting {
				continue
			}
			if d.SHA256 != sums[d.Seq] || proven[d.Act] {
				w.say("entry %d of the audit log does not prove act %s, event %d", e.Seq, d.Act, d.Seq)
			}
			proven[d.Act] = true
		}
		if len(entries) < audit.MostListed {
			break
		}
	}
	if len(proven) != acts {
		w.say("the audit log has %d acts, the events %d", len(proven), acts)
	}
	return w.err()
}

// streams compares what each browser was sent with what the store has for its person.
func (l *lab) streams(ctx context.Context, s *sqlstore.Store, readers []*reader) error {
	var w wrong
	for _, r := range readers {
		if err := r.failed(); err != nil {
			w.say("browser of %s: %w", r.name, err)
		}
		a, _, err := s.AccountByLogin(ctx, r.login)
		if err != nil {
			return err
		}
		all, err := every(func(after int64) ([]desk.Event, error) {
			return s.Events(ctx, desk.Viewer{User: a.ID, Name: a.Name}, l.office.Meeting, after, eventsAtOnce)
		}, func(e desk.Event) int64 { return e.Seq })
		if err != nil {
			return err
		}
		if len(r.sums) != len(all) {
			w.say("browser of %s was sent %d events of %d", r.name, len(r.sums), len(all))
		}
		for i := range min(len(r.sums), len(all)) {
			b, err := json.Marshal(all[i])
			if err != nil {
				return err
			}
			if sha256.Sum256(b) != r.sums[i] {
				w.say("browser of %s was sent another event %d than the store has: %.300s", r.name, i+1, b)
			}
		}
	}
	return w.err()
}

// sinceEnd is how far before the end of a recording its text is that of an undisturbed
// one in any case, in seconds: the last window is cut by the end.
const sinceEnd = 15

// recorded verifies the recording that went on meanwhile, and compares its text with
// what was heard of the same sound undisturbed.
func (l *lab) recorded(ctx context.Context, s *sqlstore.Store) error {
	rep, err := record.Verify(ctx, filepath.Join(l.hall.Recordings(), l.live), nil)
	if err != nil {
		return err
	}
	if !rep.Whole || rep.GapSeconds > 0 {
		return fmt.Errorf("the recording is not whole: %.2f s of gaps, %v", rep.GapSeconds, rep.Problems)
	}
	got, err := s.Transcript(ctx, l.live, hall.LayerLive)
	if err != nil {
		return err
	}
	want, err := s.Transcript(ctx, l.heard, hall.LayerLive)
	if err != nil {
		return err
	}
	found := []error{rig.Accounted(got, rep.Seconds, false)}
	n := 0
	for n < len(got.Segments) && n < len(want.Segments) && want.Segments[n].End < rep.Seconds-sinceEnd {
		n++
	}
	got.Segments, want.Segments = got.Segments[:n], want.Segments[:n]
	found = append(found, rig.Same(got, want))
	fmt.Fprintf(l.out, "recorded meanwhile: %.0f s, no gap, one process; %d segments of text as undisturbed\n", rep.Seconds, n)
	return errors.Join(found...)
}
