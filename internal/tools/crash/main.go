// Command crash kills `bienban serve` at random moments while secretaries edit one
// meeting and browsers follow it, over HTTP and through the real program:
//
//	go run ./internal/tools/crash                  100 moments, on SQLite
//	go run ./internal/tools/crash -seed 7          the same moments again
//	go run ./internal/tools/crash -db postgres://… on PostgreSQL
//
// Secretaries send acts as portal/web/live-link.js does: kept until answered, sent
// again with the same id when no answer came. Each keeps a ledger of what she was
// told. A hall is recorded and heard meanwhile. At the end the ledgers, what
// browsers were sent, the state, the text, the audit log and the recording are
// compared with the store; anything lost or doubled ends it with 1.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"bienban/internal/host"
	"bienban/internal/rig"
)

// settings say how much is done.
type settings struct {
	moments     int
	secretaries int
	acts        int64 // how many acts a life of serve may see before it ends
	seed        uint64
	db          string // URL; "" = SQLite in the data folder
	bin         string
}

func main() {
	var s settings
	flag.IntVar(&s.moments, "moments", 100, "how many times serve is killed")
	flag.IntVar(&s.secretaries, "secretaries", 4, "how many people edit")
	flag.Int64Var(&s.acts, "acts", 60, "how many acts a life of serve may see before it ends")
	flag.Uint64Var(&s.seed, "seed", 0, "of the random moments and acts; 0 = another each time")
	flag.StringVar(&s.db, "db", "", "URL of an empty PostgreSQL database; empty = SQLite")
	flag.StringVar(&s.bin, "bin", "", "the program, built with the tag recorded; empty = build it")
	flag.Parse()
	rig.Main("crash", func(ctx context.Context) error { return run(ctx, s, os.Stdout) })
}

// run does it all in a folder of its own.
func run(ctx context.Context, s settings, out io.Writer) error {
	s.acts = max(s.acts, 1)
	s.seed = rig.Seed(s.seed)
	place, err := rig.Enter(ctx, "crash", s.bin, false)
	if err != nil {
		return err
	}
	defer place.Leave()
	fmt.Fprintf(out, "seed %d; load %.2f\n", s.seed, host.Load())
	l := &lab{settings: s, place: place, dice: rand.New(rand.NewPCG(s.seed, 0)), out: out}
	l.hall = rig.Hall{Program: place.Program, Data: filepath.Join(place.Dir, "data"), Env: []string{
		rig.Recorded + "=" + place.Tape(),
		rig.Pace + "=20ms",
	}}
	ctx, cancel := context.WithTimeout(ctx, patience+time.Duration(s.moments)*perMoment)
	defer cancel()
	return l.all(ctx)
}

const (
	// patience is how long all but the kills may take, on a busy machine.
	patience = 3 * time.Minute
	// perMoment is how long a life of serve may take.
	perMoment = 15 * time.Second
)
