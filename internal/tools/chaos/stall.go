package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"bienban/internal/bus/natsbus"
	"bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
)

// handoverMost is how soon another worker goes on, in seconds.
const handoverMost = 5.0

// stall stops a worker in the middle of its work, lets another take over, and
// wakes it: what it still hands in must be refused. It hears other words (in
// capitals), so that any of them would show.
func stall(ctx context.Context, l *lab) (row, error) {
	want, _, _, err := l.disturbed(ctx, l.replayed("undisturbed"), killWorker, 0, 0)
	if err != nil {
		return row{}, err
	}
	loud := filepath.Join(l.dir, "capitals.json")
	if err := l.capitals(loud); err != nil {
		return row{}, err
	}
	r := row{lost: 0}
	for r.moments < max(1, l.moments/10) { // one takes ten seconds
		h := l.replayed(fmt.Sprint(r.moments))
		took, err := l.stallOnce(ctx, h, loud, want)
		if err != nil {
			return r, fmt.Errorf("moment %d: %w", r.moments, err)
		}
		r.moments++
		r.recovery = max(r.recovery, took)
	}
	if l.timed && r.recovery > handoverMost {
		return r, fmt.Errorf("the hand-over took %.1f s, at most %.0f s are allowed", r.recovery, handoverMost)
	}
	return r, nil
}

// capitals writes what Whisper heard in capital letters.
func (l *lab) capitals(path string) error {
	b, err := os.ReadFile(l.heardFile())
	if err != nil {
		return err
	}
	sound, heard, err := tape.Read(b)
	if err != nil {
		return err
	}
	heard.Text = strings.ToUpper(heard.Text)
	for i := range heard.Words {
		heard.Words[i].Text = strings.ToUpper(heard.Words[i].Text)
	}
	beside, err := filepath.Rel(filepath.Dir(path), filepath.Join(filepath.Dir(l.heardFile()), filepath.FromSlash(sound)))
	if err != nil {
		return err
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := tape.Write(out, filepath.ToSlash(beside), heard); err != nil {
		return err
	}
	return out.Close()
}

func (l *lab) stallOnce(ctx context.Context, h rig.Hall, capitals string, want transcribe.Transcript) (float64, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	serve, err := h.Serve("--no-worker", "--meeting", meeting, "--input", l.sample())
	if err != nil {
		return 0, err
	}
	defer serve.Kill()
	if _, err := serve.Until(ctx, "serving on"); err != nil {
		return 0, err
	}
	slow := h
	slow.Env = []string{rig.Recorded + "=" + capitals, rig.Pace + "=300ms"}
	first, err := rig.Start("first worker", slow.Command("worker", "--bus", h.BusAddress(), "--name", "first"))
	if err != nil {
		return 0, err
	}
	defer first.Kill()
	if _, err := first.Until(ctx, "hearing begins"); err != nil {
		return 0, err
	}
	second, err := rig.Start("second worker", h.Command("worker", "--bus", h.BusAddress(), "--name", "second"))
	if err != nil {
		return 0, err
	}
	defer second.Kill()
	following, unfollow := context.WithCancel(ctx)
	defer unfollow()
	var g lag
	if err := g.follow(following, h.BusAddress()); err != nil {
		return 0, err
	}
	for g.final.Load() == 0 && ctx.Err() == nil {
		rig.Rest(ctx, 10*time.Millisecond)
	}
	rig.Rest(ctx, l.soon(time.Second))
	if err := first.Signal(syscall.SIGSTOP); err != nil {
		return 0, err
	}
	stopped := time.Now()
	text, err := second.Until(ctx, `hearing begins .*from=(\d+)`)
	if err != nil {
		return 0, err
	}
	took := time.Since(stopped).Seconds()
	if err := first.Signal(syscall.SIGCONT); err != nil {
		return 0, err
	}
	if _, err := serve.Until(ctx, complete); err != nil {
		return 0, err
	}
	from, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, err
	}
	got, err := h.Transcript(ctx, meeting)
	if err != nil {
		return 0, err
	}
	return took, handedOver(got, want, float64(from)/transcribe.SampleRate)
}

// handedOver checks that text is the first worker's before a position and the
// second's after it, with nothing doubled or missing.
func handedOver(got, want transcribe.Transcript, at float64) error {
	if len(got.Segments) != len(want.Segments) {
		return fmt.Errorf("%d segments, undisturbed %d", len(got.Segments), len(want.Segments))
	}
	capitals := 0
	for i, s := range got.Segments {
		w := want.Segments[i].Text
		if s.End <= at+1e-9 {
			w = strings.ToUpper(w)
			capitals++
		}
		if s.Text != w {
			return fmt.Errorf("segment %d (%.2f to %.2f s) is %q, want %q: the hand-over was at %.2f s", i, s.Start, s.End, s.Text, w, at)
		}
	}
	if capitals == 0 {
		return fmt.Errorf("the first worker handed in nothing before it was stopped: nothing was tested")
	}
	return rig.Accounted(got, want.Coverage[len(want.Coverage)-1].End, false)
}

// lag follows what a worker says of how it keeps up.
type lag struct {
	most        atomic.Int64 // milliseconds
	heard       atomic.Int64 // milliseconds of sound
	final       atomic.Int64 // milliseconds whose text was handed in
	provisional atomic.Int64 // texts that were said while it lagged by more than a second
}

// follow listens until ctx ends.
func (g *lag) follow(ctx context.Context, address string) error {
	b, err := natsbus.Dial(natsbus.Options{AddressFile: address, Name: "chaos", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	listen := func(subject string, take func([]byte)) {
		for ctx.Err() == nil {
			s, err := b.Listen(ctx, subject, 64)
			for err == nil {
				n, e := s.Next(ctx)
				if err = e; e == nil {
					take(n.Data)
				}
			}
			if s != nil {
				_ = s.Close()
			}
			rig.Rest(ctx, 200*time.Millisecond)
		}
	}
	go listen(hall.LagSubject(meeting), func(data []byte) {
		var x hall.Lag
		if json.Unmarshal(data, &x) == nil {
			g.most.Store(max(g.most.Load(), int64(x.Lag*1000)))
			g.heard.Store(int64(x.Heard * 1000))
			g.final.Store(int64(x.Final * 1000))
		}
	})
	go listen(hall.LiveSubject(meeting), func(data []byte) {
		var x hall.Said
		if json.Unmarshal(data, &x) == nil && x.Type == "provisional" && x.Lag > 1 {
			g.provisional.Add(1)
		}
	})
	context.AfterFunc(ctx, func() { _ = b.Close() })
	return nil
}
