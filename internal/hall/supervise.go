package hall

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	"bienban/internal/bus"
)

// Times of supervision.
const (
	restartFirst = 250 * time.Millisecond
	restartMost  = 10 * time.Second
	// restartSettled is how long a child must have lived for its next end to
	// count as the first.
	restartSettled = 30 * time.Second
	// endWait is what a child gets between its closed pipe and its kill: a decode
	// is aborted within a second.
	endWait = 5 * time.Second
	// beatEvery is how often a worker says that it lives, beatMost after how long
	// a silent one is ended. A worker that is stopped and never wakes would keep
	// nothing, since its leases run out, but do nothing either.
	beatEvery = time.Second
	beatMost  = 10 * time.Second
)

// AliveSubject is where a worker says once a second that it lives.
func AliveSubject(worker string) string { return "hall.alive." + worker }

// Supervisor keeps one child process running: it starts it again when it ends,
// ever more slowly, and ends one that does not say that it lives. The child
// gets a pipe as standard input, which closes when this process ends, however
// that ends; it must then end by itself.
type Supervisor struct {
	Name    string // of the worker: letters, digits and "-"
	Command func() *exec.Cmd
	Bus     bus.Notices
	Log     *slog.Logger

	mu  sync.Mutex
	pid int
}

// PID is the number of the running child, 0 when there is none at the moment.
func (s *Supervisor) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

// Run keeps the child running until ctx ends, then ends it and returns when it
// is gone.
func (s *Supervisor) Run(ctx context.Context) error {
	wait := restartFirst
	for {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) >= restartSettled {
			wait = restartFirst
		}
		s.Log.Warn("child process has ended; starting it again", "child", s.Name, "error", err, "in", wait)
		if err := pause(ctx, wait, nil); err != nil {
			return err
		}
		wait = min(2*wait, restartMost)
	}
}

// once runs one life of the child.
func (s *Supervisor) once(ctx context.Context) error {
	beats, err := s.Bus.Listen(ctx, AliveSubject(s.Name), 1)
	if err != nil {
		return err
	}
	defer beats.Close()
	cmd := s.Command()
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	said, saying := io.Pipe()
	cmd.Stdout, cmd.Stderr = saying, saying
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.Name, err)
	}
	s.note(cmd.Process.Pid)
	s.Log.Info("child process was started", "child", s.Name, "pid", cmd.Process.Pid)
	defer s.note(0)
	var all sync.WaitGroup
	all.Go(func() { s.relay(said) })
	gone := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		_ = saying.Close()
		gone <- err
	}()
	watching, stop := context.WithCancel(ctx)
	silent := make(chan struct{})
	all.Go(func() {
		if watchBeats(watching, beats) {
			close(silent)
		}
	})
	defer all.Wait()
	defer stop()
	select {
	case err := <-gone:
		if err == nil {
			err = errors.New("it ended by itself")
		}
		return err
	case <-silent:
		_ = cmd.Process.Kill()
		<-gone
		return fmt.Errorf("it did not say that it lives for %v and was ended", beatMost)
	case <-ctx.Done():
	}
	_ = in.Close()
	late := time.NewTimer(endWait)
	defer late.Stop()
	select {
	case <-gone:
	case <-late.C:
		_ = cmd.Process.Kill()
		<-gone
	}
	return ctx.Err()
}

func (s *Supervisor) note(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
}

// relay passes on what the child says.
func (s *Supervisor) relay(from io.Reader) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		s.Log.Info(lines.Text(), "child", s.Name)
	}
	_, _ = io.Copy(io.Discard, from) // a line that was too long
}

// watchBeats returns true when a child that once said that it lives says so no
// more. Until it does for the first time it may load its model.
func watchBeats(ctx context.Context, beats bus.Listener) bool {
	if _, err := beats.Next(ctx); err != nil {
		return false
	}
	for {
		wait, stop := context.WithTimeout(ctx, beatMost)
		_, err := beats.Next(wait)
		late := wait.Err() != nil
		stop()
		switch {
		case ctx.Err() != nil:
			return false
		case late:
			return true
		case err != nil:
			return false // the bus is away: nothing can be said of the child
		}
	}
}
