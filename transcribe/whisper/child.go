package whisper

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"sync"

	"bienban/transcribe"
)

// maxStreams is how many detectors a child serves at once: more than halls
// that one machine can follow.
const maxStreams = 64

// Backend is what a child serves.
type Backend struct {
	Engine transcribe.Engine // nil: no decoding
	Lanes  int               // windows that Engine decodes at once; 0 = 1
	// Detector opens one more stream; nil: no speech detection.
	Detector func() (transcribe.Detector, error)
	Model    string // shown to the parent
	System   string // what the native code was built with, shown to the parent
}

// ChildMain is the body of the hidden subcommand that Start runs:
//
//	engine --model FILE --vad FILE --threads N --lanes N
//
// It loads the model and serves calls from stdin on stdout until stdin ends,
// which is how the parent, or its death, ends it. An error that comes before
// the model is loaded is also told to the parent.
func ChildMain(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	fs := flag.NewFlagSet("engine", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	model := fs.String("model", "", "speech model, ggml")
	vad := fs.String("vad", "", "speech detection model, ggml")
	threads := fs.Int("threads", 0, "0 = one a physical core")
	lanes := fs.Int("lanes", 1, "windows decoded at once, which share the threads")
	if err := fs.Parse(args); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	stdout, err := ownOutput(stdout)
	if err != nil {
		return err
	}
	b, err := openBackend(*model, *vad, *threads, *lanes)
	if err != nil {
		// The exit status alone would say little; if the pipe is gone, so is the reader.
		_ = writeJSON(stdout, sayError, 0, failure{Message: err.Error()})
		return err
	}
	return Serve(ctx, b, stdin, stdout)
}

// Serve answers the calls of a Process until in ends, and closes the engine.
// Decoding and speech detection run beside each other: as many decodes at a
// time as the backend has lanes, and one call of detectors.
func Serve(ctx context.Context, b Backend, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &server{backend: b, out: out, cancels: map[uint32]context.CancelFunc{}, detectors: map[uint32]transcribe.Detector{}}
	if err := s.say(sayReady, 0, hello{Model: b.Model, System: b.System}); err != nil {
		return err
	}
	// A parent asks no more calls than there are lanes; more than these is a
	// parent that went wrong, and reading stops until a lane is free.
	decodes, feeds := make(chan frame, 4+b.Lanes), make(chan frame, maxStreams)
	var lanes sync.WaitGroup
	serve := func(lane <-chan frame) {
		lanes.Go(func() {
			// One thread a lane, for good: each thread that comes by native code is
			// given a heap of its own by the C library, and by OpenMP threads beside
			// it. A lane that wandered over threads left up to 60 MB on each.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for f := range lane {
				s.answer(ctx, f)
			}
		})
	}
	serve(feeds)
	for range max(b.Lanes, 1) {
		serve(decodes)
	}
	err := s.read(ctx, bufio.NewReaderSize(in, 1<<16), decodes, feeds)
	cancel() // nobody waits for what is still under way
	close(decodes)
	close(feeds)
	lanes.Wait()
	return errors.Join(err, s.close())
}

type server struct {
	backend   Backend
	detectors map[uint32]transcribe.Detector // only in the feeds lane

	mu      sync.Mutex // guards out and cancels
	out     io.Writer
	cancels map[uint32]context.CancelFunc
}

func (s *server) read(ctx context.Context, in io.Reader, decodes, feeds chan<- frame) error {
	for {
		f, err := readFrame(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("engine: reading a call: %w", err)
		}
		lane := feeds
		switch f.kind {
		case askCancel:
			s.mu.Lock()
			if stop := s.cancels[f.id]; stop != nil {
				stop()
			}
			s.mu.Unlock()
			continue
		case askDecode:
			lane = decodes
		}
		select {
		case lane <- f:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *server) answer(ctx context.Context, f frame) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.cancels[f.id] = cancel
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.cancels, f.id)
		s.mu.Unlock()
		cancel()
	}()
	err := s.do(ctx, f)
	if err != nil {
		// A broken pipe ends the reader as well.
		_ = s.say(sayError, f.id, failure{Message: err.Error(), Cancelled: ctx.Err() != nil})
	}
}

func (s *server) do(ctx context.Context, f frame) error {
	if f.kind == askDecode {
		if s.backend.Engine == nil {
			return errors.New("engine: started without a speech model")
		}
		r, err := unpackRequest(f.payload)
		if err != nil {
			return err
		}
		res, err := s.backend.Engine.Transcribe(ctx, r)
		if err != nil {
			return err
		}
		return s.say(sayResult, f.id, res)
	}
	stream, pcm, err := unpackStream(f.payload)
	if err != nil {
		return err
	}
	if f.kind == askClose {
		d := s.detectors[stream]
		delete(s.detectors, stream)
		if d != nil {
			err = d.Close()
		}
		return errors.Join(err, s.write(sayDone, f.id, nil))
	}
	d, err := s.detector(stream)
	if err != nil {
		return err
	}
	switch f.kind {
	case askFeed:
		probs, err := d.Feed(ctx, pcm)
		if err != nil {
			return err
		}
		return s.write(sayProbs, f.id, appendFloats(nil, probs))
	case askReset:
		if err := d.Reset(ctx); err != nil {
			return err
		}
		return s.write(sayDone, f.id, nil)
	}
	return fmt.Errorf("engine: a call of unknown kind %q; parent and child differ in version", rune(f.kind))
}

func (s *server) detector(stream uint32) (transcribe.Detector, error) {
	if d := s.detectors[stream]; d != nil {
		return d, nil
	}
	if s.backend.Detector == nil {
		return nil, errors.New("engine: started without a speech detection model")
	}
	if len(s.detectors) >= maxStreams {
		return nil, fmt.Errorf("engine: more than %d streams at once; close those that have ended", maxStreams)
	}
	d, err := s.backend.Detector()
	if err != nil {
		return nil, err
	}
	s.detectors[stream] = d
	return d, nil
}

func (s *server) say(k kind, id uint32, v any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return writeJSON(s.out, k, id, v)
}

func (s *server) write(k kind, id uint32, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return writeFrame(s.out, frame{k, id, payload})
}

func (s *server) close() error {
	var errs []error
	for _, d := range s.detectors {
		errs = append(errs, d.Close())
	}
	if s.backend.Engine != nil {
		errs = append(errs, s.backend.Engine.Close())
	}
	return errors.Join(errs...)
}

func writeJSON(w io.Writer, k kind, id uint32, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return writeFrame(w, frame{k, id, b})
}
