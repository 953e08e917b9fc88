package bustest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

var leaseTests = []test{
	{"a lease has one holder and is free after release", Limits{}, func(t *testing.T, h Hub) {
		a, b := connect(t, h, Limits{}), connect(t, h, Limits{})
		first := acquire(t, a, "hall", "a")
		if first.Epoch() != 1 || !first.Valid() || first.Check(Context(t)) != nil {
			t.Fatalf("epoch %d valid %v, want 1 and valid", first.Epoch(), first.Valid())
		}
		short, cancel := context.WithTimeout(t.Context(), bus.LeaseTTL+time.Second)
		defer cancel()
		if _, err := b.Acquire(short, "hall", "b"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("second holder: %v, want to wait in vain", err)
		}
		if !first.Valid() {
			t.Fatal("the lease was not renewed")
		}
		must(t, first.Release(Context(t)))
		begin := time.Now()
		second := acquire(t, b, "hall", "b")
		if second.Epoch() != 2 {
			t.Errorf("epoch %d, want 2", second.Epoch())
		}
		if d := time.Since(begin); d >= bus.LeaseTTL {
			t.Errorf("after a release it took %v", d)
		}
		if first.Valid() || fault.CodeOf(first.Check(Context(t))) != fault.Conflict {
			t.Error("the released lease still counts")
		}
		must(t, first.Release(Context(t))) // harmless, and takes nothing from b
		must(t, second.Check(Context(t)))
	}},
	{"a holder that dies is followed within 5 s by the next epoch", Limits{}, func(t *testing.T, h Hub) {
		a, b := h.Connect(t, Limits{}), connect(t, h, Limits{})
		Eventually(t, "ready", a.Ready)
		dead := acquire(t, a, "hall", "a")
		must(t, a.Close()) // nothing is released
		begin := time.Now()
		next := acquire(t, b, "hall", "b")
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("hand-over took %v, want at most 5 s", d)
		} else {
			t.Logf("hand-over took %v", d)
		}
		if next.Epoch() != dead.Epoch()+1 {
			t.Errorf("epoch %d, want %d", next.Epoch(), dead.Epoch()+1)
		}
		select {
		case <-dead.Lost():
		default:
			t.Error("the dead lease is not told to be lost")
		}
		s, err := b.LeaseOf(Context(t), "hall")
		if err != nil || s.Holder != "b" || s.Epoch != 2 {
			t.Errorf("LeaseOf: %+v %v, want b with epoch 2", s, err)
		}
	}},
	{"of many who want a lease each has it once, with epochs one apart", Limits{}, func(t *testing.T, h Hub) {
		const n = 6
		var mu sync.Mutex
		seen := map[uint64]bool{}
		holders := 0
		var all sync.WaitGroup
		for i := range n {
			b := connect(t, h, Limits{})
			all.Go(func() {
				l, err := b.Acquire(Context(t), "hall", fmt.Sprint("x-", i))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if holders++; holders > 1 {
					t.Error("two hold it at once")
				}
				seen[l.Epoch()] = true
				mu.Unlock()
				mu.Lock()
				holders--
				mu.Unlock()
				if err := l.Release(Context(t)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for e := uint64(1); e <= n; e++ {
			if !seen[e] {
				t.Errorf("epoch %d is missing: %v", e, seen)
			}
		}
	}},
	{"a holder that was started again need not wait for its own former lease", Limits{}, func(t *testing.T, h Hub) {
		a, b := connect(t, h, Limits{}), connect(t, h, Limits{})
		former := acquire(t, a, "hall", "worker-1")
		began := time.Now()
		next := acquire(t, b, "hall", "worker-1")
		if d := time.Since(began); d >= bus.LeaseTTL-bus.LeaseTTL/6 {
			t.Errorf("it waited %v, as for another's lease", d)
		}
		if next.Epoch() != former.Epoch()+1 {
			t.Errorf("epoch %d after %d", next.Epoch(), former.Epoch())
		}
		if err := former.Check(Context(t)); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("the former life still counts: %v", err)
		}
		<-former.Lost() // by its own next renewal, at the latest
		must(t, next.Check(Context(t)))
	}},
	{"leases of different keys do not meet", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		if l := acquire(t, b, "hall-1", "b"); l.Epoch() != 1 || l.Key() != "hall-1" {
			t.Errorf("got %s epoch %d", l.Key(), l.Epoch())
		}
		if l := acquire(t, b, "hall-2", "b"); l.Epoch() != 1 {
			t.Errorf("epoch %d, want 1", l.Epoch())
		}
		if s, err := b.LeaseOf(Context(t), "hall-3"); err != nil || s != (bus.LeaseState{}) {
			t.Errorf("of a key nobody had: %+v %v", s, err)
		}
		if _, err := b.Acquire(Context(t), "a.b", "x"); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a key with a dot: %v, want invalid", err)
		}
	}},
}

func acquire(t *testing.T, b bus.Bus, key, holder string) bus.Lease {
	t.Helper()
	l, err := b.Acquire(Context(t), key, holder)
	must(t, err)
	return l
}
