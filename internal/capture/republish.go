package capture

import (
	"context"
	"encoding/json"
	"errors"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/durable"
	"bienban/internal/fault"
)

// Republish puts on a bus what it lacks of a recording whose capture does not run: from where the bus's copy ends
// up to what the folder holds, exactly as capture would have. ended says that the recording is over, so that its end is
// published, too. A nil fsys is the machine's file system.
func Republish(ctx context.Context, b bus.AudioPublisher, dir string, fsys durable.FS, ended bool) error {
	if fsys == nil {
		fsys = durable.OS()
	}
	rec, err := record.Open(dir, fsys)
	if err != nil {
		return err
	}
	var m *Map
	if raw := rec.Info().Map; len(raw) > 0 {
		m = &Map{}
		if err := json.Unmarshal(raw, m); err != nil {
			return fault.New(fault.Invalid, "recording %s: its channel map: %w", rec.Info().ID, err)
		}
	}
	life, stop := context.WithCancel(ctx)
	defer stop()
	once := &onceBus{AudioPublisher: b, end: ended, stop: stop}
	p := &publisher{bus: once, name: rec.Info().ID, dir: dir, fs: fsys, m: m, ended: true,
		wake: make(chan struct{}, 1), over: make(chan struct{})}
	p.run(life)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return once.err
}

// errPublished ends a publisher that has published enough.
var errPublished = errors.New("published")

// onceBus ends a publisher at its first failure: whoever called tries again when it suits.
type onceBus struct {
	bus.AudioPublisher
	end  bool
	stop context.CancelFunc
	err  error
}

func (o *onceBus) fail(err error) error {
	if err != nil && !errors.Is(err, bus.ErrFull) {
		if !errors.Is(err, errPublished) {
			o.err = err
		}
		o.stop()
	}
	return err
}

// AudioEnd implements bus.AudioPublisher.
func (o *onceBus) AudioEnd(ctx context.Context, recording string) (int64, error) {
	end, err := o.AudioPublisher.AudioEnd(ctx, recording)
	return end, o.fail(err)
}

// PublishAudio implements bus.AudioPublisher.
func (o *onceBus) PublishAudio(ctx context.Context, c bus.Chunk) error {
	if c.Kind == bus.End && !o.end {
		return nil
	}
	return o.fail(o.AudioPublisher.PublishAudio(ctx, c))
}

// ReadChunks gives each chunk of a recording's folder from sample from up to to (16 kHz), as capture publishes them, to
// take. It is how a worker hears what the bus does not have.
func ReadChunks(ctx context.Context, dir string, from, to int64, take func(bus.Chunk) error) error {
	s := &sink{from: from, cursor: bus.NewCursor(from), to: to, take: take}
	if err := Republish(ctx, s, dir, nil, false); err != nil {
		return err
	}
	if at := s.cursor.Position(); at < to {
		return fault.New(fault.Unavailable, "recording %s: its segments end at sample %d, and up to %d is wanted", dir, at, to)
	}
	return nil
}

// sink takes chunks as a bus would.
type sink struct {
	from, to int64
	cursor   bus.Cursor
	take     func(bus.Chunk) error
}

// AudioEnd implements bus.AudioPublisher.
func (s *sink) AudioEnd(context.Context, string) (int64, error) { return s.from, nil }

// DropAudio implements bus.AudioPublisher.
func (s *sink) DropAudio(context.Context, string) error { return nil }

// PublishAudio implements bus.AudioPublisher.
func (s *sink) PublishAudio(_ context.Context, c bus.Chunk) error {
	if c.First >= s.to {
		return errPublished
	}
	c, ok, err := s.cursor.Take(c)
	if err != nil || !ok {
		return err
	}
	if over := c.End() - s.to; over > 0 {
		c.Frames -= over
		if c.Kind == bus.Audio {
			c.PCM = c.PCM[:c.Frames]
		}
	}
	if err := s.take(c); err != nil {
		return err
	}
	if s.cursor.Position() >= s.to {
		return errPublished
	}
	return nil
}
