package bus_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/fault"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// moody is a KeyValue that can stall, or lose its answers.
type moody struct {
	bus.KeyValue
	mu    sync.Mutex
	stall bool // updates wait for their context to end
	mute  bool // updates are done, but the answer is an error
}

func (m *moody) set(stall, mute bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stall, m.mute = stall, mute
}

func (m *moody) Update(ctx context.Context, key string, value []byte, rev uint64) (uint64, error) {
	m.mu.Lock()
	stall, mute := m.stall, m.mute
	m.mu.Unlock()
	if stall {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	now, err := m.KeyValue.Update(ctx, key, value, rev)
	if mute && err == nil {
		return 0, fault.New(fault.Unavailable, "no answer")
	}
	return now, err
}

func TestAStalledHolderKnowsItsLeaseIsOverBeforeAnotherHasIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := membus.New(membus.Options{Log: quiet()})
		a, b := hub.Connect(), hub.Connect()
		defer a.Close()
		defer b.Close()
		kv := &moody{KeyValue: a}
		k := bus.NewLeaseKeeper(kv, bus.LeaseTTL, quiet())
		defer k.Close()
		stalled, err := k.Acquire(t.Context(), "hall", "a")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if !stalled.Valid() {
			t.Fatal("not renewed")
		}
		kv.set(true, false)
		begin := time.Now()
		next, err := b.Acquire(t.Context(), "hall", "b")
		if err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d < bus.LeaseTTL-bus.LeaseTTL/3-bus.LeaseTTL/12 || d > bus.LeaseTTL+bus.LeaseTTL/12 {
			t.Errorf("hand-over after %v of a stall, want about %v", d, bus.LeaseTTL)
		}
		select {
		case <-stalled.Lost():
		default:
			t.Error("the stalled holder was not told before the hand-over")
		}
		if stalled.Valid() {
			t.Error("the stalled holder believes that it holds the lease")
		}
		kv.set(false, false)
		if err := stalled.Check(t.Context()); fault.CodeOf(err) != fault.Conflict || next.Epoch() != stalled.Epoch()+1 {
			t.Errorf("epochs %d, %d; check %v", stalled.Epoch(), next.Epoch(), err)
		}
		if err := stalled.Release(t.Context()); err != nil || next.Check(t.Context()) != nil {
			t.Errorf("the late release took the lease from its next holder: %v", err)
		}
	})
}

func TestAnAnswerLostOnItsWayCostsNoLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := membus.New(membus.Options{Log: quiet()}).Connect()
		defer a.Close()
		kv := &moody{KeyValue: a, mute: true}
		k := bus.NewLeaseKeeper(kv, bus.LeaseTTL, quiet())
		defer k.Close()
		l, err := k.Acquire(t.Context(), "hall", "a")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if !l.Valid() || l.Epoch() != 1 || l.Check(t.Context()) != nil {
			t.Error("the lease was lost although all writes arrived")
		}
	})
}

func TestAnOutageShorterThanTheLeaseIsLivedThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := membus.New(membus.Options{Log: quiet()})
		a := hub.Connect()
		defer a.Close()
		l, err := a.Acquire(t.Context(), "hall", "a")
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			hub.Stop()
			time.Sleep(1200 * time.Millisecond)
			hub.Start()
			time.Sleep(3 * time.Second)
			if !l.Valid() {
				t.Fatal("lost in an outage of 1.2 s")
			}
		}
		hub.Stop()
		<-l.Lost()
		if l.Valid() {
			t.Error("valid after it was lost")
		}
	})
}

func TestASlowListenersDropsAreLoggedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := bus.NewRing("meter.r", 1, slog.New(slog.NewTextHandler(&log, nil)))
		for range 35 { // 3.5 s at ten a second
			r.Put(bus.Notice{Subject: "meter.r"})
			time.Sleep(100 * time.Millisecond)
		}
		synctest.Wait()
		n := strings.Count(log.String(), "listener is too slow")
		if n < 2 || n > 4 || r.Dropped() != 34 {
			t.Errorf("%d lines for %d drops:\n%s", n, r.Dropped(), log.String())
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if sum := strings.Count(log.String(), "dropped="); sum == 0 {
			t.Error("the count is not told")
		}
	})
}
