package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/crashtest"
	"bienban/internal/sqlstore/pgtest"
	"bienban/internal/sqlstore/storetest"
	"bienban/minutes"
	"bienban/minutes/desk"
)

// Secretaries at work in one meeting while text comes in: each marks, notes and
// edits. The child process is the server; the test is the browsers, which know
// what was acknowledged, and send what was not again with the same id.

// deskPlan is what begins the child's argument: then comes the number of each
// secretary's next act, the meeting and where the store is.
const deskPlan = "desk "

const secretaries = 4

var clerk = desk.Viewer{User: "clerk", Name: "Bà Nguyệt", Administrator: true}

// actID is the id of a secretary's i-th act.
func actID(w, i int) string { return fmt.Sprintf("secretary-%d-act-%06d", w, i) }

// wordsOf are the words of an act, which only it has.
func wordsOf(w, i int) string { return fmt.Sprintf("lời %d của thư ký %d", i, w) }

// deskAct is a secretary's i-th act: mostly an edit of a segment of her own.
func deskAct(w, i int, base int64) desk.Act {
	a := desk.Act{ID: actID(w, i), Base: base, Kind: desk.KindText}
	var body any = desk.TextChanged{SegmentRef: desk.SegmentRef{Recording: "r", Segment: fmt.Sprintf("s%d", w+1)}, Text: wordsOf(w, i)}
	switch i % 10 {
	case 3:
		a.Kind, body = desk.KindNote, desk.NoteMade{Text: wordsOf(w, i), Place: desk.Place{Recording: "r", Sample: int64(i)}}
	case 7:
		a.Kind, body = desk.KindMark, desk.MarkMade{Item: "i" + strconv.Itoa(1+i/10%2), Place: desk.Place{Recording: "r", Sample: int64(i)}}
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // cannot be: our own types
	}
	a.Body = b
	return a
}

// deskMeeting makes the meeting that they work in.
func deskMeeting(t *testing.T, s *Store) string {
	t.Helper()
	ctx := t.Context()
	if err := s.AddAccount(ctx, accounts.Terminal, accounts.Account{ID: clerk.User, Login: "clerk", Name: clerk.Name, Administrator: true}, "h"); err != nil {
		t.Fatal(err)
	}
	id, err := s.Create(ctx, clerk, "created-0000000000", desk.Created{Clerk: clerk.User,
		Head:   desk.Head{Kind: minutes.KindCongress, Title: "Đại hội", Delegates: minutes.Delegates{Summoned: 9, Present: 9}},
		Agenda: []desk.ItemData{{Title: "Khai mạc"}, {Title: "Báo cáo"}}})
	if err != nil {
		t.Fatal(err)
	}
	r := storetest.Recording("r")
	r.Meeting = id
	if err := s.StartRecording(ctx, r); err != nil {
		t.Fatal(err)
	}
	running, err := json.Marshal(desk.PhaseChanged{To: desk.Running})
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Load(ctx, clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Do(ctx, clerk, id, desk.Act{ID: "the-meeting-opens", Kind: desk.KindPhase, Base: l.Seq, Body: running}); err != nil {
		t.Fatal(err)
	}
	for i := range int64(secretaries) {
		if err := s.AcceptFinal(ctx, storetest.Final("r", 1, i*100, (i+1)*100, fmt.Sprint("đoạn ", i))); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// deskLoad is the server: it does the secretaries' acts and the ingester's, says
// what is done, and never rests.
func deskLoad(plan string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should the test die
	defer cancel()
	parts := strings.SplitN(plan, " ", secretaries+2)
	s, err := Open(ctx, parts[secretaries+1])
	if err != nil {
		return err
	}
	meeting := parts[secretaries]
	fmt.Println("open")
	failed := make(chan error)
	for w := range secretaries {
		next, err := strconv.Atoi(parts[w])
		if err != nil {
			return err
		}
		go func() {
			for i := next; ; i++ {
				if err := actOnce(ctx, s, meeting, w, i); err != nil {
					failed <- fmt.Errorf("secretary %d, act %d: %w", w, i, err)
					return
				}
			}
		}()
	}
	go func() {
		r, err := s.Recording(ctx, "r")
		for from := r.FinalUpTo; err == nil; from += 100 {
			err = s.AcceptFinal(ctx, storetest.Final("r", 1, from, from+100, fmt.Sprint("đoạn ", from/100)))
		}
		failed <- err
	}()
	return <-failed
}

// actOnce does an act, now and then twice, and says that it is done.
func actOnce(ctx context.Context, s *Store, meeting string, w, i int) error {
	l, err := s.Load(ctx, clerk, meeting)
	if err != nil {
		return err
	}
	for range 1 + i%3%2 {
		d, err := s.Do(ctx, clerk, meeting, deskAct(w, i, l.Seq))
		if err != nil {
			return err
		}
		fmt.Println("done", w, i, d.Seq)
	}
	return nil
}

// kills is how many moments it is killed at: BIENBAN_TEST_KILLS, else 10.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("BIENBAN_TEST_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 10
}

func TestEveryAcknowledgedActOutlivesKillAndHappensOnce(t *testing.T) {
	t.Parallel()
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			where := filepath.Join(t.TempDir(), "bienban.db")
			if d.name == "PostgreSQL" {
				where = pgtest.URL(t)
			}
			s := openAt(t, where)
			meeting := deskMeeting(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			killSecretaries(t, where, meeting)
		})
	}
}

