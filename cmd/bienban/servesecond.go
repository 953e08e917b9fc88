package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/internal/hall"
)

// idleEvery is how often it is looked whether all halls are quiet.
const idleEvery = 5 * time.Second

// passes makes the second passes, in processes that let everything else go first; nil where none are asked for.
func (s *server) passes() *hall.Passes {
	if s.c.NoWorker || s.c.secondModel() == "" {
		return nil
	}
	return &hall.Passes{Store: s.store, Root: filepath.Join(s.data, capture.Folder), Quiet: s.quiet, Make: s.secondPass, Log: s.e.logger(),
		Tell: func(recording string) { s.bus.Send(hall.EventSubject(recording), nil) }}
}

// secondModel is the speech model of second passes, "" for none.
func (c *serveCmd) secondModel() string {
	switch c.Second {
	case "same":
		return c.Model
	case "none":
		return ""
	}
	return c.Second
}

// quiet returns when nothing is being recorded here.
func (s *server) quiet(ctx context.Context) error {
	for {
		running, err := capture.Running(ctx, filepath.Join(s.data, capture.Folder))
		if err == nil && len(running) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleEvery):
		}
	}
}

// secondPass makes the second pass of a recording and stores it. What a pass has written and nobody could store is not
// made again.
func (s *server) secondPass(ctx context.Context, r hall.Recording) error {
	dir, folder := filepath.Join(s.data, secondDir), filepath.Join(s.data, capture.Folder, r.ID)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	name, err := hall.SecondName(folder)
	if err != nil {
		return err
	}
	out := filepath.Join(dir, r.ID+".json")
	l, err := hall.ReadLayer(out)
	if err != nil || l.Recording != r.ID || l.Name != name || l.Model != s.c.secondModel() {
		if err := s.hearAgain(ctx, r, folder, out); err != nil {
			return err
		}
		if l, err = hall.ReadLayer(out); err != nil {
			return err
		}
	}
	if err := hall.TakeLayer(ctx, s.store, l, "bienban"); err != nil {
		if fault.CodeOf(err) == fault.Invalid { // it is of no use
			_ = os.Remove(out)
		}
		return err
	}
	s.bus.Send(hall.EventSubject(r.ID), nil)
	s.e.say("second pass of %s is stored, with model %s", r.ID, s.c.secondModel())
	if err := os.Remove(out); err != nil {
		s.e.log("warn", oneLine(err))
	}
	return nil
}

// hearAgain runs a second pass's process, which writes its layer to out. Its error says what the process said last.
func (s *server) hearAgain(ctx context.Context, r hall.Recording, folder, out string) error {
	m, err := s.meeting(ctx, r.Meeting)
	if err != nil {
		return err
	}
	args := []string{"worker", "--pipe", "--second", folder, "--output", out, "--model", s.c.secondModel(),
		"--threads", strconv.Itoa(s.c.Threads), "--language", r.Language}
	for _, w := range m.Glossary {
		args = append(args, "--words="+w)
	}
	cmd := s.self(args...)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	said, saying := io.Pipe()
	cmd.Stderr, cmd.WaitDelay = saying, time.Second // a grandchild may hold the pipe
	if err := cmd.Start(); err != nil {
		return err
	}
	s.e.say("second pass of %s begins, process %d", r.ID, cmd.Process.Pid)
	ended := context.AfterFunc(ctx, func() { _ = pipe.Close() })
	defer ended()
	last := make(chan string, 1)
	go func() { last <- s.relay("second pass of "+r.ID, said) }()
	err = cmd.Wait()
	_ = saying.Close()
	why := <-last
	if err != nil && cmd.ProcessState.Exited() && why != "" { // one that was killed could not say why
		return errors.New(why)
	}
	return err
}

// relay logs what a process says, and gives its last line.
func (s *server) relay(name string, from io.Reader) (last string) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		last = strings.TrimPrefix(lines.Text(), "bienban: ")
		s.e.say("%s: %s", name, last)
	}
	_, _ = io.Copy(io.Discard, from) // a line that was too long
	return last
}
