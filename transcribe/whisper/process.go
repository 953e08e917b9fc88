package whisper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"bienban/transcribe"
)

// abortWithin is how long a cancelled call may take to end by itself before
// its child is ended: with it, a caller waits less than a second.
const abortWithin = 400 * time.Millisecond

// Process is an Engine in a child process. It may be used from several
// goroutines; as many windows are decoded at once as it has lanes, detectors
// run beside.
//
// When the child crashes, hangs or is killed during a window, Process starts
// another and decodes the window once more; if that fails too, the caller gets
// a *CrashError. A call after a crash starts a child as well. As an engine
// keeps no state between windows, nothing is lost or doubled.
type Process struct {
	opts    Options
	decode  chan struct{} // holds a token for each decode under way
	calls   atomic.Uint32
	streams atomic.Uint32
	hang    atomic.Int64 // nanoseconds after which a call is hung

	mu      sync.Mutex
	current *child
	closed  bool
}

// Start runs the child and waits until its models are loaded, or ctx ends.
// The child lives until Close.
func Start(ctx context.Context, opts Options) (*Process, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &Process{opts: opts, decode: make(chan struct{}, opts.Lanes)}
	p.hang.Store(int64(opts.HangAfter))
	if _, err := p.running(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// Close ends the child and waits for it. It is safe to call twice.
func (p *Process) Close() error {
	p.mu.Lock()
	c := p.current
	p.current, p.closed = nil, true
	p.mu.Unlock()
	if c != nil {
		c.close()
	}
	return nil
}

// Lanes is how many windows are decoded at once.
func (p *Process) Lanes() int { return cap(p.decode) }

// System says what the native code was built with, for reports.
func (p *Process) System() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil {
		return ""
	}
	return p.current.hello.System
}

// PID is the number of the running child, 0 when there is none at the moment.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil {
		return 0
	}
	return p.current.pid
}

// Transcribe decodes one window, of at most 30 seconds.
func (p *Process) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if err := check(r); err != nil {
		return transcribe.Result{}, err
	}
	if r.Beam == 0 {
		r.Beam = p.opts.Beam
	}
	payload, err := packRequest(r)
	if err != nil {
		return transcribe.Result{}, err
	}
	select {
	case p.decode <- struct{}{}:
		defer func() { <-p.decode }()
	case <-ctx.Done():
		return transcribe.Result{}, ctx.Err()
	}
	var crash *CrashError
	f, err := p.call(ctx, askDecode, payload, p.hangAfter())
	if errors.As(err, &crash) {
		p.opts.Log.Warn("speech engine crashed; decoding the window again", "error", err)
		start := time.Now()
		f, err = p.call(ctx, askDecode, payload, p.secondTry())
		if took := time.Since(start); err == nil && took > p.hangAfter() {
			p.hang.Store(int64(2 * took))
		}
	}
	if err != nil {
		return transcribe.Result{}, err
	}
	var res transcribe.Result
	if err := json.Unmarshal(f.payload, &res); err != nil {
		return transcribe.Result{}, fmt.Errorf("engine result: %w", err)
	}
	return res, nil
}

// check refuses what no retry can mend.
func check(r transcribe.Request) error {
	switch {
	case len(r.PCM) == 0:
		return errors.New("window: no samples")
	case len(r.PCM) > maxSamples:
		return fmt.Errorf("window of %.1f s: Whisper hears at most 30 s at once", float64(len(r.PCM))/transcribe.SampleRate)
	case r.AudioContext < 0 || r.AudioContext > 1500:
		return fmt.Errorf("window: audio context %d: 0 to 1500", r.AudioContext)
	case r.Beam < 0 || r.Beam > 8: // WHISPER_MAX_DECODERS
		return fmt.Errorf("window: beam %d: 0 to 8", r.Beam)
	case r.Temperature < 0 || r.Temperature > 2:
		return fmt.Errorf("window: temperature %g: 0 to 2", r.Temperature)
	case len(r.Prompt) > maxHeader/8: // JSON may take six bytes for one
		return fmt.Errorf("window: a prompt of %d bytes: Whisper reads about 1,000", len(r.Prompt))
	}
	return nil
}

// hangAfter is how long a call may take.
func (p *Process) hangAfter() time.Duration { return time.Duration(p.hang.Load()) }

// secondTry is how long a window's second try may take: a machine that is only
// slow must not lose the window.
func (p *Process) secondTry() time.Duration {
	d := p.hangAfter()
	return max(d, min(10*d, patience))
}

// call asks the child, starting one where none runs.
func (p *Process) call(ctx context.Context, k kind, payload []byte, hang time.Duration) (frame, error) {
	c, err := p.running(ctx)
	if err != nil {
		return frame{}, err
	}
	return c.call(ctx, p.calls.Add(1), k, payload, hang)
}

// running returns the child, started anew when the last one has ended.
func (p *Process) running(ctx context.Context) (*child, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errors.New("speech engine: closed")
	}
	if p.current != nil && !p.current.ended() {
		return p.current, nil
	}
	p.current = nil
	c, err := startChild(ctx, p.opts)
	if err != nil {
		return nil, err
	}
	p.opts.Log.Info("speech engine started", "pid", c.pid, "model", c.hello.Model)
	p.current = c
	return c, nil
}

var _ transcribe.Parallel = (*Process)(nil)
