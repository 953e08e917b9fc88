package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/term"

	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
)

type liveCmd struct {
	Name string `arg:"" name:"meeting" help:"The meeting, or one of its recordings."`
	Bus  string `help:"The bus of the serve to follow: nats://…, or its address file; default that of the data folder." placeholder:"URL"`
	Data string `help:"Data folder of the serve; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	Tell string `name:"language" enum:",vi,en" default:"" help:"In which language it speaks to you: vi or en; default the meeting's, else the system's." placeholder:"CODE"`
	By   string `help:"Who makes marks and notes; default the user's name." placeholder:"NAME"`
}

// actWait is how long serve may take to do what a key asks.
const actWait = 8 * time.Second

// findWait is how long serve may take to answer at all.
const findWait = 10 * time.Second

// Run follows a hall until its text is complete or somebody leaves.
func (c *liveCmd) Run(ctx context.Context, e *env) error {
	address, err := e.busOf(c.Bus, c.Data)
	if err != nil {
		return err
	}
	if c.By == "" {
		if c.By = e.getenv("USER"); c.By == "" {
			c.By = "secretary"
		}
	}
	o := e.busOptions(address, "live")
	o.Log = e.warnings()
	if in, out := e.terminals(); in != nil && out != nil { // it says itself what it does not hear, and a line between would tear the screen
		o.Log = slog.New(slog.DiscardHandler)
	}
	b, err := natsbus.Dial(o)
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
	ctx, end := context.WithCancel(ctx)
	defer end()
	screen, keys, closeIt, err := c.open(ctx, e)
	if err != nil {
		return err
	}
	defer closeIt()
	for more := true; more; {
		if more = c.follow(ctx, e, b, info, screen, keys); more {
			info, more = c.next(ctx, b, info, keys)
		}
	}
	return nil
}

// nextWait is how long serve gets to go on in another recording, or to say
// that it waits for room: a look a second, and a start.
const nextWait = 20

// next looks for what follows on a recording that a full disk ended.
func (c *liveCmd) next(ctx context.Context, b bus.Notices, last hall.HallInfo, keys <-chan rune) (hall.HallInfo, bool) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; n < nextWait; {
		select {
		case <-ctx.Done():
			return last, false
		case k := <-keys:
			if leaves(k) {
				return last, false
			}
			continue
		case <-tick.C:
			n++
		}
		find, stop := context.WithTimeout(ctx, findWait)
		info, err := hall.Find(find, b, last.Meeting)
		stop()
		if err == nil && (info.Waiting != nil || info.Recording != last.Recording) {
			return info, true
		}
	}
	return last, false
}

// folder is where the recording lies when serve's data folder is on this
// machine: while no capture says so itself.
func (c *liveCmd) folder(e *env, info hall.HallInfo) string {
	data, err := e.dataDir(c.Data)
	if err != nil {
		return ""
	}
	return filepath.Join(data, capture.Folder, info.Recording)
}

// tongue is what was asked for, else the meeting's language where it is one of
// ours, else the system's.
func (c *liveCmd) tongue(e *env, info hall.HallInfo) tongue {
	switch asked := c.Tell; {
	case asked != "":
		return e.tongueOf(asked)
	case info.Language == string(vietnamese) || info.Language == string(english):
		return tongue(info.Language)
	}
	return e.tongueOf("")
}

// open gives the screen, and the keys that are typed where it is a terminal,
// until ctx ends; close puts the terminal back.
func (c *liveCmd) open(ctx context.Context, e *env) (screen *liveScreen, keys chan rune, closeIt func(), err error) {
	screen, keys = &liveScreen{w: e.stdout}, make(chan rune)
	in, out := e.terminals()
	if in == nil || out == nil {
		return screen, keys, func() {}, nil
	}
	old, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, nil, nil, err
	}
	screen.fd, screen.terminal = int(out.Fd()), true
	go readKeys(ctx, in, keys)
	return screen, keys, func() {
		screen.leave()
		_ = term.Restore(int(in.Fd()), old)
	}, nil
}

// terminals are keyboard and screen; one that is none is nil.
func (e *env) terminals() (in, out *os.File) {
	if f, ok := e.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		in = f
	}
	if f, ok := e.stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		out = f
	}
	return in, out
}

// follow shows what comes, on a terminal with keys, elsewhere as plain lines.
// next says that nothing more comes of this recording, and that the meeting may
// go on in another one.
func (c *liveCmd) follow(ctx context.Context, e *env, b bus.Notices, info hall.HallInfo, screen *liveScreen, keys <-chan rune) (next bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	v := newLiveView(info, c.By, c.tongue(e, info))
	v.terminal, v.home = screen.terminal, c.folder(e, info)
	updates, acts := make(chan hall.Update), make(chan error, 8)
	p := livePlayer{said: make(chan liveSaid, 1)}
	defer p.stop()
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
			return false
		case u := <-updates:
			v.take(u)
		case said := <-p.said:
			v.played(said)
		case r := <-keys:
			act := v.key(r)
			if v.listen {
				v.listen = false
				p.toggle(ctx, v)
			}
			if act != nil {
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
	return v.full && !v.left
}
