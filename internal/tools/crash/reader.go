package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bienban/internal/rig"
	"bienban/internal/rig/browser"
	"bienban/minutes/desk"
)

// reader is a page that follows the meeting's events.
type reader struct {
	l           *lab
	name, login string
	c           *browser.Client
	dice        *rand.Rand             // of one that flaps
	flaps       bool                   // closed and opened again and again
	see         func(desk.Event) error // may be nil

	mu    sync.Mutex
	sums  [][32]byte // of each event as it came, in order
	opens int        // connections
	err   error
}

// run follows until ctx ends or something is wrong.
func (r *reader) run(ctx context.Context) {
	for ctx.Err() == nil && r.failed() == nil {
		one, stop := ctx, context.CancelFunc(func() {})
		if r.flaps {
			one, stop = context.WithTimeout(ctx, time.Duration(20+r.dice.IntN(500))*time.Millisecond)
		}
		s := browser.Source{Client: r.c, Meeting: r.l.office.Meeting, After: r.had(), Rest: 50 * time.Millisecond, Message: r.message, State: r.state}
		if err := s.Run(one); err != nil {
			r.fail(err)
		}
		stop()
	}
}

func (r *reader) state(open bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if open {
		r.opens++
	}
}

func (r *reader) had() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int64(len(r.sums))
}

func (r *reader) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *reader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = errors.Join(r.err, err)
}

// message takes what came: numbered events each once, in order.
func (r *reader) message(m browser.Message) error {
	switch m.Event {
	case "":
	case "reset":
		return errors.New("the store is behind what this browser was sent")
	default:
		return nil // what passes
	}
	var e desk.Event
	if err := json.Unmarshal([]byte(m.Data), &e); err != nil {
		return err
	}
	r.mu.Lock()
	want := int64(len(r.sums)) + 1
	r.mu.Unlock()
	if e.Seq != want || m.ID != fmt.Sprint(e.Seq) {
		return fmt.Errorf("event %d came as %s where %d was next", e.Seq, m.ID, want)
	}
	if r.see != nil {
		if err := r.see(e); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sums = append(r.sums, sha256.Sum256([]byte(m.Data)))
	return nil
}

// upTo waits until the page has all events up to one.
func (r *reader) upTo(ctx context.Context, seq int64) error {
	for r.had() < seq {
		if err := r.failed(); err != nil {
			return fmt.Errorf("browser of %s: %w", r.name, err)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("browser of %s has %d of %d events: %w", r.name, r.had(), seq, ctx.Err())
		}
		rig.Rest(ctx, 5*time.Millisecond)
	}
	return r.failed()
}
