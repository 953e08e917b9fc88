package bustest

import (
	"context"
	"errors"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

var finalTests = []test{
	{"finals come in order and once when acknowledged", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		for i := range 10 {
			must(t, b.PublishFinal(ctx, Final("r", 1, i)))
		}
		q := finals(t, b)
		for i := range 10 {
			d := next(t, q)
			want := Final("r", 1, i)
			if got := d.Final(); got.ID() != want.ID() || string(got.Payload) != string(want.Payload) {
				t.Fatalf("got %s, want %s", got.ID(), want.ID())
			}
			if d.Attempt() != 1 {
				t.Errorf("attempt %d, want 1", d.Attempt())
			}
			must(t, d.Ack(ctx))
		}
		nothing(t, q)
	}},
	{"a final given back comes again, after its pause", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		must(t, b.PublishFinal(ctx, Final("r", 1, 0)))
		q := finals(t, b)
		must(t, next(t, q).Nak(ctx, 0))
		d := next(t, q)
		if d.Attempt() != 2 {
			t.Errorf("attempt %d, want 2", d.Attempt())
		}
		begin := time.Now()
		must(t, d.Nak(ctx, 400*time.Millisecond))
		d = next(t, q)
		if waited := time.Since(begin); waited < 350*time.Millisecond {
			t.Errorf("came again after %v, want 400 ms", waited)
		}
		must(t, d.Ack(ctx))
		nothing(t, q)
	}},
	{"what a reader had not answered goes to the next", Limits{}, func(t *testing.T, h Hub) {
		a, b, ctx := connect(t, h, Limits{}), connect(t, h, Limits{}), Context(t)
		must(t, b.PublishFinal(ctx, Final("r", 1, 0)))
		q := finals(t, a)
		next(t, q)
		must(t, q.Close())
		d := next(t, finals(t, b))
		if d.Final().ID() != Final("r", 1, 0).ID() || d.Attempt() != 2 {
			t.Errorf("got %s attempt %d", d.Final().ID(), d.Attempt())
		}
		must(t, d.Ack(ctx))
	}},
	{"a reader that holds a final too long loses it to the next delivery", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		must(t, b.PublishFinal(ctx, Final("r", 1, 0)))
		q := finals(t, b)
		next(t, q)
		begin := time.Now()
		d := next(t, q)
		if waited := time.Since(begin); waited < bus.RedeliverAfter-time.Second || waited > bus.RedeliverAfter+5*time.Second {
			t.Errorf("came again after %v, want %v", waited, bus.RedeliverAfter)
		}
		must(t, d.Ack(ctx))
	}},
	{"a message that is no final is buried and the queue goes on", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		h.Enqueue(t, b, []byte(`{"recording":"r","epoch":0}`))
		h.Enqueue(t, b, []byte{0xff, 0x00})
		must(t, b.PublishFinal(ctx, Final("r", 1, 0)))
		q := finals(t, b)
		d := next(t, q)
		if d.Final().ID() != Final("r", 1, 0).ID() {
			t.Fatalf("got %s", d.Final().ID())
		}
		must(t, d.Bury(ctx, "không thuộc cuộc họp nào"))
		nothing(t, q)
		all, err := b.Buried(ctx, 10)
		must(t, err)
		if len(all) != 3 || string(all[1].Data) != "\xff\x00" || all[0].Reason == "" || all[2].Reason != "không thuộc cuộc họp nào" {
			t.Errorf("buried: %+v", all)
		}
		if _, err := bus.DecodeFinal(all[2].Data); err != nil {
			t.Errorf("what was buried cannot be read: %v", err)
		}
		if one, err := b.Buried(ctx, 1); err != nil || len(one) != 1 {
			t.Errorf("at most one: %d %v", len(one), err)
		}
	}},
	{"what is no final is refused as invalid", Limits{}, func(t *testing.T, h Hub) {
		b, ctx := connect(t, h, Limits{}), Context(t)
		big := Final("r", 1, 0)
		big.Payload = make([]byte, bus.MaxPayload+1)
		for what, f := range map[string]bus.Final{
			"no epoch": Final("r", 0, 0), "bad name": Final("a b", 1, 0), "too big": big,
			"no stretch": {Recording: "r", Epoch: 1, From: 5, To: 5},
		} {
			if err := b.PublishFinal(ctx, f); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("%s: %v, want invalid", what, err)
			}
		}
	}},
}

func finals(t *testing.T, b bus.Bus) bus.FinalReader {
	t.Helper()
	q, err := b.Finals(Context(t))
	must(t, err)
	t.Cleanup(func() { _ = q.Close() })
	return q
}

func next(t *testing.T, q bus.FinalReader) bus.Delivery {
	t.Helper()
	d, err := q.Next(Context(t))
	must(t, err)
	return d
}

// nothing checks that the queue has nothing ready.
func nothing(t *testing.T, q bus.FinalReader) {
	t.Helper()
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if d, err := q.Next(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v %v, want nothing", d, err)
	}
}
