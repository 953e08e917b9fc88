package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"bienban/audio/record"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
)

// deafReaders connects to everything that a capture tells, and reads nothing.
func deafReaders(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	ctx, stop := context.WithTimeout(ctx, l.steady+patience)
	defer stop()
	h := l.byHeart("data")
	serve, err := h.Serve()
	if err != nil {
		return row{}, err
	}
	defer serve.Kill()
	if _, err := serve.Until(ctx, "serving on"); err != nil {
		return row{}, err
	}
	length := int64(l.steady.Seconds()) * tape.Rate
	p, err := h.Capture(meeting, &live{from: t.Reader(length)}, "--bus", h.BusAddress())
	if err != nil {
		return row{}, err
	}
	defer p.Kill()
	if _, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.Durable > 0 }); err != nil {
		return row{}, err
	}
	r := row{recovery: -1}
	dir := filepath.Join(h.Recordings(), meeting)
	for range 20 {
		c, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, capture.SocketName))
		if err != nil {
			return r, err
		}
		defer c.Close()
		if err := json.NewEncoder(c).Encode(capture.Request{Cmd: "watch"}); err != nil {
			return r, err
		}
		r.moments++
	}
	b, err := natsbus.Dial(natsbus.Options{AddressFile: h.BusAddress(), Name: "deaf", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return r, err
	}
	defer b.Close()
	for _, subject := range []string{capture.Subject(meeting), hall.LiveSubject(meeting), hall.LagSubject(meeting), hall.EventSubject(meeting)} {
		s, err := b.Listen(ctx, subject, 1)
		if err != nil {
			return r, err
		}
		defer s.Close()
		r.moments++
	}
	a, err := b.ReadAudio(ctx, meeting, 0)
	if err != nil {
		return r, err
	}
	defer a.Close()
	r.moments++
	if _, err := serve.Until(ctx, complete); err != nil {
		return r, err
	}
	rep, err := whole(ctx, dir)
	if err != nil {
		return r, err
	}
	text, err := h.Transcript(ctx, meeting)
	if err != nil {
		return r, err
	}
	if r.lost = float64(length)/tape.Rate - rep.AudioSeconds; r.lost != 0 || rep.GapSeconds != 0 {
		return r, fmt.Errorf("%.2f s are missing", r.lost)
	}
	return r, rig.Accounted(text, rep.Seconds, false)
}

// halfSpeed is a worker that takes twice as long as the sound: it must say its
// lag, leave provisional text out and skip nothing.
func halfSpeed(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	length := int64(min(l.steady, 60*time.Second).Seconds()) * tape.Rate
	ctx, stop := context.WithTimeout(ctx, 6*l.steady+patience)
	defer stop()
	play := func(h rig.Hall, g *lag, realtime bool) (text transcribe.Transcript, rep record.Report, err error) {
		serve, err := h.Serve()
		if err != nil {
			return text, rep, err
		}
		defer serve.Kill()
		if _, err := serve.Until(ctx, "serving on"); err != nil {
			return text, rep, err
		}
		following, unfollow := context.WithCancel(ctx)
		defer unfollow()
		if err := g.follow(following, h.BusAddress()); err != nil {
			return text, rep, err
		}
		sound := t.Reader(length)
		if realtime {
			sound = &live{from: sound}
		}
		p, err := h.Capture(meeting, sound, "--bus", h.BusAddress())
		if err != nil {
			return text, rep, err
		}
		defer p.Kill()
		if realtime {
			if _, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.Durable > 0 }); err != nil {
				return text, rep, err
			}
			worst := 0.0 // beyond what the disk itself took: it is shared by whoever works on this machine
			if _, err := h.Status(ctx, meeting, func(s capture.Status) bool {
				worst = max(worst, s.Seconds-s.Durable-s.Record.SlowSync.Seconds())
				return s.State == capture.Ended
			}); err != nil {
				return text, rep, err
			}
			if worst > lostMost {
				return text, rep, fmt.Errorf("capture waited %.2f s for its disk", worst)
			}
		}
		if _, err := serve.Until(ctx, complete); err != nil {
			return text, rep, err
		}
		if rep, err = whole(ctx, filepath.Join(h.Recordings(), meeting)); err != nil {
			return text, rep, err
		}
		text, err = h.Transcript(ctx, meeting)
		return text, rep, err
	}
	var none, slow lag
	want, _, err := play(l.byHeart("undisturbed"), &none, false)
	if err != nil {
		return row{}, err
	}
	got, rep, err := play(l.byHeart("slow", rig.Pace+"=2x"), &slow, true)
	if err != nil {
		return row{}, err
	}
	r := row{moments: 1, lost: float64(length)/tape.Rate - rep.AudioSeconds, recovery: float64(slow.most.Load()) / 1000}
	r.note = fmt.Sprintf("recovery is its greatest lag; %d provisional texts while it lagged", slow.provisional.Load())
	switch {
	case r.lost != 0 || rep.GapSeconds != 0:
		return r, fmt.Errorf("%.2f s are missing", r.lost)
	case r.recovery < 5:
		return r, fmt.Errorf("it said a lag of %.1f s at most", r.recovery)
	case slow.provisional.Load() > 0:
		return r, fmt.Errorf("%d provisional texts while it lagged", slow.provisional.Load())
	}
	if err := rig.Same(got, want); err != nil {
		return r, err
	}
	return r, rig.Accounted(got, rep.Seconds, false)
}

