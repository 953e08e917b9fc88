package rig

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
)

// Process is one that was started here, with the lines that it said. It has a
// process group of its own, as a service has.
type Process struct {
	Name string

	cmd  *exec.Cmd
	over chan struct{}

	mu   sync.Mutex
	said []string
	next int           // Until goes on here
	news chan struct{} // closed when there is another line
}

// Start starts a command and reads what it says on its standard error, and on
// its standard output where the command has none yet.
func Start(name string, cmd *exec.Cmd) (*Process, error) {
	p := &Process{Name: name, cmd: cmd, over: make(chan struct{}), news: make(chan struct{})}
	r, w := io.Pipe()
	cmd.Stderr = w
	if cmd.Stdout == nil {
		cmd.Stdout = w
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(r); s.Scan(); {
			p.hear(s.Text())
		}
		_, _ = io.Copy(io.Discard, r) // a line that was too long
	}()
	go func() {
		_ = cmd.Wait() // its state tells
		_ = w.Close()
		<-read
		close(p.over)
	}()
	return p, nil
}

func (p *Process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, line)
	close(p.news)
	p.news = make(chan struct{})
}

// PID is the process's number.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Over is closed when the process has ended.
func (p *Process) Over() <-chan struct{} { return p.over }

// Code is the exit code of a process that is over; -1 when a signal ended it.
func (p *Process) Code() int { return p.cmd.ProcessState.ExitCode() }

// Said is all that the process said so far.
func (p *Process) Said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said, "\n")
}

// Until waits for a line that matches a pattern, from the last such line on, and
// gives what the pattern's last group matches.
func (p *Process) Until(ctx context.Context, pattern string) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", err
	}
	for {
		p.mu.Lock()
		for p.next < len(p.said) {
			line := p.said[p.next]
			p.next++
			if found := re.FindStringSubmatch(line); found != nil {
				p.mu.Unlock()
				return found[len(found)-1], nil
			}
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
			continue
		default:
		}
		select {
		case <-news:
		case <-p.over:
			p.mu.Lock()
			done := p.next == len(p.said)
			p.mu.Unlock()
			if done {
				return "", fmt.Errorf("%s ended without saying %q:\n%s", p.Name, pattern, p.Said())
			}
		case <-ctx.Done():
			return "", fmt.Errorf("%s did not say %q: %w:\n%s", p.Name, pattern, ctx.Err(), p.Said())
		}
	}
}

// Signal sends a signal to the process alone.
func (p *Process) Signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// Kill ends the whole group at once, as kill -9 does, and waits for the process.
func (p *Process) Kill() {
	select {
	case <-p.over:
		return
	default:
	}
	_ = syscall.Kill(-p.PID(), syscall.SIGKILL) // it may have ended meanwhile
	_ = p.cmd.Process.Kill()                    // one in a session of its own has no group of ours
	<-p.over
}

// End asks for a clean end, and says so when that is not what comes.
func (p *Process) End(ctx context.Context) error {
	code, err := p.Stop(ctx)
	if err == nil && code != 0 {
		err = fmt.Errorf("%s ended with %d:\n%s", p.Name, code, p.Said())
	}
	return err
}

// Stop asks for a clean end and gives the exit code.
func (p *Process) Stop(ctx context.Context) (int, error) {
	if err := p.Signal(syscall.SIGTERM); err != nil {
		select {
		case <-p.over:
			return p.Code(), nil
		default:
			return 0, fmt.Errorf("stop %s: %w", p.Name, err)
		}
	}
	select {
	case <-p.over:
		return p.Code(), nil
	case <-ctx.Done():
		return 0, fmt.Errorf("%s does not stop: %w:\n%s", p.Name, ctx.Err(), p.Said())
	}
}
