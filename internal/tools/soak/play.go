package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"time"

	"bienban/internal/bus/natsbus"
	"bienban/internal/hall"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
)

// meeting is what the soak calls its meeting and its recording.
const meeting = "soak"

// soak plays the sound and waits until it is text.
func soak(ctx context.Context, s settings, place *rig.Place, data string) (*result, error) {
	heard := place.Tape()
	known, err := os.ReadFile(heard)
	if err != nil {
		return nil, err
	}
	t, err := tape.Open(ctx, heard, known)
	if err != nil {
		return nil, err
	}
	h := rig.Hall{Program: place.Program, Data: data}
	if s.real == 0 {
		h.Env = []string{rig.Recorded + "=" + heard, rig.Detector + "=silero"}
	}
	if err := know(place, data); err != nil {
		return nil, err
	}
	r := &result{settings: s, tape: t, end: int64(s.hours*3600*tape.Rate) / tape.Rate * tape.Rate, began: time.Now()}
	serve, err := h.Serve("--model", s.model)
	if err != nil {
		return nil, err
	}
	defer serve.Kill()
	if _, err := serve.Until(ctx, `serving on`); err != nil {
		return nil, err
	}
	b, err := natsbus.Dial(natsbus.Options{AddressFile: h.BusAddress(), Name: "soak", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer b.Close()
	var come atomic.Int64 // heard up to here
	following, unfollow := context.WithCancel(ctx)
	defer unfollow()
	go follow(following, b, &come)

	sound := &paced{over: ctx.Done(), from: t.Reader(r.end), pace: s.pace, heard: &come}
	capture, err := h.Capture(meeting, sound, "--bus", h.BusAddress())
	if err != nil {
		return nil, err
	}
	defer capture.Kill()
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.watch(watching, serve.PID(), capture.PID(), &come)
	}()
	if _, err := serve.Until(ctx, `the text of a recording is complete recording=`+meeting); err != nil {
		return nil, err
	}
	r.took = time.Since(r.began)
	r.begun = again.FindAllString(serve.Said(), -1)
	unwatch()
	<-watched
	select {
	case <-capture.Over():
	case <-ctx.Done():
		return nil, fmt.Errorf("capture does not end: %w", ctx.Err())
	}
	if code := capture.Code(); code != 0 {
		return nil, fmt.Errorf("capture ended with %d:\n%s", code, capture.Said())
	}
	if r.text, err = h.Transcript(ctx, meeting); err != nil {
		return nil, err
	}
	return r, serve.End(ctx)
}

// again finds what a serve says when hearing begins, once more and why, or a
// process that it keeps running ends.
var again = regexp.MustCompile(`(?m)^.*(hearing begins|hearing is interrupted|lease lost|child process has ended|speech \w+ crashed).*$`)

// know gives the data folder the sample's meeting file, with its names.
func know(place *rig.Place, data string) error {
	b, err := os.ReadFile(place.Sample("meeting.yaml"))
	if err != nil {
		return err
	}
	dir := filepath.Join(data, "meetings")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, meeting+".yaml"), b, 0o644)
}

// follow learns how far the worker has come.
func follow(ctx context.Context, b *natsbus.Bus, come *atomic.Int64) {
	for ctx.Err() == nil {
		l, err := b.Listen(ctx, hall.LagSubject(meeting), 8)
		if err != nil {
			time.Sleep(time.Second) // the bus comes
			continue
		}
		for {
			n, err := l.Next(ctx)
			if err != nil {
				break
			}
			var lag hall.Lag
			if json.Unmarshal(n.Data, &lag) == nil {
				come.Store(int64(lag.Heard * tape.Rate))
			}
		}
		_ = l.Close()
	}
}

// aheadMost is how far the sound may run ahead of the worker, in samples: what
// the worker hears in the second between two words of it, and more, so that it
// never waits.
const aheadMost = 600 * tape.Rate

// paced is sound at a pace, and no faster than the worker hears unless the pace is
// that of a hall.
type paced struct {
	over  <-chan struct{} // closed: no more of it
	from  io.Reader
	pace  float64 // of settings
	heard *atomic.Int64

	began time.Time
	at    int64 // samples
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	if p.began.IsZero() {
		p.began = time.Now()
	}
	for p.early() {
		select {
		case <-p.over:
			return 0, io.ErrUnexpectedEOF
		case <-time.After(20 * time.Millisecond):
		}
	}
	n, err := p.from.Read(b[:min(len(b), 2*tape.Rate/10)])
	p.at += int64(n) / 2
	return n, err
}

func (p *paced) early() bool {
	if p.pace > 0 && p.at > int64(time.Since(p.began).Seconds()*p.pace*tape.Rate) {
		return true
	}
	return p.pace != 1 && p.at > p.heard.Load()+aheadMost
}
