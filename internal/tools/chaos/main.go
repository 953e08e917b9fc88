// Command chaos does to the program's real processes what halls do to them, at
// random moments, and says what that cost:
//
//	go run ./internal/tools/chaos                      everything, 50 moments for each kill
//	go run ./internal/tools/chaos -only worker,stall   some faults (-list names them)
//	go run ./internal/tools/chaos -seed 7              the same moments again
//
// It prints a table: the fault, how many moments, the most seconds of sound lost,
// the most seconds until all was well again, and the verdict. Its bounds are those
// of docs/faults.md; it ends with 1 when one of them is broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bienban/internal/host"
	"bienban/internal/rig"
)

// settings say how much is done.
type settings struct {
	moments int           // of each kill
	real    int           // of kills with the speech model itself
	outage  time.Duration // of the hub
	steady  time.Duration // how long a fault that lasts is looked at
	seed    uint64
	only    string
	bin     string
	timed   bool // how soon all is well again counts: not in a test beside others
}

func main() {
	s := settings{timed: true}
	list := flag.Bool("list", false, "name the faults, and end")
	flag.IntVar(&s.moments, "moments", 50, "how many moments of each kill")
	flag.IntVar(&s.real, "real", 3, "how many moments of each kill with Whisper base itself; 0 = none")
	flag.DurationVar(&s.outage, "outage", 60*time.Second, "how long the hub is away")
	flag.DurationVar(&s.steady, "steady", 30*time.Second, "how long a fault that lasts is looked at")
	flag.Uint64Var(&s.seed, "seed", 0, "of the random moments; 0 = another each time")
	flag.StringVar(&s.only, "only", "", "faults, with commas between; empty = all")
	flag.StringVar(&s.bin, "bin", "", "the program, built with the tag recorded (and whisper, for -real); empty = build it")
	flag.Parse()
	if *list {
		for _, f := range faults() {
			fmt.Printf("%-16s %s\n", f.name, f.about)
		}
		return
	}
	rig.Main("chaos", func(ctx context.Context) error { return run(ctx, s, faults(), os.Stdout) })
}

// fault is something that happens in a hall.
type fault struct {
	name, about string
	run         func(ctx context.Context, l *lab) (row, error)
}

// row is what a fault cost. Negative seconds: they do not apply.
type row struct {
	moments  int
	lost     float64 // seconds of sound
	recovery float64 // seconds
	note     string
}

// faults are all there are, in the order in which they are done.
func faults() []fault {
	return []fault{
		{"capture", "kill -9 of capture", killCapture},
		{"capture-serve", "kill -9 of capture; serve starts it again", killCaptureUnderServe},
		{"worker", "kill -9 of worker", func(ctx context.Context, l *lab) (row, error) { return killText(ctx, l, killWorker) }},
		{"serve", "kill -9 of serve", func(ctx context.Context, l *lab) (row, error) { return killText(ctx, l, killServe) }},
		{"both", "kill -9 of serve and worker at once", func(ctx context.Context, l *lab) (row, error) { return killText(ctx, l, killBoth) }},
		{"real", "kill -9 of worker, serve and both, with Whisper base", killReal},
		{"adopt", "kill -9 of serve's process group while capture runs", adopt},
		{"stall", "a worker that is stopped, and wakes after its hand-over", stall},
		{"hub", "the hub is away from a capture on another machine", hubAway},
		{"power-recorder", "power cut of the recorder's disk, before every call", cuts("./audio/record", "TestAPowerCutAtAnyMomentLeavesAllThatWasHandedOn")},
		{"power-store", "power cut of the store's disk, after random acts of SQLite", cuts("./internal/sqlstore", "TestAPowerCutAtAnyMomentLeavesEveryAcknowledgedFinal")},
		{"slow-disk", "syncs of 200 ms", slowDisk},
		{"full-disk", "a disk without room", fullDisk},
		{"deaf", "readers that never read", deafReaders},
		{"half-speed", "a worker at half of real time", halfSpeed},
		{"full-stream", "an audio stream that is full before anybody reads", fullStream},
	}
}

// lab is where faults are done.
type lab struct {
	settings
	place *rig.Place
	dir   string // of one fault
	dice  *rand.Rand
	out   io.Writer
}

// errUnknown is a name that no fault has.
var errUnknown = errors.New("no such fault; -list names them")

func run(ctx context.Context, s settings, all []fault, out io.Writer) error {
	chosen := all
	if s.only != "" {
		chosen = nil
		for name := range strings.SplitSeq(s.only, ",") {
			i := indexOf(all, name)
			if i < 0 {
				return fmt.Errorf("%s: %w", name, errUnknown)
			}
			chosen = append(chosen, all[i])
		}
	}
	s.seed = rig.Seed(s.seed)
	place, err := rig.Enter(ctx, "chaos", s.bin, s.real > 0)
	if err != nil {
		return err
	}
	defer place.Leave()
	fmt.Fprintf(out, "seed %d; load %.2f\n%-16s %8s %8s %10s  %s\n", s.seed, host.Load(), "fault", "moments", "lost s", "recovery s", "verdict")
	var failed []string
	for _, f := range chosen {
		l := &lab{settings: s, place: place, dir: filepath.Join(place.Dir, f.name), out: out}
		l.dice = rand.New(rand.NewPCG(s.seed, uint64(indexOf(all, f.name)))) // each fault its own, whichever are chosen
		if err := os.MkdirAll(l.dir, 0o755); err != nil {
			return err
		}
		r, err := f.run(ctx, l)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		verdict := "holds"
		if err != nil {
			verdict = "BROKEN: " + err.Error()
			failed = append(failed, f.name)
		}
		if r.note != "" {
			verdict += "; " + r.note
		}
		fmt.Fprintf(out, "%-16s %8d %8s %10s  %s\n", f.name, r.moments, figure(r.lost), figure(r.recovery), verdict)
		_ = os.RemoveAll(l.dir) // the next ones need the room
	}
	if len(failed) > 0 {
		return fmt.Errorf("broken by: %s (seed %d)", strings.Join(failed, ", "), s.seed)
	}
	return nil
}

func indexOf(all []fault, name string) int {
	for i, f := range all {
		if f.name == name {
			return i
		}
	}
	return -1
}

func figure(seconds float64) string {
	if seconds < 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", seconds)
}

// soon is a random time below most.
func (l *lab) soon(most time.Duration) time.Duration {
	return time.Duration(l.dice.Int64N(int64(most)))
}
