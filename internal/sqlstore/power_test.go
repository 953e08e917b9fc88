package sqlstore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"bienban/internal/sqlstore/storetest"
)

// TestAPowerCutAtAnyMomentLeavesEveryAcknowledgedFinal stores finals, takes the
// power away after random acts of SQLite, and opens what is left. BIENBAN_POWER_CUTS
// sets how often.
func TestAPowerCutAtAnyMomentLeavesEveryAcknowledgedFinal(t *testing.T) {
	cuts := 16
	if n, err := strconv.Atoi(os.Getenv("BIENBAN_POWER_CUTS")); err == nil {
		cuts = n
	}
	if testing.Short() {
		cuts = 4
	}
	w := watching()
	dir := t.TempDir()
	w.watch(dir)
	ctx := t.Context()
	s := openAt(t, filepath.Join(dir, "bienban.db"))
	if err := s.StartRecording(ctx, storetest.Recording("r")); err != nil {
		t.Fatal(err)
	}
	first := w.seen() // before, the store is being made
	type ack struct {
		acts int
		to   int64
	}
	acks := []ack{{first, 0}}
	for from := int64(0); from < 170*100; from += 100 { // beyond the size at which the log is written back
		f := storetest.Final("r", 1, from, from+100, fmt.Sprint("đoạn ", from))
		if err := s.AcceptFinal(ctx, f); err != nil {
			t.Fatal(err)
		}
		acks = append(acks, ack{w.seen(), f.To})
	}
	acts := w.end()
	kinds := map[string]int{}
	back := 0 // writes into the database itself, not its log
	for _, a := range acts[first:] {
		kinds[a.kind]++
		if a.kind == "write" && filepath.Base(a.path) == "bienban.db" {
			back++
		}
	}
	if kinds["sync"] < 170 || back == 0 {
		t.Fatalf("%v, %d of them into the database: the log was never written back, or syncs are not seen", kinds, back)
	}
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 0))
	for i := range cuts {
		at := first + dice.IntN(len(acts)-first+1)
		acked := int64(0)
		for _, a := range acks {
			if a.acts <= at {
				acked = a.to
			}
		}
		left := t.TempDir()
		leave(t, acts[:at], left, dice)
		again, err := Open(ctx, filepath.Join(left, "bienban.db"))
		if err != nil {
			t.Fatalf("seed %d, cut %d after %d of %d acts: %v", seed, i, at, len(acts), err)
		}
		t.Run(fmt.Sprintf("after act %d, %d acknowledged", at, acked/100), func(t *testing.T) { checkWhole(t, again, acked) })
		if err := again.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d power cuts after some of %d acts of SQLite (%v); seed %d", cuts, len(acts), kinds, seed)
}

// TestAStoreThatDoesNotSyncIsFoundOut is the test of that test: without syncs the
// same power cuts cost what was acknowledged.
func TestAStoreThatDoesNotSyncIsFoundOut(t *testing.T) {
	w := watching()
	dir := t.TempDir()
	w.watch(dir)
	ctx := t.Context()
	s, err := dialSQLite(filepath.Join(dir, "bienban.db"), "synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.StartRecording(ctx, storetest.Recording("r")); err != nil {
		t.Fatal(err)
	}
	if err := s.AcceptFinal(ctx, storetest.Final("r", 1, 0, 100, "đoạn 0")); err != nil {
		t.Fatal(err)
	}
	left := t.TempDir()
	leave(t, w.end(), left, rand.New(rand.NewPCG(5, 5)))
	again, err := Open(ctx, filepath.Join(left, "bienban.db"))
	if err != nil {
		return // found out
	}
	defer again.Close()
	if r, err := again.Recording(ctx, "r"); err == nil && r.FinalUpTo == 100 {
		t.Error("all is there although nothing was synced: power cuts cut nothing")
	}
}
