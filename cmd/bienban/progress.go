package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"bienban/transcribe"
)

// progress shows how far a stage is: on a terminal one line that is written
// over, elsewhere a plain line now and then.
type progress struct {
	e        *env
	stage    string
	terminal bool
	last     time.Time
}

func (e *env) progress(stage string) *progress {
	f, ok := e.stderr.(*os.File)
	return &progress{e: e, stage: stage, terminal: ok && term.IsTerminal(int(f.Fd())) && !e.json}
}

// How often progress is shown: often enough on a terminal to look alive, rarely
// in a log.
const (
	everyTerminal = 200 * time.Millisecond
	everyPlain    = 10 * time.Second
)

func (p *progress) show(done bool, format string, args ...any) {
	every := everyPlain
	if p.terminal {
		every = everyTerminal
	}
	if !done && time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	text := p.stage + ": " + fmt.Sprintf(format, args...)
	if !p.terminal {
		p.e.say("%s", text)
		return
	}
	end := "\r"
	if done {
		end = "\n"
	}
	fmt.Fprintf(p.e.stderr, "\r\x1b[K%s%s", text, end)
}

func (p *progress) transcribed(x transcribe.Progress) {
	if x.Total <= 0 { // a format that does not say how long it is
		p.show(false, "%s", clock(x.Done))
		return
	}
	p.show(x.Done >= x.Total, "%s of %s", clock(x.Done), clock(x.Total))
}

func (p *progress) drafted(item string, done, total int) {
	p.show(done == total, "%d of %d items (%s)", done, total, item)
}

// clock writes seconds as m:ss or h:mm:ss.
func clock(seconds float64) string {
	s := int(seconds + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
