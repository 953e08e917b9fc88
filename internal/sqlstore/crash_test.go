package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/internal/crashtest"
	"bienban/internal/hall"
	"bienban/internal/sqlstore/pgtest"
	"bienban/internal/sqlstore/storetest"
)

// loadEnv names the database that this test binary is to write to.
const loadEnv = "BIENBAN_TEST_STORE"

func TestMain(m *testing.M) {
	crashtest.Main(m, loadEnv, func(arg string) error {
		if plan, ok := strings.CutPrefix(arg, deskPlan); ok {
			return deskLoad(plan)
		}
		return load(arg)
	})
}

// load is an ingester that never rests: it goes on from where the text ends,
// sends each final twice, and prints its end once it is acknowledged.
func load(path string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should the test die
	defer cancel()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	if err := s.StartRecording(ctx, storetest.Recording("r")); err != nil {
		return err
	}
	r, err := s.Recording(ctx, "r")
	if err != nil {
		return err
	}
	fmt.Println("from", r.FinalUpTo)
	for from := r.FinalUpTo; ; from += 100 {
		f := storetest.Final("r", 1, from, from+100, fmt.Sprint("đoạn ", from))
		for range 2 {
			if err := s.AcceptFinal(ctx, f); err != nil {
				return err
			}
		}
		fmt.Println("acked", f.To)
	}
}

func TestEveryAcknowledgedFinalOutlivesKill(t *testing.T) {
	t.Parallel()
	kills := 25
	if testing.Short() {
		kills = 5
	}
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			where := filepath.Join(t.TempDir(), "bienban.db")
			if d.name == "PostgreSQL" {
				where = pgtest.URL(t)
			}
			killOften(t, where, kills)
		})
	}
}

func killOften(t *testing.T, path string, kills int) {
	var acked, most int64
	for k := range kills {
		begin, end := runAndKill(t, path)
		if begin < acked {
			t.Fatalf("kill %d: begins at %d, but %d was acknowledged", k, begin, acked)
		}
		acked = max(acked, end, begin)
		most = max(most, end-begin)
		s := openAt(t, path)
		checkWhole(t, s, acked)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if most <= 0 {
		t.Fatal("no process acknowledged anything before it was killed: the test tests nothing")
	}
	t.Logf("%d kills, %d finals acknowledged", kills, acked/100)
}

// runAndKill runs load until a random moment and returns where it began and the
// last end that it acknowledged.
func runAndKill(t *testing.T, path string) (begin, end int64) {
	t.Helper()
	c := crashtest.Start(t, loadEnv, path)
	c.Expect("from %d", &begin)
	c.KillWithin(60 * time.Millisecond)
	for {
		line, err := c.Line()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(line, "acked %d", &end); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	c.Wait()
	return begin, end
}

// checkWhole checks that all up to acked is there once, and position, text,
// coverage and events agree.
func checkWhole(t *testing.T, s *Store, acked int64) {
	t.Helper()
	ctx := t.Context()
	r, err := s.Recording(ctx, "r")
	if err != nil {
		t.Fatal(err)
	}
	if r.FinalUpTo < acked {
		t.Fatalf("text ends at %d, but %d was acknowledged", r.FinalUpTo, acked)
	}
	tr, err := s.Transcript(ctx, "r", "")
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(tr.Segments))*100 != r.FinalUpTo {
		t.Fatalf("%d segments, but the text ends at %d", len(tr.Segments), r.FinalUpTo)
	}
	for i, g := range tr.Segments {
		if g.Text != fmt.Sprint("đoạn ", i*100) || g.ID != fmt.Sprintf("s%d", i+1) {
			t.Fatalf("segment %d is %s %q", i, g.ID, g.Text)
		}
	}
	if n := len(tr.Coverage); r.FinalUpTo > 0 && (n != 1 || tr.Coverage[0].End != float64(r.FinalUpTo)/rate) {
		t.Fatalf("coverage %v, text ends at %d", tr.Coverage, r.FinalUpTo)
	}
	events, err := s.EventsAfter(ctx, r.Meeting, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != len(tr.Segments)+1 {
		t.Fatalf("%d events for %d finals", len(events), len(tr.Segments))
	}
	for i, e := range events[1:] {
		var b hall.FinalBody
		if err := json.Unmarshal(e.Body, &b); err != nil || e.Seq != int64(i)+2 || b.From != int64(i)*100 || b.To != b.From+100 {
			t.Fatalf("event %d: %+v %s %v", i, e, e.Body, err)
		}
	}
	if s.d.folder != "sqlite" {
		return
	}
	var sound string
	if err := s.read.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Fatalf("integrity: %s %v", sound, err)
	}
}