func killSecretaries(t *testing.T, where, meeting string) {
	t.Helper()
	acked := map[string]int64{} // act → event
	var next [secretaries]int
	n := kills(t)
	for k := range n {
		var plan []string
		for _, i := range next {
			plan = append(plan, strconv.Itoa(i))
		}
		c := crashtest.Start(t, loadEnv, deskPlan+strings.Join(append(plan, meeting, where), " "))
		c.Expect("open")
		// By acts, not by time: a busy machine does fewer in the same.
		for left := rand.IntN(15); ; left-- {
			if left == 0 {
				c.KillWithin(5 * time.Millisecond)
			}
			line, err := c.Line()
			if errors.Is(err, io.EOF) {
				break
			}
			var w, i int
			var seq int64
			if err == nil {
				_, err = fmt.Sscanf(line, "done %d %d %d", &w, &i, &seq)
			}
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if was, known := acked[actID(w, i)]; known && was != seq {
				t.Fatalf("act %s is event %d and was %d", actID(w, i), seq, was)
			}
			acked[actID(w, i)], next[w] = seq, i+1
		}
		c.Wait()
		s := openAt(t, where)
		checkActs(t, s, meeting, acked)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after kill %d", k+1)
		}
	}
	if len(acked) < n {
		t.Fatalf("%d acts in %d lives of the server: the test tests little", len(acked), n)
	}
	t.Logf("%d kills, %d acts acknowledged", n, len(acked))
}

// checkActs checks that what was acknowledged is there, that each act happened
// once, and that events, state, edits and audit log tell the same.
func checkActs(t *testing.T, s *Store, meeting string, acked map[string]int64) {
	t.Helper()
	ctx := t.Context()
	events, err := s.EventsAfter(ctx, meeting, 0, 10_000_000)
	if err != nil {
		t.Fatal(err)
	}
	byAct := map[string]int64{}
	var notes []string
	last, edits := map[string]string{}, 0
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		var b desk.EventBody
		if err := json.Unmarshal(e.Body, &b); err != nil {
			t.Fatal(err)
		}
		if b.Act == "" {
			continue
		}
		if was, twice := byAct[b.Act]; twice {
			t.Errorf("act %s happened twice: events %d and %d", b.Act, was, e.Seq)
		}
		byAct[b.Act] = e.Seq
		switch {
		case b.Conflict != nil:
			t.Errorf("act %s met itself: %+v", b.Act, b.Conflict)
		case e.Type == string(desk.KindNote):
			notes = append(notes, b.Text)
		case e.Type == string(desk.KindText):
			edits++
			for _, x := range b.Edits {
				last[x.Segment] = b.Act
			}
		}
	}
	for act, seq := range acked {
		if byAct[act] != seq {
			t.Errorf("act %s was acknowledged as event %d and is event %d", act, seq, byAct[act])
		}
	}
	checkState(t, s, meeting, notes, last, edits)
	checkProofs(t, s, byAct)
}

// checkState compares the meeting's state and text with what the events tell.
func checkState(t *testing.T, s *Store, meeting string, notes []string, last map[string]string, edits int) {
	t.Helper()
	ctx := t.Context()
	l, err := s.Load(ctx, clerk, meeting)
	if err != nil {
		t.Fatal(err)
	}
	var is []string
	for _, n := range l.State.Notes {
		is = append(is, n.Text)
	}
	slices.Sort(is)
	slices.Sort(notes)
	if !slices.Equal(is, notes) {
		t.Errorf("%d notes in the state, %d in the events", len(is), len(notes))
	}
	all, err := s.Edits(ctx, clerk, meeting, "r", "")
	if err != nil || len(all) != edits {
		t.Errorf("%d edits %v, %d events of edits", len(all), err, edits)
	}
	sh, err := s.Sheet(ctx, clerk, meeting, "r")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range sh.Transcript.Segments {
		act := last[g.ID]
		if act == "" {
			continue
		}
		var w, i int
		if _, err := fmt.Sscanf(act, "secretary-%d-act-%d", &w, &i); err != nil {
			t.Fatal(err)
		}
		if g.Text != wordsOf(w, i) {
			t.Errorf("segment %s says %q, its last edit %q", g.ID, g.Text, wordsOf(w, i))
		}
	}
}

// checkProofs checks the audit log: whole, an entry for each act, and each event
// the one that its entry's sum is of.
func checkProofs(t *testing.T, s *Store, byAct map[string]int64) {
	t.Helper()
	ctx := t.Context()
	if _, _, err := s.VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
	proven := map[string]bool{}
	for before := int64(0); ; {
		page, err := s.Audit(ctx, audit.Query{Actor: clerk.User, Before: before, Limit: audit.MostListed})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			before = e.Seq
			var d struct {
				Act    string `json:"act"`
				Seq    int64  `json:"seq"`
				SHA256 string `json:"sha256"`
			}
			if err := json.Unmarshal(e.Detail, &d); err != nil {
				t.Fatal(err)
			}
			if d.Act == "" {
				continue
			}
			var body string
			if err := s.read.QueryRowContext(ctx, `SELECT body FROM event WHERE meeting = ? AND seq = ?`, e.Subject, d.Seq).Scan(&body); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256([]byte(body))
			if hex.EncodeToString(sum[:]) != d.SHA256 || byAct[d.Act] != d.Seq || proven[d.Act] {
				t.Errorf("audit entry %d does not prove act %s, event %d", e.Seq, d.Act, d.Seq)
			}
			proven[d.Act] = true
		}
		if len(page) < audit.MostListed {
			break
		}
	}
	if len(proven) != len(byAct) {
		t.Errorf("%d acts in the audit log, %d in the events", len(proven), len(byAct))
	}
}
