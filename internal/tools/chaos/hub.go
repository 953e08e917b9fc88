package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
)

// caughtUpMost is how soon all is text again after the hub is back, in seconds.
const caughtUpMost = 60.0

// heardFile is what Whisper heard in the tape's sample.
func (l *lab) heardFile() string {
	return filepath.Join(l.module, "internal/tools/soak/testdata/council-demo.tape.json")
}

// byHeart is a hall whose workers know the tape.
func (l *lab) byHeart(name string, more ...string) rig.Hall {
	return rig.Hall{Program: l.bin, Data: filepath.Join(l.dir, name), Env: append([]string{rig.Recorded + "=" + l.heardFile()}, more...)}
}

var quiet = slog.New(slog.DiscardHandler)

// hubAway is a hall whose capture publishes on a leaf of its own; the hub, with
// serve and its worker, goes away for a while.
func hubAway(ctx context.Context, l *lab) (r row, err error) {
	t, err := l.sound(ctx)
	if err != nil {
		return r, err
	}
	ctx, stop := context.WithTimeout(ctx, 4*l.outage+2*patience)
	defer stop()
	o := natsbus.ServerOptions{Dir: filepath.Join(l.dir, "hub"), LeafListen: "127.0.0.1:0", Log: quiet}
	hub, err := natsbus.StartServer(ctx, o)
	if err != nil {
		return r, err
	}
	defer func() { hub.Shutdown() }()
	leaf, err := natsbus.StartServer(ctx, natsbus.ServerOptions{Dir: filepath.Join(l.dir, "leaf"), LeafOf: hub.LeafURL(), Domain: "hall-1", Log: quiet})
	if err != nil {
		return r, err
	}
	defer leaf.Shutdown()
	f, err := forward(ctx, leaf)
	if err != nil {
		return r, err
	}
	h := l.byHeart("data")
	serve, err := h.Serve("--bus", hub.AddressFile())
	if err != nil {
		return r, err
	}
	defer serve.Kill()
	if _, err := serve.Until(ctx, "serving on"); err != nil {
		return r, err
	}
	before, after := 8*time.Second, 10*time.Second
	length := int64((before + l.outage + after).Seconds()) * tape.Rate
	p, err := h.Capture(meeting, &live{from: t.Reader(length)}, "--bus", leaf.AddressFile())
	if err != nil {
		return r, err
	}
	defer p.Kill()
	if _, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.Durable > before.Seconds() }); err != nil {
		return r, fmt.Errorf("%w:\n%s", err, p.Said())
	}
	hub.Shutdown()
	away := time.Now()
	worst := 0.0 // of capture
	for time.Since(away) < l.outage && ctx.Err() == nil {
		st, err := h.Status(ctx, meeting, func(capture.Status) bool { return true })
		if err != nil {
			return r, err
		}
		if st.Bus != nil {
			worst = max(worst, st.Bus.Lag)
		}
		wait(ctx, 500*time.Millisecond)
	}
	if f.trouble() == "" {
		return r, fmt.Errorf("the outage was not told")
	}
	if worst > 2 {
		return r, fmt.Errorf("capture's own leaf was %.1f s behind while the hub was away", worst)
	}
	if hub, err = natsbus.StartServer(ctx, o); err != nil {
		return r, err
	}
	back := time.Now()
	var g lag
	if err := g.follow(ctx, hub.AddressFile()); err != nil {
		return r, err
	}
	caughtUp := func() bool { // a quick worker may be done before it says its lag once
		return g.heard.Load() >= int64((before+l.outage).Seconds()*1000) && g.newest.Load() <= 3000 ||
			strings.Contains(serve.Said(), complete)
	}
	for !caughtUp() {
		if ctx.Err() != nil {
			return r, fmt.Errorf("not caught up: heard %d ms, lag %d ms:\n%s", g.heard.Load(), g.newest.Load(), serve.Said())
		}
		wait(ctx, 50*time.Millisecond)
	}
	r.moments, r.recovery = 1, time.Since(back).Seconds()
	if _, err := serve.Until(ctx, complete); err != nil {
		return r, err
	}
	rep, err := record.Verify(ctx, filepath.Join(h.Recordings(), meeting), nil)
	if err != nil {
		return r, err
	}
	r.lost = float64(length)/tape.Rate - rep.AudioSeconds
	text, err := h.Transcript(ctx, meeting)
	if err != nil {
		return r, err
	}
	r.note = fmt.Sprintf("away for %v; said meanwhile: %s", l.outage, f.trouble())
	switch {
	case !rep.Whole || r.lost != 0:
		return r, fmt.Errorf("%.2f s are missing in the recording (%v)", r.lost, rep.Problems)
	case l.timed && r.recovery > caughtUpMost:
		return r, fmt.Errorf("caught up after %.1f s, at most %.0f s are allowed", r.recovery, caughtUpMost)
	}
	return r, rig.Accounted(text, rep.Seconds, false)
}

// forwarding carries a recording from a leaf to its hub.
type forwarding struct {
	mu   sync.Mutex
	said string
}

func (f *forwarding) trouble() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.said
}

func forward(ctx context.Context, leaf *natsbus.Server) (*forwarding, error) {
	local, err := leaf.Connect(natsbus.Options{Name: "leaf", Log: quiet})
	if err != nil {
		return nil, err
	}
	far, err := leaf.Connect(natsbus.Options{Name: "leaf to hub", Domain: natsbus.HubDomain, Log: quiet})
	if err != nil {
		return nil, err
	}
	f := &forwarding{}
	go func() {
		_ = bus.Forward(ctx, local, far, meeting, func(s bus.Forwarded) {
			if s.Err != nil {
				f.mu.Lock()
				f.said = s.Err.Error()
				f.mu.Unlock()
			}
		})
	}()
	context.AfterFunc(ctx, func() { _, _ = local.Close(), far.Close() })
	return f, nil
}
