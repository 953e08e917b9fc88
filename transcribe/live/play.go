package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bienban/audio"
	"bienban/transcribe"
)

// Clock is the wall clock that Play goes by.
type Clock interface {
	// Now is the time since some moment before.
	Now() time.Duration
	// WaitUntil returns when Now has reached t, or with ctx's error.
	WaitUntil(ctx context.Context, t time.Duration) error
}

// PlayOptions say how a source is played.
type PlayOptions struct {
	Options
	Realtime bool  // at the pace of real time; else as fast as it goes
	Clock    Clock // nil = the machine's
}

// playChunk is how much sound is fed at once, in samples: 100 ms.
const playChunk = rate / 10

// Play plays a source through a committer and gives its events to emit, with
// the time at which they came. It stands for a hall: in real time no sample is
// fed before its time, and one that is fed after it is late.
//
// A damaged source is played as far as it is whole; then Play returns its
// *audio.DamageError. The source, the engine and the detector stay the caller's.
func Play(ctx context.Context, src audio.Source, eng transcribe.Engine, det transcribe.Detector, o PlayOptions, emit func(Event) error) error {
	reader, err := audio.NewSpeechReader(src, audio.MixOptions{NoEnergies: src.Format().Channels == 1})
	if err != nil {
		return err
	}
	clock := o.Clock
	if clock == nil {
		clock = newWallClock()
	}
	p := player{clock: clock, realtime: o.Realtime, start: clock.Now()}
	c := New(eng, det, o.Options, func(e Event) error {
		e.At = p.at()
		return emit(e)
	})
	buf := make([]float32, playChunk)
	from := HistoryFrom(o.From)
	if err := discard(ctx, reader, from); err != nil {
		return err
	}
	p.pos = from
	p.origin = o.From
	for {
		n, err := readFull(ctx, reader, buf)
		if n > 0 {
			if e := p.wait(ctx, p.pos+int64(n)); e != nil {
				return e
			}
			k := Chunk{From: p.pos, PCM: buf[:n], Rows: reader.Energies()}
			p.pos += int64(n)
			if e := c.Feed(ctx, k, p.late()); e != nil {
				return e
			}
		}
		if err != nil {
			var damage *audio.DamageError
			if !errors.Is(err, io.EOF) && !errors.As(err, &damage) {
				return err
			}
			if e := c.Flush(ctx); e != nil {
				return e
			}
			if damage != nil {
				return damage
			}
			return nil
		}
	}
}

// player keeps the pace.
type player struct {
	clock    Clock
	realtime bool
	start    time.Duration
	origin   int64 // the sample that sounds at start; what comes before is history
	pos      int64 // samples played
}

// due is when a sample has sounded.
func (p *player) due(sample int64) time.Duration {
	return p.start + time.Duration(max(0, sample-p.origin))*time.Second/rate
}

func (p *player) wait(ctx context.Context, sample int64) error {
	if !p.realtime {
		return ctx.Err()
	}
	return p.clock.WaitUntil(ctx, p.due(sample))
}

// late is how much sound there is beyond pos.
func (p *player) late() int64 {
	if !p.realtime {
		return 0
	}
	sounded := p.origin + int64((p.clock.Now()-p.start)*rate/time.Second)
	return max(0, sounded-p.pos)
}

// at is the time since the first sample: of the clock, or of the sound when
// nobody keeps pace.
func (p *player) at() float64 {
	if !p.realtime {
		return seconds(p.pos)
	}
	return seconds(p.origin) + (p.clock.Now() - p.start).Seconds()
}

// readFull fills buf unless the sound ends.
func readFull(ctx context.Context, r *audio.SpeechReader, buf []float32) (int, error) {
	n := 0
	for n < len(buf) {
		m, err := r.Read(ctx, buf[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// discard reads over n samples.
func discard(ctx context.Context, r *audio.SpeechReader, n int64) error {
	buf := make([]float32, rate)
	for n > 0 {
		m, err := r.Read(ctx, buf[:min(n, rate)])
		if err != nil {
			return fmt.Errorf("the sound ends before sample %d: %w", n, err)
		}
		n -= int64(m)
	}
	r.Energies()
	return nil
}

// wallClock is the machine's.
type wallClock struct{ start time.Time }

func newWallClock() Clock { return wallClock{time.Now()} }

func (w wallClock) Now() time.Duration { return time.Since(w.start) }

func (w wallClock) WaitUntil(ctx context.Context, t time.Duration) error {
	left := t - w.Now()
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
