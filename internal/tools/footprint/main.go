// Command footprint runs a meeting as a hall does, and says what it costs the
// machine: serve with a worker that hears with Whisper, a capture that plays the
// sample meeting at its own pace, and two people's browsers on the live desk.
//
//	go run -tags whisper ./internal/tools/footprint             the whole sample, two minutes
//	go run -tags whisper ./internal/tools/footprint -for 30s
//
// It prints how soon serve is ready, how large the first pages are and how soon they
// are there, and what memory each process holds: steady (the middle of all samples
// after the first tenth) and at most. It judges nothing but the bounds of serve
// (-memory, -ready, -page): beyond one it ends with 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"bienban/internal/host"
	"bienban/internal/rig"
	"bienban/internal/rig/browser"
	"bienban/minutes/desk"
)

// settings say what is run and what is good enough.
type settings struct {
	bin    string
	model  string
	length time.Duration // 0 = the whole sample
	people int
	memory int64         // bytes of serve
	ready  time.Duration // until serve is
	page   int64         // bytes of the first page with all that belongs to it
}

func main() {
	var s settings
	mib := flag.Int64("memory", 150, "the most memory of serve, in MB")
	kib := flag.Int64("page", 100, "the most of a first page, in kB")
	flag.StringVar(&s.bin, "bin", "", "the program; empty = build it")
	flag.StringVar(&s.model, "model", "base", "the speech model")
	flag.DurationVar(&s.length, "for", 0, "how long; 0 = the whole sample")
	flag.IntVar(&s.people, "people", 2, "how many browsers are open on the live desk")
	flag.DurationVar(&s.ready, "ready", time.Second, "the longest until serve is ready")
	flag.Parse()
	s.memory, s.page = *mib*1_000_000, *kib*1000
	rig.Main("footprint", func(ctx context.Context) error { return run(ctx, s) })
}

func run(ctx context.Context, s settings) error {
	place, err := rig.Enter(ctx, "footprint", s.bin, true)
	if err != nil {
		return err
	}
	defer place.Leave()
	fmt.Printf("load %.2f\n", host.Load())
	h := rig.Hall{Program: place.Program, Data: filepath.Join(place.Dir, "data")}
	o, err := prepare(ctx, h, s.people)
	if err != nil {
		return err
	}
	defer h.EndCapture(ctx, o.Meeting, "footprint")
	began := time.Now()
	serve, err := h.Serve("--meeting", o.Meeting, "--realtime", "--model", s.model,
		"--input", place.Sample("mixer.flac"))
	if err != nil {
		return err
	}
	defer serve.Kill()
	if o.URL, err = browser.Address(ctx, serve); err != nil {
		return err
	}
	if err := rig.Ready(ctx, serve, o.URL); err != nil {
		return err
	}
	up := time.Since(began)
	fmt.Printf("serve is ready after %.3f s\n", up.Seconds())
	found := []error{over("serve was ready only after", up.Seconds(), s.ready.Seconds(), "s")}
	found = append(found, pages(ctx, o, s.page), usable(ctx, o.URL))
	use, err := watch(ctx, h, serve, o, s)
	if err != nil {
		return err
	}
	use.print()
	found = append(found, over("serve held", float64(use.most("serve"))/1e6, float64(s.memory)/1e6, "MB"))
	return errors.Join(append(found, serve.End(ctx))...)
}

// over says that something is over its bound.
func over(what string, is, most float64, unit string) error {
	if is <= most {
		return nil
	}
	return fmt.Errorf("%s %.1f %s, at most %.1f are allowed", what, is, unit, most)
}

// prepare sets up an office with a meeting that runs.
func prepare(ctx context.Context, h rig.Hall, n int) (*browser.Office, error) {
	serve, err := h.Serve("--no-worker")
	if err != nil {
		return nil, err
	}
	defer serve.Kill()
	var people []browser.Person
	for i := range n {
		people = append(people, browser.Person{Login: login(i), Name: fmt.Sprintf("Thư ký số %d", i+1), Roles: []desk.Role{desk.Secretary}})
	}
	o, err := browser.SetUp(ctx, serve, "Council", people)
	if err != nil {
		return nil, err
	}
	for i, title := range []string{"Opening", "Finance", "Roads", "Closing"} {
		if _, err := o.Do(ctx, fmt.Sprintf("prepared-%016d", i), desk.KindItemAdded, desk.ItemAdded{ItemData: desk.ItemData{Title: title}}); err != nil {
			return nil, err
		}
	}
	if _, err := o.Do(ctx, "prepared-and-opened", desk.KindPhase, desk.PhaseChanged{To: desk.Running}); err != nil {
		return nil, err
	}
	return o, serve.End(ctx)
}

func login(i int) string { return fmt.Sprintf("secretary%d", i+1) }

// watch lets people work at the live desk until the sample is over, and looks at the
// processes meanwhile.
func watch(ctx context.Context, h rig.Hall, serve *rig.Process, o *browser.Office, s settings) (*use, error) {
	life, end := context.WithCancel(ctx)
	defer end()
	var all sync.WaitGroup
	defer all.Wait()
	defer end()
	for i := range s.people {
		c, err := browser.New(o.URL)
		if err != nil {
			return nil, err
		}
		if err := c.SignIn(ctx, login(i), browser.Password); err != nil {
			return nil, err
		}
		all.Go(func() { page(life, c, o.Meeting, i) })
	}
	u := newUse()
	if s.length > 0 {
		time.AfterFunc(s.length, end)
	}
	for tick := time.NewTicker(200 * time.Millisecond); ; {
		select {
		case <-life.Done():
			return u, ctx.Err()
		case <-tick.C:
		}
		u.look(serve.PID(), h.Recordings())
		if strings.Contains(serve.Said(), "the text of a recording is complete") {
			return u, nil
		}
	}
}
