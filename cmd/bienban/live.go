package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/fault"
	"bienban/internal/hall"
)

type liveCmd struct {
	Name string `arg:"" name:"meeting" help:"The meeting, or one of its recordings."`
	Bus  string `help:"The bus of the serve to follow: nats://…, or its address file; default that of the data folder." placeholder:"URL"`
	Data string `help:"Data folder of the serve; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	By   string `help:"Who makes marks and notes; default the user's name." placeholder:"NAME"`
}

// actWait is how long serve may take to do what a key asks.
const actWait = 8 * time.Second

// findWait is how long serve may take to answer at all.
const findWait = 10 * time.Second

// Run follows a hall until its text is complete or somebody leaves.
func (c *liveCmd) Run(ctx context.Context, e *env) error {
	address := c.Bus
	if address == "" {
		data, err := e.dataDir(c.Data)
		if err != nil {
			return err
		}
		address = busAddress(data)
		if err := readable(address); err != nil {
			return fault.New(fault.Invalid, "no serve has run on %s: start bienban serve, or give --bus", data)
		}
	}
	if c.By == "" {
		if c.By = e.getenv("USER"); c.By == "" {
			c.By = "secretary"
		}
	}
	b, err := natsbus.Dial(busOptions(address, "live"))
	if err != nil {
		return fault.New(fault.Invalid, "--bus %s: %w", address, err)
	}
	defer b.Close()
	find, stop := context.WithTimeout(ctx, findWait)
	info, err := hall.Find(find, b, c.Name)
	stop()
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "serve does not answer: is it running?")
	}
	if err != nil {
		return err
	}
	return c.follow(ctx, e, b, info)
}

// follow shows what comes, on a terminal with keys, elsewhere as plain lines.
func (c *liveCmd) follow(ctx context.Context, e *env, b bus.Notices, info hall.HallInfo) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	v := newLiveView(info, c.By)
	screen := &liveScreen{w: e.stdout}
	keys := make(chan rune)
	if in, ok := e.stdin.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		if out, ok := e.stdout.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
			old, err := term.MakeRaw(int(in.Fd()))
			if err != nil {
				return err
			}
			defer func() { _ = term.Restore(int(in.Fd()), old) }()
			defer screen.leave()
			screen.fd, screen.terminal = int(out.Fd()), true
			go readKeys(ctx, in, keys)
		}
	}
	v.terminal = screen.terminal
	updates, acts := make(chan hall.Update), make(chan error, 8)
	followed := make(chan error, 1)
	go func() {
		followed <- hall.Follow(ctx, b, info, func(u hall.Update) error {
			select {
			case updates <- u:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	defer func() { stop(); <-followed }()
	screen.draw(v)
	for !v.over {
		select {
		case <-ctx.Done():
			return nil
		case u := <-updates:
			v.take(u)
		case r := <-keys:
			if act := v.key(r); act != nil {
				go func() {
					wait, stop := context.WithTimeout(ctx, actWait)
					defer stop()
					acts <- hall.Ask(wait, b, hall.AskAct, act, nil)
				}()
			}
		case err := <-acts:
			v.done(err)
		}
		screen.draw(v)
	}
	return nil
}

// readKeys passes on what is typed; it ends with the program, since a read of a
// terminal cannot be interrupted.
func readKeys(ctx context.Context, in io.Reader, out chan<- rune) {
	r := bufio.NewReader(in)
	for {
		k, _, err := r.ReadRune()
		if err != nil {
			return
		}
		select {
		case out <- k:
		case <-ctx.Done():
			return
		}
	}
}

// liveScreen writes lines that stay and, on a terminal, a foot that is drawn over.
type liveScreen struct {
	w        io.Writer
	fd       int
	terminal bool
	foot     int // lines of it on the screen
}

// width when the terminal does not say its own.
const usualWidth = 80

func (s *liveScreen) draw(v *liveView) {
	lines := v.lines
	v.lines = nil
	if !s.terminal {
		for _, l := range lines {
			fmt.Fprintln(s.w, l.text)
		}
		return
	}
	width, _, err := term.GetSize(s.fd)
	if err != nil || width < 20 {
		width = usualWidth
	}
	out := s.clear()
	for _, l := range lines {
		out += l.style.wrap(l.text) + "\r\n"
	}
	foot := v.foot(width)
	for i, l := range foot {
		if i > 0 {
			out += "\r\n"
		}
		out += l.style.wrap(l.text)
	}
	s.foot = len(foot)
	_, _ = io.WriteString(s.w, out)
}

// clear takes the foot away.
func (s *liveScreen) clear() string {
	out := "\r"
	if s.foot > 1 {
		out += fmt.Sprintf("\x1b[%dA", s.foot-1)
	}
	s.foot = 0
	return out + "\x1b[J"
}

// leave puts the terminal's cursor behind what stays.
func (s *liveScreen) leave() {
	if s.terminal {
		_, _ = io.WriteString(s.w, s.clear())
	}
}
