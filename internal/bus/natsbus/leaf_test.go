package natsbus

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/bustest"
	"bienban/internal/fault"
)

func listenAt(t *testing.T, where string) net.Listener {
	t.Helper()
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestALeafStoresWhileItsHubIsAwayAndCatchesUp is the hall whose capture runs
// beside the hub's machine: a shortened outage (3 s for 60).
func TestALeafStoresWhileItsHubIsAwayAndCatchesUp(t *testing.T) {
	t.Parallel()
	ctx := bustest.Context(t)
	o := ServerOptions{Dir: t.TempDir(), LeafListen: "127.0.0.1:0", Log: quiet()}
	hub := startServer(t, o)
	leaf := startServer(t, ServerOptions{Dir: t.TempDir(), LeafOf: hub.LeafURL(), Domain: "hall-1", Log: quiet()})

	local := connectTo(t, leaf, Options{})                                     // the leaf's own streams
	far := connectTo(t, leaf, Options{Domain: HubDomain})                      // the hub's, through the leaf
	worker, err := Dial(Options{AddressFile: hub.AddressFile(), Log: quiet()}) // beside the hub
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Close()

	steps := make(chan bus.Forwarded, 10_000)
	done := make(chan error, 1)
	go func() { done <- bus.Forward(ctx, local, far, "r", func(f bus.Forwarded) { steps <- f }) }()
	reach := func(pos int64) {
		t.Helper()
		for {
			select {
			case f := <-steps:
				if f.Position >= pos {
					return
				}
			case <-ctx.Done():
				t.Fatalf("sample %d never reached the hub", pos)
			}
		}
	}
	n := 0
	publish := func(count int) {
		t.Helper()
		for range count {
			begin := time.Now()
			if err := local.PublishAudio(ctx, bustest.Chunk("r", n)); err != nil {
				t.Fatalf("the leaf does not store chunk %d: %v", n, err)
			}
			if d := time.Since(begin); d > time.Second {
				t.Errorf("the leaf took %v to store a chunk", d)
			}
			n++
		}
	}
	publish(10)
	reach(10 * bustest.Frames)

	hub.Shutdown()
	away := time.Now()
	said := false
	for time.Since(away) < 3*time.Second {
		publish(1)
		select {
		case f := <-steps:
			said = said || f.Err != nil
		case <-time.After(20 * time.Millisecond):
		}
	}
	if !said {
		t.Error("the outage was not told")
	}
	if err := far.PublishAudio(ctx, bustest.Chunk("other", 0)); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("publish to the hub that is away: %v, want unavailable", err)
	}
	startServer(t, o)
	back := time.Now()
	reach(int64(n) * bustest.Frames)
	t.Logf("caught up with %d chunks %v after the hub was back", n-10, time.Since(back).Round(time.Millisecond))

	publish(5)
	if err := local.PublishAudio(ctx, bustest.EndOf("r", n)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the worker's connection", worker.Ready)
	r, err := worker.ReadAudio(ctx, "r", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := range n {
		if c, err := r.Next(ctx); err != nil || c.First != int64(i)*bustest.Frames {
			t.Fatalf("chunk %d: %d %v", i, c.First, err)
		}
	}
	// A leaf's own publishing must not reach the hub's stream past the forwarder.
	s, err := worker.js.Stream(ctx, "AUDIO_r")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.CachedInfo().State.Msgs; got != uint64(n)+1 {
		t.Errorf("the hub has %d messages, want %d", got, n+1)
	}
	// Notices cross in both directions.
	l, err := worker.Listen(ctx, "meter.r", 4)
	if err != nil {
		t.Fatal(err)
	}
	local.Send("meter.r", []byte("-20 dB"))
	bustest.Eventually(t, "a notice from the leaf", func(ctx context.Context) error {
		local.Send("meter.r", []byte("-20 dB"))
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		_, err := l.Next(short)
		return err
	})
}

func connectTo(t *testing.T, s *Server, o Options) *Bus {
	t.Helper()
	o.Log = quiet()
	b, err := s.Connect(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestALeafNeedsADomainOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, d := range []string{"", HubDomain, "a.b"} {
		_, err := StartServer(t.Context(), ServerOptions{Dir: t.TempDir(), LeafOf: "nats-leaf://x:y@127.0.0.1:1", Domain: d, Log: quiet()})
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("domain %q: %v, want invalid", d, err)
		}
	}
}
