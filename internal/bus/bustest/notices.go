package bustest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

var noticeTests = []test{
	{"a notice reaches every listener of its subject and no other", Limits{}, func(t *testing.T, h Hub) {
		a, b := connect(t, h, Limits{}), connect(t, h, Limits{})
		exact, star, rest, other := listen(t, a, "meter.r", 8), listen(t, b, "*.r", 8), listen(t, b, "meter.>", 8), listen(t, b, "meter.s", 8)
		// The servers of a cluster tell each other of a listener, and what is sent before they have is lost: sent until heard.
		within := Context(t)
		heard := func(l bus.Listener) (bus.Notice, error) {
			for {
				a.Send("meter.r", []byte("1"))
				a.Send("meter.s", []byte("2"))
				ctx, stop := context.WithTimeout(within, 200*time.Millisecond)
				n, err := l.Next(ctx)
				stop()
				if err == nil || within.Err() != nil {
					return n, err
				}
			}
		}
		for name, l := range map[string]bus.Listener{"exact": exact, "star": star} {
			if n, err := heard(l); err != nil || string(n.Data) != "1" || n.Subject != "meter.r" {
				t.Errorf("%s: got %q of %q %v", name, n.Data, n.Subject, err)
			}
		}
		if n, err := heard(rest); err != nil || string(n.Data) != "1" && string(n.Data) != "2" {
			t.Errorf("rest: got %q of %q %v", n.Data, n.Subject, err)
		}
		if n, err := heard(other); err != nil || string(n.Data) != "2" {
			t.Errorf("other: got %q %v, want only its own", n.Data, err)
		}
	}},
	{"a listener that never reads costs the sender nothing and keeps the newest", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		slow, good := listen(t, b, "meter.r", 4), listen(t, b, "meter.r", 2000)
		const n = 1000
		for i := range n {
			b.Send("meter.r", fmt.Append(nil, i))
			if i%50 == 49 { // a sender's own queue is bounded too
				for {
					got, err := good.Next(Context(t))
					must(t, err)
					if string(got.Data) == fmt.Sprint(i) {
						break
					}
				}
			}
		}
		Eventually(t, "drops are counted", func(context.Context) error {
			if d := slow.Dropped(); d != n-4 {
				return fmt.Errorf("%d dropped, want %d", d, n-4)
			}
			return nil
		})
		for i := n - 4; i < n; i++ {
			if got, err := slow.Next(Context(t)); err != nil || string(got.Data) != fmt.Sprint(i) {
				t.Fatalf("got %q %v, want %d", got.Data, err, i)
			}
		}
		if good.Dropped() != 0 {
			t.Errorf("the good listener lost %d", good.Dropped())
		}
	}},
	{"Send returns at once although nobody listens", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		begin := time.Now()
		for range 10_000 {
			b.Send("flood.r", make([]byte, 100))
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("10000 took %v", d)
		}
	}},
	{"a closed listener says so, and a bad subject is refused", Limits{}, func(t *testing.T, h Hub) {
		b := connect(t, h, Limits{})
		l := listen(t, b, "x", 1)
		must(t, l.Close())
		if _, err := l.Next(Context(t)); fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("after Close: %v, want unavailable", err)
		}
		for _, s := range []string{"", "a..b", "a.>.b", "a b", "a*"} {
			if _, err := b.Listen(Context(t), s, 1); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("listen to %q: %v, want invalid", s, err)
			}
		}
		b.Send("a..b", nil) // dropped, no panic
	}},
}

func listen(t *testing.T, b bus.Bus, subject string, depth int) bus.Listener {
	t.Helper()
	l, err := b.Listen(Context(t), subject, depth)
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l
}
