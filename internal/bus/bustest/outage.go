package bustest

import (
	"context"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// quick is how soon a call must say that the bus is away, on a busy machine.
const quick = 5 * time.Second

var outageTests = []test{
	{"with the hub away every call says so quickly, and all that was stored is there again", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		publish(t, b, "r", 0, 5)
		must(t, b.PublishFinal(Context(t), Final("r", 1, 0)))
		lease := acquire(t, b, "hall", "b")
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 2)
		l := listen(t, b, "x", 4)
		h.Stop(t)
		for what, call := range map[string]func(ctx context.Context) error{
			"publish":       func(ctx context.Context) error { return b.PublishAudio(ctx, Chunk("r", 5)) },
			"publish new":   func(ctx context.Context) error { return b.PublishAudio(ctx, Chunk("new", 0)) },
			"publish final": func(ctx context.Context) error { return b.PublishFinal(ctx, Final("r", 1, 1)) },
			"end":           func(ctx context.Context) error { _, err := b.AudioEnd(ctx, "r"); return err },
			"lease":         func(ctx context.Context) error { _, err := b.Acquire(ctx, "other", "x"); return err },
			"ready":         b.Ready,
		} {
			begin := time.Now()
			if err := call(Context(t)); fault.CodeOf(err) != fault.Unavailable {
				t.Errorf("%s: %v, want unavailable", what, err)
			}
			if d := time.Since(begin); d > quick {
				t.Errorf("%s took %v to say that the hub is away", what, d)
			}
		}
		b.Send("x", []byte("lost"))
		select {
		case <-lease.Lost():
		case <-time.After(bus.LeaseTTL + quick):
			t.Error("the holder is not told that its lease is lost")
		}
		if lease.Valid() {
			t.Error("a lease that could not be renewed still is valid")
		}
		h.Start(t)
		Eventually(t, "publish again", func(ctx context.Context) error { return b.PublishAudio(ctx, Chunk("r", 5)) })
		for i := 2; i < 6; i++ {
			if c := nextUp(t, r); c.First != int64(i)*Frames {
				t.Fatalf("got sample %d, want %d", c.First, i*Frames)
			}
		}
		q := finals(t, b)
		var d bus.Delivery
		Eventually(t, "the final", func(ctx context.Context) (err error) { d, err = q.Next(ctx); return err })
		if d.Final().ID() != Final("r", 1, 0).ID() {
			t.Errorf("got %s", d.Final().ID())
		}
		must(t, d.Ack(Context(t)))
		Eventually(t, "the next epoch", func(ctx context.Context) error {
			again, err := b.Acquire(ctx, "hall", "b")
			if err == nil && again.Epoch() <= lease.Epoch() {
				t.Errorf("epoch %d after %d", again.Epoch(), lease.Epoch())
			}
			return err
		})
		Eventually(t, "a notice", func(ctx context.Context) error {
			b.Send("x", []byte("found"))
			short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			defer cancel()
			n, err := l.Next(short)
			if err == nil && string(n.Data) == "lost" {
				t.Error("a notice of the outage arrived after it")
			}
			return err
		})
	}},
	{"a reader waiting when the hub goes away is told", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		publish(t, b, "r", 0, 1)
		r := read(t, b, "r", 0)
		expect(t, r, "r", 0, 1)
		told := make(chan error, 1)
		ctx := Context(t)
		go func() {
			_, err := r.Next(ctx)
			told <- err
		}()
		h.Stop(t)
		if err := <-told; fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("got %v, want unavailable", err)
		}
		h.Start(t)
		Eventually(t, "publish again", func(ctx context.Context) error { return b.PublishAudio(ctx, Chunk("r", 1)) })
		if c := nextUp(t, r); c.First != Frames {
			t.Errorf("got sample %d, want %d", c.First, Frames)
		}
	}},
}
