package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
)

// Bounds of a kill of capture, in seconds.
const (
	lostMost     = 1.0
	recoveryMost = 2.0
)

// patience is how long anything may take that must come.
const patience = 2 * time.Minute

// meeting is what the lab calls its meeting and its recording.
const meeting = "chaos"

// sound is what is captured: the tape of the sample meeting.
func (l *lab) sound(ctx context.Context) (*tape.Tape, error) {
	pcm, err := tape.Sample(ctx, l.sample())
	if err != nil {
		return nil, err
	}
	return tape.New(tape.Part{Name: "council-demo", PCM: pcm}), nil
}

// live is sound at its own pace: a microphone.
type live struct {
	from  io.Reader
	began time.Time
	at    int64 // samples
}

// Read implements io.Reader.
func (m *live) Read(b []byte) (int, error) {
	if m.began.IsZero() {
		m.began = time.Now()
	}
	time.Sleep(time.Until(m.began.Add(time.Duration(m.at) * time.Second / tape.Rate)))
	n, err := m.from.Read(b[:min(len(b), 2*tape.Rate/50)])
	m.at += int64(n) / 2
	return n, err
}

// whole verifies a recording.
func whole(ctx context.Context, dir string) (record.Report, error) {
	rep, err := record.Verify(ctx, dir, nil)
	if err == nil && !rep.Whole {
		err = fmt.Errorf("the recording is not whole: %v", rep.Problems)
	}
	return rep, err
}

// killCapture kills captures at random moments and starts them again at once.
func killCapture(ctx context.Context, l *lab) (row, error) {
	t, err := l.sound(ctx)
	if err != nil {
		return row{}, err
	}
	h := rig.Hall{Program: l.place.Program, Data: l.dir}
	dir := filepath.Join(h.Recordings(), meeting)
	var r row
	before := 0.0
	for r.moments < l.moments {
		started := time.Now()
		p, err := h.Capture(meeting, &live{from: t.Reader(1 << 40)})
		if err != nil {
			return r, err
		}
		heard, err := killOne(ctx, l, h, p, started, &r)
		p.Kill()
		if err != nil {
			return r, err
		}
		rep, err := whole(ctx, dir)
		if err != nil {
			return r, fmt.Errorf("kill %d: %w", r.moments, err)
		}
		if rep.Closed || rep.Running {
			return r, fmt.Errorf("kill %d: closed %v, running %v", r.moments, rep.Closed, rep.Running)
		}
		r.moments++
		r.lost = max(r.lost, heard-(rep.AudioSeconds-before))
		before = rep.AudioSeconds
	}
	return r, l.bounds(r)
}

// killOne waits until a capture records, and kills it at a random moment; it gives
// how many seconds of sound the capture had been given by then.
func killOne(ctx context.Context, l *lab, h rig.Hall, p *rig.Process, started time.Time, r *row) (float64, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	st, err := h.Status(ctx, meeting, func(s capture.Status) bool {
		return s.PID == p.PID() && s.State == capture.Recording && s.Durable > 0 && s.Captured > 0
	})
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, p.Said())
	}
	r.recovery = max(r.recovery, time.Since(started).Seconds())
	begun := time.Now().Add(-time.Duration(st.Captured * float64(time.Second)))
	rig.Rest(ctx, l.soon(800*time.Millisecond))
	heard := time.Since(begun).Seconds()
	p.Kill()
	return heard, nil
}

func (l *lab) bounds(r row) error {
	var wrong []error
	if r.lost > lostMost {
		wrong = append(wrong, fmt.Errorf("%.2f s were lost, at most %.0f s are allowed", r.lost, lostMost))
	}
	if l.timed && r.recovery > recoveryMost {
		wrong = append(wrong, fmt.Errorf("%.2f s until all was well, at most %.0f s are allowed", r.recovery, recoveryMost))
	}
	return errors.Join(wrong...)
}

