package membus

import (
	"context"
	"io"
	"sync"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// size is what a chunk counts for in Options.AudioBytes.
func size(c bus.Chunk) int64 { return int64(2*len(c.PCM) + 4*len(c.Energies)) }

// PublishAudio implements bus.AudioPublisher.
func (b *Bus) PublishAudio(ctx context.Context, c bus.Chunk) error {
	if err := c.Check(); err != nil {
		return err
	}
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.h.mu.Unlock()
	s := b.h.streams[c.Recording]
	if s == nil {
		s = &stream{first: 1}
		b.h.streams[c.Recording] = s
	}
	if limit := b.h.o.AudioBytes; limit > 0 && s.bytes+size(c) > limit {
		if b.h.o.Refuse {
			return fault.New(fault.Unavailable, "recording %s: %w", c.Recording, bus.ErrFull)
		}
		for len(s.chunks) > 0 && s.bytes+size(c) > limit {
			s.bytes -= size(s.chunks[0])
			s.chunks, s.first = s.chunks[1:], s.first+1
		}
	}
	s.chunks = append(s.chunks, c.Clone())
	s.bytes += size(c)
	s.end = max(s.end, c.End())
	b.h.signal()
	return nil
}

// AudioEnd implements bus.AudioPublisher.
func (b *Bus) AudioEnd(ctx context.Context, recording string) (int64, error) {
	if err := bus.CheckName(recording); err != nil {
		return 0, err
	}
	if err := b.lock(ctx); err != nil {
		return 0, err
	}
	defer b.h.mu.Unlock()
	if s := b.h.streams[recording]; s != nil {
		return s.end, nil
	}
	return 0, nil
}

// DropAudio implements bus.AudioPublisher.
func (b *Bus) DropAudio(ctx context.Context, recording string) error {
	if err := bus.CheckName(recording); err != nil {
		return err
	}
	if err := b.lock(ctx); err != nil {
		return err
	}
	defer b.h.mu.Unlock()
	delete(b.h.streams, recording)
	return nil
}

// ReadAudio implements bus.AudioSource.
func (b *Bus) ReadAudio(ctx context.Context, recording string, from int64) (bus.AudioReader, error) {
	if err := bus.CheckName(recording); err != nil {
		return nil, err
	}
	if from < 0 {
		return nil, fault.New(fault.Invalid, "recording %s: sample %d is before its beginning", recording, from)
	}
	if err := b.lock(ctx); err != nil {
		return nil, err
	}
	b.h.mu.Unlock()
	return &reader{b: b, recording: recording, at: bus.NewCursor(from), end: make(chan struct{})}, nil
}

type reader struct {
	b         *Bus
	recording string
	at        bus.Cursor
	s         *stream // the one that next counts in
	next      int
	once      sync.Once
	end       chan struct{}
}

// Position implements bus.AudioReader.
func (r *reader) Position() int64 { return r.at.Position() }

// Next implements bus.AudioReader.
func (r *reader) Next(ctx context.Context) (bus.Chunk, error) {
	if r.at.Ended() {
		return bus.Chunk{}, io.EOF
	}
	if err := r.b.lock(ctx); err != nil {
		return bus.Chunk{}, err
	}
	defer r.b.h.mu.Unlock()
	for {
		if err := r.b.usable(); err != nil {
			return bus.Chunk{}, err
		}
		s := r.b.h.streams[r.recording]
		if s != r.s {
			r.s, r.next = s, 0
		}
		if s != nil {
			for r.next = max(r.next, s.first); r.next < s.first+len(s.chunks); r.next++ {
				c, ok, err := r.at.Take(s.chunks[r.next-s.first])
				if err != nil {
					return bus.Chunk{}, err
				}
				if ok {
					r.next++
					return c.Clone(), nil
				}
			}
		}
		if err := r.b.wait(ctx, r.end, noTime); err != nil {
			return bus.Chunk{}, err
		}
	}
}

// Close implements bus.AudioReader.
func (r *reader) Close() error {
	r.once.Do(func() { close(r.end) })
	return nil
}
