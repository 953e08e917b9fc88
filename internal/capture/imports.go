package capture

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bienban/audio"
	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Imports takes in what other devices recorded of a meeting.
type Imports struct {
	Root string // folder of recordings
	Bus  Bus    // nil for none: the recording is published when it is found on the disk
}

// Import makes a recording of a meeting out of a sound file, as if it had been captured, begun when the file says; or,
// where into names a recording of it, at rest or under way, fills gaps of that one with it. It returns when all is on the
// disk; ctx does not end it halfway, since half an import would be a wrong record.
//
// Errors: fault.Invalid for a file that is no sound, does not fit or fills nothing; fault.NotFound for a recording that is
// not there.
func (i Imports) Import(ctx context.Context, meeting, into string, src ImportSource) error {
	ctx = context.WithoutCancel(ctx)
	if into != "" {
		if err := bus.CheckName(into); err != nil {
			return err
		}
		_, err := Fill(ctx, filepath.Join(i.Root, into), src)
		if fault.CodeOf(err) == fault.Invalid {
			return fault.New(fault.Invalid, "import %s: %w", src.Name, err)
		}
		return err
	}
	base := RecordingName(meeting)
	id := base[:min(len(base), 60)] + "-import-" + strings.ToLower(rand.Text()[:8])
	cfg := Config{Root: i.Root, Meeting: meeting, Recording: id, Source: File(src.File, false), Origin: src.Name, Bus: i.Bus}
	if !src.At.IsZero() {
		clock := &frameClock{at: src.At}
		cfg.Source, cfg.Now = clock.source(cfg.Source), clock.now
	}
	res, err := Run(ctx, cfg)
	var damage *audio.DamageError
	switch {
	case err != nil && (fault.CodeOf(err) == fault.Invalid || errors.As(err, &damage)):
		return fault.New(fault.Invalid, "import %s: %w", src.Name, err)
	case err != nil && !errors.Is(err, fs.ErrPermission) && res.Seconds == 0:
		return fault.New(fault.Invalid, "import %s: it holds no sound that can be read: %w", src.Name, err)
	}
	return err
}

// frameClock is the clock that an input had when it was recorded: at, and on by what was read since it was opened.
type frameClock struct {
	at   time.Time
	mu   sync.Mutex
	read time.Duration
}

// source gives one whose device the clock follows.
func (c *frameClock) source(s Source) Source {
	open := s.Open
	s.Open = func(ctx context.Context) (Input, error) {
		in, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return &clockedInput{Input: in, c: c}, nil
	}
	return s
}

func (c *frameClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(c.read)
}

// clockedInput moves a clock on by what is read.
type clockedInput struct {
	Input
	c      *frameClock
	frames int64
}

func (i *clockedInput) Read(ctx context.Context, dst []float32) (n int, lost int64, err error) {
	n, lost, err = i.Input.Read(ctx, dst)
	i.frames += int64(n) + lost
	i.c.mu.Lock()
	i.c.read = time.Duration(float64(i.frames) / float64(i.Format().Rate) * float64(time.Second))
	i.c.mu.Unlock()
	return n, lost, err
}