// fullStream captures onto a bus whose stream holds a quarter of the sound and
// refuses the rest, before any worker reads: what it lacks is on the disk.
func fullStream(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	ctx, stop := context.WithTimeout(ctx, 2*patience)
	defer stop()
	hub, err := natsbus.StartServer(ctx, natsbus.ServerOptions{Dir: filepath.Join(l.dir, "hub"), Log: quiet})
	if err != nil {
		return row{}, err
	}
	defer hub.Shutdown()
	r := row{recovery: -1}
	for _, refuse := range []bool{true, false} {
		h := l.byHeart(fmt.Sprint("refuse-", refuse))
		lost, err := l.fullOnce(ctx, t, hub, h, refuse)
		if err != nil {
			return r, fmt.Errorf("refuse %v: %w", refuse, err)
		}
		r.lost = max(r.lost, lost)
		r.moments++
	}
	return r, nil
}

func (l *lab) fullOnce(ctx context.Context, t *tape.Tape, hub *natsbus.Server, h rig.Hall, refuse bool) (lost float64, err error) {
	length := int64(60) * tape.Rate
	const holds = 1 << 19
	b, err := hub.Connect(natsbus.Options{Name: "capture", AudioBytes: holds, Refuse: refuse, Log: quiet})
	if err != nil {
		return 0, err
	}
	defer b.Close()
	src, err := raw(t.Reader(length))
	if err != nil {
		return 0, err
	}
	res, err := capture.Run(ctx, capture.Config{Root: h.Recordings(), Meeting: meeting, Source: src, Bus: b})
	if err != nil {
		return 0, err
	}
	rep, err := whole(ctx, res.Folder)
	if err != nil {
		return 0, err
	}
	if lost = float64(length)/tape.Rate - rep.AudioSeconds; lost != 0 {
		return lost, fmt.Errorf("%.2f s are missing in the recording", lost)
	}
	reader, err := b.ReadAudio(ctx, meeting, 0)
	if err != nil {
		return lost, err
	}
	held, missing := int64(0), false
	for held < length && !missing {
		c, err := reader.Next(ctx)
		if missing = err != nil; !missing {
			held = c.End()
		}
	}
	_ = reader.Close()
	if !missing {
		return lost, fmt.Errorf("the stream holds all of it: nothing was tested")
	}
	serve, err := h.Serve("--bus", hub.AddressFile())
	if err != nil {
		return lost, err
	}
	defer serve.Kill()
	if _, err := serve.Until(ctx, complete); err != nil {
		return lost, err
	}
	text, err := h.Transcript(ctx, meeting)
	if err != nil {
		return lost, err
	}
	if err := serve.End(ctx); err != nil {
		return lost, err
	}
	return lost, rig.Accounted(text, rep.Seconds, false)
}
