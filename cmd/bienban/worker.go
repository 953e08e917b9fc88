package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/transcribe"
)

type workerCmd struct {
	Bus     string `help:"Where the halls' sound comes from: nats://…, or the address file of a running serve; default that of the data folder." placeholder:"URL"`
	Model   string `default:"base" help:"A speech model (bienban models list)." placeholder:"NAME"`
	Threads int    `help:"Threads of the engine; default the cores." placeholder:"N"`
	Data    string `help:"Data folder of the serve to work for; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`

	Name     string   `hidden:"" help:"What leases call it."`
	Pipe     bool     `hidden:"" help:"End when standard input closes: with the serve that started it."`
	Second   string   `hidden:"" help:"Make the second pass over this recording's folder, and end." placeholder:"DIR"`
	Output   string   `hidden:"" short:"o" help:"Where the second pass is written." placeholder:"FILE"`
	Language string   `hidden:"" help:"Of the second pass." placeholder:"CODE"`
	Words    []string `hidden:"" sep:"none" help:"Words and names to expect in the second pass."`
}

// Run makes text of what halls say until it is stopped.
func (c *workerCmd) Run(ctx context.Context, e *env) error {
	if c.Name == "" { // leases take two of one name for one that was started again
		c.Name = fmt.Sprintf("worker-%s-%d-%s", hostName(), os.Getpid(), rand.Text()[:6])
	}
	if c.Pipe {
		var stop context.CancelFunc
		ctx, stop = context.WithCancel(ctx)
		defer stop()
		go func() {
			_, _ = io.Copy(io.Discard, e.stdin)
			stop()
		}()
	}
	if c.Second != "" {
		return c.second(ctx, e)
	}
	if c.Pipe {
		go hall.Beat(ctx, e.stdout)
	}
	address, err := e.busOf(c.Bus, c.Data)
	if err != nil {
		return err
	}
	s, err := e.openSpeech(ctx, c.Model, c.Threads)
	if err != nil {
		return err
	}
	defer s.close()
	o := e.busOptions(address, c.Name)
	e.sayNoAddress(english, o) // its log is English, as serve's
	b, err := natsbus.Dial(o)
	if err != nil {
		return fault.New(fault.Invalid, "--bus %s: %w", address, err)
	}
	defer b.Close()
	w := hall.Worker{Name: c.Name, Bus: b, Engine: s.engine, Detector: s.detector, Log: e.logger()}
	if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // it was asked to end
}

// hostName is this machine's, for people and for names that differ by machine.
func hostName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "host"
	}
	return host
}

// second makes the second pass, behind everything else that the machine does.
func (c *workerCmd) second(ctx context.Context, e *env) error {
	if c.Output == "" {
		return fault.New(fault.Invalid, "--output is missing")
	}
	beNice()
	s, err := e.openSpeech(ctx, c.Model, c.Threads)
	if err != nil {
		return err
	}
	defer s.close()
	det := s.detector()
	defer det.Close()
	l, err := hall.SecondPass(ctx, c.Second, s.engine, det, transcribe.Options{Language: c.Language, Glossary: c.Words, Model: c.Model})
	if err != nil {
		return err
	}
	return hall.WriteLayer(c.Output, l)
}

// dataDir is where recordings and everything else of this machine's meetings lie.
func (e *env) dataDir(asked string) (string, error) {
	dir, err := (&captureCmd{Data: asked}).dataDir(e)
	if err != nil {
		return "", err
	}
	return filepath.Abs(dir)
}

// logger writes what happens as lines for people, or as JSON.
func (e *env) logger() *slog.Logger { return slog.New(&lineHandler{e: e, mu: &sync.Mutex{}}) }

// warnings is for commands in front of which people sit: capture and live say themselves, as an alarm and in their
// language, when the bus is away and when it is back.
func (e *env) warnings() *slog.Logger {
	return slog.New(&lineHandler{e: e, mu: &sync.Mutex{}, least: slog.LevelWarn})
}

var _ hall.WorkerBus = (bus.Bus)(nil)
