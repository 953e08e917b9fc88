// Package crashtest lets a test kill a process for real: the test binary starts
// itself as a child that does one thing (writes a recording, serves a bus, fills a
// store), reads what the child says, and ends it with SIGKILL at a moment of its
// choice.
//
// Invariants it keeps: a line that the kill has cut short is told to nobody; no
// child outlives its test.
//
// It does not judge what is left on the disk: each test does.
package crashtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Main is the body of TestMain: with the variable env set this process is a child,
// and does its work with the variable's value; else it runs the tests.
func Main(m *testing.M, env string, child func(arg string) error) {
	arg := os.Getenv(env)
	if arg == "" {
		os.Exit(m.Run())
	}
	if err := child(arg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Child is this test binary, started again.
type Child struct {
	t     testing.TB
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Reader
}

// Start starts a child with the variable env set to arg. Its standard input stays
// open until it is killed or the test ends.
func Start(t testing.TB, env, arg string) *Child {
	t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:noctx // the test kills it
	cmd.Env = append(os.Environ(), env+"="+arg)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &Child{t: t, cmd: cmd, stdin: in, lines: bufio.NewReader(out)}
	t.Cleanup(c.Kill)
	return c
}

// Line is the next line that the child says, without its end; io.EOF once it is
// dead.
func (c *Child) Line() (string, error) {
	line, err := c.lines.ReadString('\n')
	if err != nil {
		if errors.Is(err, os.ErrClosed) {
			err = io.EOF
		}
		return "", err
	}
	return strings.TrimSuffix(line, "\n"), nil
}

// Expect reads the next line by a pattern of fmt.Sscanf, and ends the test when
// the child says anything else.
func (c *Child) Expect(pattern string, into ...any) {
	c.t.Helper()
	line, err := c.Line()
	if err == nil && len(into) == 0 && line != pattern {
		err = errors.New("another line was expected")
	}
	if err == nil && len(into) > 0 {
		_, err = fmt.Sscanf(line, pattern, into...)
	}
	if err != nil {
		c.t.Fatalf("child: %q is no %q: %v", line, pattern, err)
	}
}

// KillWithin kills the child at a random moment before most has passed.
func (c *Child) KillWithin(most time.Duration) {
	time.AfterFunc(rand.N(most), func() { _ = c.cmd.Process.Kill() })
}

// Kill is kill -9, and waits until the child is gone. It may be called twice.
func (c *Child) Kill() {
	_ = c.cmd.Process.Kill() // it may be dead already
	_ = c.cmd.Wait()
	_ = c.stdin.Close()
}

// Wait waits for a child that is being killed and ends the test when it ended by
// itself.
func (c *Child) Wait() {
	c.t.Helper()
	if err := c.cmd.Wait(); err == nil || c.cmd.ProcessState.ExitCode() >= 0 {
		c.t.Fatalf("the child ended by itself: %v", err)
	}
}
