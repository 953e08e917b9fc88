package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bienban/audio/device"
	"bienban/audio/record"
)

// deadline is how long a test waits for something that must come; reached only when it does not. Two minutes of eight
// microphones take longest: 40 s where the race detector looks on and the machine is shared.
const deadline = 2 * time.Minute

// plug is a mixer that a test plugs in and out. Frames are given one block at a time.
type plug struct {
	mu     sync.Mutex
	format record.Format
	out    string // why it cannot be opened, "" when it can
	blocks chan block
	opened chan struct{}
}

type block struct {
	frames []float32
	lost   int64
	err    error
}

func newPlug(f record.Format) *plug {
	return &plug{format: f, blocks: make(chan block, 1000), opened: make(chan struct{}, 100)}
}

func (p *plug) source() Source {
	return Source{Name: "mixer", Live: true, Block: shortBlock, Open: func(context.Context) (Input, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.out != "" {
			return nil, fmt.Errorf("%w: %s", device.ErrUnknown, p.out)
		}
		p.opened <- struct{}{}
		return &plugged{p, p.format}, nil
	}}
}

func (p *plug) set(f record.Format, out string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.format, p.out = f, out
}

type plugged struct {
	p *plug
	f record.Format
}

func (p *plugged) Name() string          { return "mixer" }
func (p *plugged) Format() record.Format { return p.f }
func (p *plugged) Close() error          { return nil }

func (p *plugged) Read(ctx context.Context, dst []float32) (int, int64, error) {
	select {
	case b := <-p.p.blocks:
		return copy(dst, b.frames) / p.f.Channels, b.lost, b.err
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
}

var errUnplugged = fmt.Errorf("%w: pulled out", device.ErrGone)

// hall is a capture that runs.
type hall struct {
	t      *testing.T
	dir    string
	cancel context.CancelFunc
	done   chan struct{}
	res    Result
	err    error

	mu   sync.Mutex
	said []string
}

func start(t *testing.T, cfg Config) *hall {
	t.Helper()
	if cfg.Root == "" {
		cfg.Root = filepath.Join(t.TempDir(), Folder)
	}
	if cfg.Meeting == "" {
		cfg.Meeting = "m"
	}
	cfg.Machine.Address = "none"
	if cfg.Machine.PowerDir == "" {
		cfg.Machine.PowerDir = t.TempDir()
	}
	h := &hall{t: t, dir: filepath.Join(cfg.Root, "m"), done: make(chan struct{})}
	cfg.Say = func(s, _ string) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.said = append(h.said, s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	go func() {
		defer close(h.done)
		h.res, h.err = Run(ctx, cfg)
	}()
	t.Cleanup(func() { cancel(); <-h.done })
	return h
}

// stop ends it cleanly.
func (h *hall) stop() Result {
	h.t.Helper()
	h.cancel()
	return h.wait()
}

func (h *hall) wait() Result {
	h.t.Helper()
	select {
	case <-h.done:
	case <-time.After(deadline):
		h.t.Fatal("capture does not end")
	}
	if h.err != nil {
		h.t.Fatal(h.err)
	}
	return h.res
}

// client connects as soon as it answers.
func (h *hall) client() *Client {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	for {
		c, err := Connect(ctx, h.dir)
		if err == nil {
			h.t.Cleanup(func() { _ = c.Close() })
			return c
		}
		select {
		case <-h.done:
			h.t.Fatalf("capture has ended: %v", h.err)
		case <-ctx.Done():
			h.t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
}

// until watches for a status that is wanted.
func (h *hall) until(want func(Status) bool) (got Status) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	seen := errors.New("seen")
	err := h.client().Watch(ctx, func(s Status) error {
		if got = s; want(s) {
			return seen
		}
		return nil
	})
	if !errors.Is(err, seen) {
		h.t.Fatalf("no such status, but %v: %+v", err, got)
	}
	return got
}

// ramp is frames in which each tells its number.
func ramp(first, frames, channels int) []float32 {
	var s []float32
	for i := first; i < first+frames; i++ {
		for c := range channels {
			s = append(s, float32(int16(7*i+1000*c))/(1<<15))
		}
	}
	return s
}

// all reads a recording.
func all(t *testing.T, dir string) []float32 {
	t.Helper()
	src, err := record.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	var s []float32
	buf := make([]float32, 4096*src.Format().Channels)
	for {
		n, err := src.Read(context.Background(), buf)
		s = append(s, buf[:n*src.Format().Channels]...)
		if errors.Is(err, io.EOF) {
			return s
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verified(t *testing.T, dir string) record.Report {
	t.Helper()
	rep, err := record.Verify(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !rep.Whole {
		t.Fatalf("the recording is not whole: %v", rep.Problems)
	}
	return rep
}

func opened(t *testing.T, dir string) *record.Recording {
	t.Helper()
	rec, err := record.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func copySegments(t *testing.T, from, to string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(from, "*.pcm"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(n)), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
