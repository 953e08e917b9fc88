package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// Main runs a tool until it is done or somebody ends it. One that fails says why
// and ends this program with 1.
func Main(name string, run func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Place is where a tool works.
type Place struct {
	Module  string // this module's folder
	Dir     string // the tool's own, thrown away at the end
	Program string
}

// Enter makes a place for a tool. program is one that was built before, "" = it is
// built (native: as Build has it). The caller leaves the place.
func Enter(ctx context.Context, tool, program string, native bool) (*Place, error) {
	module, err := Module(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "bienban-"+tool+"-")
	if err != nil {
		return nil, err
	}
	p := &Place{Module: module, Dir: dir, Program: program}
	if program == "" {
		if p.Program, err = Build(ctx, module, dir, native); err != nil {
			p.Leave()
			return nil, err
		}
	}
	return p, nil
}

// Leave throws away what is in the place.
func (p *Place) Leave() { _ = os.RemoveAll(p.Dir) } // a folder for what does not last

// Seed is the one that was asked for, or another each time for 0.
func Seed(asked uint64) uint64 {
	if asked == 0 {
		return rand.Uint64()
	}
	return asked
}

// Rest passes a time, unless ctx ends.
func Rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Sample is a file of the sample meeting that tools play.
func (p *Place) Sample(file string) string {
	return filepath.Join(p.Module, "internal", "casefile", "cases", "council-demo", file)
}

// Tape is the file of what Whisper heard in it (internal/rig/tape).
func (p *Place) Tape() string {
	return filepath.Join(p.Module, "internal", "tools", "soak", "testdata", "council-demo.tape.json")
}
