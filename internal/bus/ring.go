package bus

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"bienban/internal/fault"
)

// Ring is a listener's buffer: it keeps the newest notices, counts what it had
// to drop for them, and logs the count at most once a second. Put never blocks.
type Ring struct {
	log     *slog.Logger
	subject string
	wake    chan struct{} // holds one token while something may be there

	mu       sync.Mutex
	buf      []Notice
	start, n int
	closed   bool
	dropped  uint64
	reported uint64
	timer    *time.Timer // runs while drops wait for their report
}

// reportEvery is how often drops are logged (docs/design.md: once a second).
const reportEvery = time.Second

// NewRing makes a ring of depth notices (at least 1) for what is sent to
// subject.
func NewRing(subject string, depth int, log *slog.Logger) *Ring {
	return &Ring{log: log, subject: subject, buf: make([]Notice, max(1, depth)), wake: make(chan struct{}, 1)}
}

// Put adds a notice, dropping the oldest when there is no room.
func (r *Ring) Put(n Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.n == len(r.buf) {
		r.buf[r.start] = n
		r.start = (r.start + 1) % len(r.buf)
		r.dropped++
		if r.timer == nil {
			r.timer = time.AfterFunc(reportEvery, r.report)
		}
	} else {
		r.buf[(r.start+r.n)%len(r.buf)] = n
		r.n++
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Ring) report() {
	r.mu.Lock()
	fresh := r.dropped - r.reported
	r.reported, r.timer = r.dropped, nil
	r.mu.Unlock()
	if fresh > 0 {
		r.log.Warn("listener is too slow", "subject", r.subject, "dropped", fresh)
	}
}

// Next implements Listener.
func (r *Ring) Next(ctx context.Context) (Notice, error) {
	for {
		r.mu.Lock()
		if r.n > 0 {
			n := r.buf[r.start]
			r.buf[r.start] = Notice{}
			r.start, r.n = (r.start+1)%len(r.buf), r.n-1
			r.mu.Unlock()
			return n, nil
		}
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return Notice{}, fault.New(fault.Unavailable, "listener of %s: closed", r.subject)
		}
		select {
		case <-ctx.Done():
			return Notice{}, ctx.Err()
		case <-r.wake:
		}
	}
}

// Dropped implements Listener.
func (r *Ring) Dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Close implements Listener. What is buffered can still be read; drops not yet
// logged are logged now.
func (r *Ring) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	close(r.wake)
	r.mu.Unlock()
	r.report()
	return nil
}
