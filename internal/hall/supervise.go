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
)

// Times of supervision.
const (
	restartFirst = 250 * time.Millisecond
	restartMost  = 10 * time.Second
	// restartSettled is how long a child must have lived for its next end to
	// count as the first, after which nobody waits.
	restartSettled = 30 * time.Second
	// endWait is what a child gets between its closed pipe and its kill: a decode
	// is aborted within a second.
	endWait = 5 * time.Second
)

// Supervisor keeps one child process running: it starts it again when it ends,
// at once the first time and then ever more slowly, and ends one that does not
// say any more that it lives (Beat, on its standard output). The child gets a
// pipe as standard input, which closes when this process ends, however that
// ends; it must then end by itself. What it says on standard error is logged.
type Supervisor struct {
	Name    string // for people
	Command func() *exec.Cmd
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
	wait := time.Duration(0) // a hall waits for its text
	for {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(began) >= restartSettled {
			wait = 0
		}
		s.Log.Warn("child process has ended; starting it again", "child", s.Name, "error", err, "in", wait)
		if err := pause(ctx, wait, nil); err != nil {
			return err
		}
		wait = min(max(2*wait, restartFirst), restartMost)
	}
}

// once runs one life of the child.
func (s *Supervisor) once(ctx context.Context) error {
	cmd := s.Command()
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	said, saying := io.Pipe()
	beats, beating := io.Pipe()
	cmd.Stdout, cmd.Stderr = beating, saying
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
		_ = beating.Close()
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