// killCaptureUnderServe kills the capture that serve keeps running. What counts is
// the gap in the recording: what was lost and what was not heard until then.
func killCaptureUnderServe(ctx context.Context, l *lab) (row, error) {
	h := rig.Hall{Program: l.place.Program, Data: l.dir}
	serve, err := h.Serve("--no-worker", "--meeting", meeting, "--realtime", "--input", l.mixer())
	if err != nil {
		return row{}, err
	}
	defer serve.Kill()
	dir := filepath.Join(h.Recordings(), meeting)
	r := row{lost: -1}
	last := 0
	defer func() { endCapture(h) }()
	for r.moments < min(max(l.moments, 5), 10) { // one costs three seconds
		ctx, stop := context.WithTimeout(ctx, patience)
		st, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.PID != last && s.Durable > 0 && s.Captured > 0 })
		if err != nil {
			stop()
			return r, fmt.Errorf("%w:\n%s", err, serve.Said())
		}
		last = st.PID
		rig.Rest(ctx, l.soon(800*time.Millisecond))
		err = syscall.Kill(last, syscall.SIGKILL)
		stop()
		if err != nil {
			return r, err
		}
		r.moments++
	}
	if _, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.PID != last && s.Durable > 0 }); err != nil {
		return r, err
	}
	rec, err := record.Open(dir, nil)
	if err != nil {
		return r, err
	}
	for _, g := range rec.Gaps() {
		r.recovery = max(r.recovery, float64(g.To-g.From)/float64(rec.Base()))
	}
	if n := len(rec.Gaps()); n != r.moments {
		return r, fmt.Errorf("%d gaps after %d kills", n, r.moments)
	}
	r.note = "recovery is the longest gap: what was lost, and the time until somebody noticed"
	most := lostMost + recoveryMost
	if !l.timed {
		most *= 3 // and yet: serve must not wait ever longer
	}
	if r.recovery > most {
		return r, fmt.Errorf("a gap of %.2f s, at most %.0f s are allowed", r.recovery, most)
	}
	_, err = whole(ctx, dir)
	return r, err
}

// endCapture ends what records in a hall.
func endCapture(h rig.Hall) {
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	all, _ := capture.Running(ctx, h.Recordings()) // none: nothing to end
	for _, st := range all {
		c, err := capture.Connect(ctx, st.Folder)
		if err != nil {
			continue
		}
		if c.Stop(ctx, "chaos", "the test is over") == nil {
			_ = c.Watch(ctx, func(capture.Status) error { return nil }) // until it has ended
		}
		_ = c.Close()
	}
}

// sample is the sample meeting in one channel.
func (l *lab) sample() string {
	return l.place.Sample("audio.flac")
}

// mixer is the sample meeting from four microphones.
func (l *lab) mixer() string {
	return l.place.Sample("mixer.flac")
}

// adopt kills serve's process group at random moments while one capture runs.
func adopt(ctx context.Context, l *lab) (row, error) {
	h := rig.Hall{Program: l.place.Program, Data: l.dir}
	args := []string{"--no-worker", "--meeting", meeting, "--realtime", "--input", l.mixer()}
	serve, err := h.Serve(args...)
	if err != nil {
		return row{}, err
	}
	defer func() { serve.Kill(); endCapture(h) }()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	text, err := serve.Until(ctx, `capture answers recording=\S+ pid=(\d+)`)
	if err != nil {
		return row{}, err
	}
	pid, err := strconv.Atoi(text)
	if err != nil {
		return row{}, err
	}
	r := row{}
	for r.moments < min(l.moments, 10) {
		rig.Rest(ctx, l.soon(500*time.Millisecond))
		serve.Kill()
		r.moments++
		was, err := h.Status(ctx, meeting, func(s capture.Status) bool { return s.PID == pid })
		if err != nil {
			return r, err
		}
		if _, err := h.Status(ctx, meeting, func(s capture.Status) bool {
			return s.PID == pid && s.State == capture.Recording && s.Durable > was.Durable+0.2
		}); err != nil {
			return r, fmt.Errorf("capture stopped with serve: %w", err)
		}
		began := time.Now()
		if serve, err = h.Serve(args...); err != nil {
			return r, err
		}
		got, err := serve.Until(ctx, `capture answers recording=\S+ pid=(\d+)`)
		if err != nil {
			return r, err
		}
		r.recovery = max(r.recovery, time.Since(began).Seconds())
		if got != text {
			return r, fmt.Errorf("process %s was adopted, %s records", got, text)
		}
	}
	dir := filepath.Join(h.Recordings(), meeting)
	rec, err := record.Open(dir, nil)
	if err != nil {
		return r, err
	}
	if n := len(rec.Gaps()); n > 0 {
		return r, fmt.Errorf("%d gaps in a recording that nobody disturbed", n)
	}
	_, err = whole(ctx, dir)
	return r, err
}
