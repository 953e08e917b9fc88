package microphone

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/durable"
	"bienban/internal/fault"
)

// stream is one that runs: a capture whose input is what browsers send.
type stream struct {
	meeting, id string
	rate        int
	label, dir  string
	origin      time.Time // when sample 0 was heard; the recording's clock
	parts       chan block
	begun       chan struct{} // closed when the recording stands
	done        chan struct{} // closed when capture has ended
	stop        context.CancelFunc
	life        context.Context

	taking sync.Mutex // one part at a time

	mu     sync.Mutex // guards what follows
	stored int64
	taken  int64 // by take
	heard  int64 // by capture: where its clock stands
	moved  chan struct{}
	err    error
}

// block is what capture reads: samples, and how many are missing before them.
type block struct {
	lost int64
	pcm  []float32
}

// newStream makes one that begins with a part.
func newStream(root, meeting, id string, p Part) *stream {
	st := &stream{meeting: meeting, id: id, dir: filepath.Join(root, id), rate: p.Rate, label: describe(p.Label),
		parts: make(chan block), begun: make(chan struct{}), done: make(chan struct{}), moved: make(chan struct{})}
	st.life, st.stop = context.WithCancel(context.Background()) // longer than any request
	st.origin = p.Heard.Add(-frameTime(p.At, p.Rate))
	return st
}

// frameTime is how long n samples take.
func frameTime(n int64, rate int) time.Duration {
	k := int64(rate)
	return time.Duration(n/k)*time.Second + time.Duration(n%k)*time.Second/time.Duration(k)
}

// run captures until the stream is ended.
func (st *stream) run(s *Streams) {
	err := st.resume()
	if err == nil {
		_, err = capture.Run(st.life, capture.Config{
			Root: s.root, Meeting: st.meeting, Recording: st.id, Bus: s.bus, Now: st.clock, Stored: st.onDisk,
			Source: capture.Source{Name: st.label, Open: func(context.Context) (capture.Input, error) { return &input{st: st}, nil },
				Block: func(rate int) int { return rate / 5 }},
			Say: func(text, _ string) { s.log.Info("microphone", "recording", st.id, "says", text) },
		})
	}
	switch {
	case errors.Is(err, context.Canceled):
		err = nil
	case errors.Is(err, durable.ErrLocked):
		err = fault.New(fault.Conflict, "microphone: recording %s is being written by another process: %w", st.id, err)
	case errors.Is(err, record.ErrDiskFull):
		err = fault.New(fault.Unavailable, "microphone: %w", err)
	}
	if err != nil {
		s.log.Warn("a microphone's recording has ended", "recording", st.id, "error", err)
	}
	st.mu.Lock()
	st.err = err
	st.mu.Unlock()
	close(st.done)
}

// resume takes over rate and clock of a recording that lies there.
func (st *stream) resume() error {
	rec, err := record.Open(st.dir, nil)
	if isNone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	st.rate, st.origin = rec.Base(), rec.Info().Created
	st.mu.Lock()
	st.stored, st.taken, st.heard = rec.End(), rec.End(), rec.End()
	st.mu.Unlock()
	return nil
}

// clock is when the newest sample was heard that capture has: sound that comes
// late was not late then.
func (st *stream) clock() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.origin.Add(frameTime(st.heard, st.rate))
}

// onDisk learns how much is stored. The first time it says where the recording
// goes on, which is before what was not whole when the last process died.
func (st *stream) onDisk(position int64) {
	st.mu.Lock()
	defer st.mu.Unlock()
	select {
	case <-st.begun:
	default:
		st.stored, st.taken, st.heard = position, position, position
		close(st.begun)
	}
	if position > st.stored {
		st.stored = position
	}
	close(st.moved)
	st.moved = make(chan struct{})
}

func (st *stream) over() bool {
	select {
	case <-st.done:
		return true
	default:
		return false
	}
}

func (st *stream) failure() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.err == nil {
		return fault.New(fault.Conflict, "microphone: the recording has ended: begin another stream")
	}
	if fault.CodeOf(st.err) == fault.Invalid { // capture's word for a recording that was ended
		return fault.New(fault.Conflict, "microphone: %w", st.err)
	}
	return st.err
}

func (st *stream) state() State {
	over := st.over()
	st.mu.Lock()
	defer st.mu.Unlock()
	return State{Recording: st.id, Stored: st.stored, Taken: st.taken, Ended: over && st.err == nil}
}

// take hands a part to capture, less what has come already.
func (st *stream) take(ctx context.Context, p Part) error {
	st.taking.Lock()
	defer st.taking.Unlock()
	st.mu.Lock()
	have := st.taken
	st.mu.Unlock()
	b := block{pcm: samples(p.PCM)}
	switch {
	case p.end() <= have:
		return nil
	case p.At < have:
		b.pcm = b.pcm[have-p.At:]
	case p.At-p.Lost > have:
		return fault.New(fault.Conflict, "microphone: the part begins at sample %d, %d lost; %d have come", p.At, p.Lost, have)
	default:
		b.lost = p.At - have
	}
	select {
	case st.parts <- b:
	case <-st.done:
		return st.failure()
	case <-ctx.Done():
		return ctx.Err()
	}
	st.mu.Lock()
	st.taken = p.end()
	st.mu.Unlock()
	return nil
}

// settled waits until what was taken is on the disk, all but an unfinished
// chunk, or too long.
func (st *stream) settled(ctx context.Context) State {
	late := time.NewTimer(storedWait)
	defer late.Stop()
	for {
		st.mu.Lock()
		missing, moved := st.taken-st.stored, st.moved
		st.mu.Unlock()
		if missing < int64(st.rate/5) { // capture's chunk: 200 ms
			return st.state()
		}
		select {
		case <-moved:
			continue
		case <-late.C:
		case <-st.done:
		case <-ctx.Done():
		}
		return st.state()
	}
}

// end ends the recording properly.
func (st *stream) end(ctx context.Context, who string) error {
	c, err := capture.Connect(ctx, st.dir)
	if err == nil {
		err = c.Stop(ctx, who, "the microphone was switched off")
		_ = c.Close()
	}
	if err != nil { // no socket: its signal does the same
		st.stop()
	}
	select {
	case <-st.done:
		st.mu.Lock()
		defer st.mu.Unlock()
		return st.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// input is what capture reads.
type input struct {
	st   *stream
	rest []float32
}

func (in *input) Name() string { return in.st.label }
func (in *input) Close() error { return nil }

// Format implements capture.Input: a browser gives one channel.
func (in *input) Format() record.Format {
	return record.Format{Rate: in.st.rate, Channels: 1, Bits: 16}
}

// Read implements capture.Input.
func (in *input) Read(ctx context.Context, dst []float32) (frames int, lost int64, err error) {
	if len(in.rest) == 0 {
		select {
		case b := <-in.st.parts:
			in.rest, lost = b.pcm, b.lost
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
	}
	n := copy(dst, in.rest)
	in.rest = in.rest[n:]
	in.st.mu.Lock()
	in.st.heard += lost + int64(n)
	in.st.mu.Unlock()
	return n, lost, nil
}
