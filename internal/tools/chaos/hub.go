package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/audio/alarm"
	"bienban/internal/capture"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
)

// caughtUpMost is how soon all is text again after the hub is back, in seconds.
const caughtUpMost = 60.0

// heardFile is what Whisper heard in the tape's sample.
func (l *lab) heardFile() string {
	return l.place.Tape()
}

// byHeart is a hall whose workers know the tape.
func (l *lab) byHeart(name string, more ...string) rig.Hall {
	return rig.Hall{Program: l.place.Program, Data: filepath.Join(l.dir, name), Env: append([]string{rig.Recorded + "=" + l.heardFile()}, more...)}
}

var quiet = slog.New(slog.DiscardHandler)

// hubAway is a hall whose capture runs away from the hub, on a leaf server
// without streams of its own. First the hub's NATS server alone is away, with
// serve and its worker left behind; then the hub's whole machine is.
func hubAway(ctx context.Context, l *lab) (row, error) {
	r := row{}
	var notes []string
	for _, machine := range []bool{false, true} {
		once := *l
		once.dir = filepath.Join(l.dir, fmt.Sprint("machine-", machine))
		one, err := hubAwayOnce(ctx, &once, machine)
		if err != nil {
			return r, fmt.Errorf("the hub's %s: %w", hubPart(machine), err)
		}
		r.moments++
		r.lost, r.recovery = max(r.lost, one.lost), max(r.recovery, one.recovery)
		notes = append(notes, fmt.Sprintf("%s caught up in %.1f s (%s)", hubPart(machine), one.recovery, one.note))
	}
	r.note = fmt.Sprintf("away for %v; %s", l.outage, strings.Join(notes, "; "))
	if l.timed && r.recovery > caughtUpMost {
		return r, fmt.Errorf("caught up after %.1f s, at most %.0f s are allowed", r.recovery, caughtUpMost)
	}
	return r, nil
}

func hubPart(machine bool) string {
	if machine {
		return "machine"
	}
	return "NATS server"
}

func hubAwayOnce(ctx context.Context, l *lab, machine bool) (r row, err error) {
	t, err := l.sound(ctx)
	if err != nil {
		return r, err
	}
	ctx, stop := context.WithTimeout(ctx, l.outage+2*patience)
	defer stop()
	hub, hall := l.byHeart("hub"), rig.Hall{Program: l.place.Program, Data: filepath.Join(l.dir, "hall")}
	n, err := newNATS(ctx, l)
	if err != nil {
		return r, err
	}
	server, err := n.start(ctx, "hub")
	if err != nil {
		return r, err
	}
	defer func() { server.Kill() }()
	leaf, err := n.start(ctx, "leaf")
	if err != nil {
		return r, err
	}
	defer leaf.Kill()
	serve, err := hub.Serve("--bus", n.address("hub"))
	if err != nil {
		return r, err
	}
	defer func() { serve.Kill() }()
	if _, err := serve.Until(ctx, "serving on"); err != nil {
		return r, err
	}
	before, after := 5*time.Second, 3*time.Second
	length := int64((before + l.outage + after).Seconds()) * tape.Rate
	p, err := hall.Capture(meeting, &live{from: t.Reader(length)}, "--bus", n.address("leaf"))
	if err != nil {
		return r, err
	}
	defer p.Kill()
	if _, err := serve.Until(ctx, "hearing begins"); err != nil {
		return r, fmt.Errorf("%w\n%s", err, p.Said())
	}
	if _, err := hall.Status(ctx, meeting, func(s capture.Status) bool { return s.Durable > before.Seconds() }); err != nil {
		return r, fmt.Errorf("%w:\n%s", err, p.Said())
	}

	server.Kill()
	if machine {
		serve.Kill()
	}
	if r.note, err = l.meanwhile(ctx, hall, time.Now().Add(l.outage)); err != nil {
		return r, err
	}
	if !strings.Contains(p.Said(), "alarm: The server cannot be reached") {
		return r, fmt.Errorf("capture's log does not say that the hub is away:\n%s", p.Said())
	}
	if server, err = n.start(ctx, "hub"); err != nil {
		return r, err
	}
	back := time.Now()
	st, err := hall.Status(ctx, meeting, func(capture.Status) bool { return true })
	if err != nil {
		return r, err
	}
	yet := float64(length)/tape.Rate - st.Captured // sound that is still to come
	if machine {
		if serve, err = hub.Serve("--bus", n.address("hub")); err != nil {
			return r, err
		}
	}
	if _, err := hall.Status(ctx, meeting, func(s capture.Status) bool {
		return s.Bus.Lag < 1 && s.Bus.Error == "" && !raised(s)
	}); err != nil {
		return r, err
	}
	if _, err := serve.Until(ctx, complete); err != nil {
		return r, err
	}
	r.recovery = max(0, time.Since(back).Seconds()-yet)
	<-p.Over()
	rep, err := whole(ctx, filepath.Join(hall.Recordings(), meeting))
	if err != nil {
		return r, err
	}
	if r.lost = float64(length)/tape.Rate - rep.AudioSeconds; r.lost != 0 || rep.GapSeconds != 0 {
		return r, fmt.Errorf("%.2f s are missing, %.2f s are gaps", r.lost, rep.GapSeconds)
	}
	switch said := serve.Said(); {
	case !machine && strings.Count(said, "child process was started") != 1:
		return r, fmt.Errorf("the outage ended a worker that was well:\n%s", said)
	case !machine && !strings.Contains(p.Said(), "over: The server cannot be reached"):
		return r, fmt.Errorf("capture's log does not say that the hub is back:\n%s", p.Said())
	}
	if err := serve.End(ctx); err != nil {
		return r, err
	}
	text, err := hub.Transcript(ctx, meeting)
	if err != nil {
		return r, err
	}
	return r, rig.Accounted(text, rep.Seconds, false)
}

// raised says whether a capture shows that its hub is away.
func raised(s capture.Status) bool {
	return slices.ContainsFunc(s.Alarms, func(a alarm.Alarm) bool { return a.Kind == alarm.Bus })
}

// meanwhile watches a capture whose hub is away: nothing waits for the disk, and
// people are told, for as long as it lasts.
func (l *lab) meanwhile(ctx context.Context, h rig.Hall, until time.Time) (string, error) {
	var wrong error
	told, began, after := false, time.Now(), 0.0
	last, err := h.Status(ctx, meeting, func(s capture.Status) bool {
		switch {
		case s.Record.Waiting > lostMost || s.Record.Lost > 0 || s.GapSeconds > 0:
			wrong = fmt.Errorf("capture was disturbed: %.1f s wait for the disk, %d frames lost", s.Record.Waiting, s.Record.Lost)
		case told && !raised(s):
			wrong = errors.New("capture's status stopped telling that the hub is away")
		}
		if !told && raised(s) {
			told, after = true, time.Since(began).Seconds()
		}
		return wrong != nil || time.Now().After(until)
	})
	switch {
	case err != nil:
		return "", err
	case wrong != nil:
		return "", wrong
	case !told || last.Bus.Error == "":
		return "", fmt.Errorf("capture's status does not tell that the hub is away: %+v", last.Bus)
	}
	return fmt.Sprintf("said after %.1f s; %.1f s waited on the disk", after, last.Bus.Lag), nil
}
