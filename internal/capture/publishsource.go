package capture

import (
	"context"
	"io"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/bus"
)

// runSource yields the recording from the publisher's position on, as it grows, until something that is not sound.
type runSource struct {
	p      *publisher
	src    *record.Source
	to     int64 // of src
	dry    func() error
	failed error
}

// Format implements audio.Source.
func (r *runSource) Format() audio.Format {
	f := r.p.rec.Format()
	return audio.Format{Rate: r.p.rec.Base(), Channels: f.Channels, Bits: f.Bits, Frames: -1}
}

// Close implements audio.Source.
func (r *runSource) Close() error {
	if r.src == nil {
		return nil
	}
	src := r.src
	r.src = nil
	return src.Close()
}

// Read implements audio.Source. Before it waits it has what is mixed published.
func (r *runSource) Read(ctx context.Context, dst []float32) (int, error) {
	p := r.p
	for {
		if r.src != nil {
			n, err := r.src.Read(ctx, dst)
			p.pos += int64(n)
			if n > 0 {
				return n, nil
			}
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			if err != nil && p.pos < r.to {
				r.failed = err
			}
			_ = r.Close()
			if p.pos < r.to { // broken: the rest of it counts as silence
				p.pos = r.to
				return 0, io.EOF
			}
		}
		last := p.isEnded()
		if err := p.rec.Refresh(); err != nil {
			r.failed = err
			return 0, io.EOF
		}
		kind, to := p.next()
		switch {
		case kind != bus.Audio, last && to <= p.pos:
			return 0, io.EOF
		case to > p.pos:
			src, err := p.rec.Source(record.SourceOptions{From: p.pos, To: to})
			if err != nil {
				r.failed = err
				return 0, io.EOF
			}
			r.src, r.to = src, to
			continue
		}
		if err := r.dry(); err != nil {
			return 0, err
		}
		if err := p.wait(ctx); err != nil {
			return 0, err
		}
	}
}
