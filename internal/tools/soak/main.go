// Command soak plays hours of known sound through the program's real processes
// (capture, bus, ingester, worker) and says what that did to them:
//
//	go run ./internal/tools/soak -hours 8             a worker that replays what Whisper heard
//	go run ./internal/tools/soak -real 45m            Whisper base itself
//	go run ./internal/tools/soak -real 45m -pace 1    the same, at the pace of a hall
//	go run ./internal/tools/soak -record              ask Whisper again what it hears in the sample
//
// The sound (internal/rig/tape) is the sample meeting with pauses, applause and
// music between. It comes as fast as the slowest process takes it, but no faster
// than -pace: the bus keeps some things by the clock (what it last wrote for 10 s,
// ids for 2 min), and a memory that grows with the hours of sound is only told
// from one that grows with the pace when those are small and full in the first
// tenth. It prints the memory of each process over time, how exact word times are at the
// end, the words committed where nobody speaks, and what the coverage ledger
// misses. It ends with 1 when one of these breaks its bound:
//
//   - memory grows by no more than a tenth after the first tenth of the sound: the
//     straight line through what a process holds (from 45 min of sound on; before,
//     it is still filling its caches);
//   - words are within 200 ms of where they are said, also at the end;
//   - no word where nobody speaks;
//   - every second accounted for, none as a gap.
package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"time"

	"bienban/internal/rig"
)

type settings struct {
	hours      float64
	real       time.Duration // in place of hours; 0 = a worker that replays
	pace       float64       // seconds of sound in a second at most; 0 = no bound
	record     bool
	bin, model string
	limit      time.Duration
	keep       string
}

func main() {
	var s settings
	flag.Float64Var(&s.hours, "hours", 8, "how much sound")
	flag.DurationVar(&s.real, "real", 0, "so much sound, heard by the speech model itself instead of replaying what it once heard")
	flag.Float64Var(&s.pace, "pace", 40, "at most so many seconds of sound in a second; 1 = as in a hall, which waits for nobody; 0 = as fast as it goes")
	flag.BoolVar(&s.record, "record", false, "ask the speech model what it hears in the sample, write that down, and end")
	flag.StringVar(&s.bin, "bin", "", "the program, built with the tags recorded and whisper; empty = build it")
	flag.StringVar(&s.model, "model", "base", "the speech model")
	flag.DurationVar(&s.limit, "limit", 24*time.Hour, "give up after this long")
	flag.StringVar(&s.keep, "data", "", "keep what is recorded in this folder, which must not exist; empty = throw it away")
	flag.Parse()
	if s.real > 0 {
		s.hours = s.real.Hours()
	}
	rig.Main("soak", func(ctx context.Context) error { return run(ctx, s) })
}

func run(ctx context.Context, s settings) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	place, err := rig.Enter(ctx, "soak", s.bin, true)
	if err != nil {
		return err
	}
	defer place.Leave()
	if s.record {
		return record(ctx, place, s.model)
	}
	data := s.keep
	if data == "" {
		data = filepath.Join(place.Dir, "data")
	}
	r, err := soak(ctx, s, place, data)
	if err != nil {
		return err
	}
	return r.report(os.Stdout)
}
