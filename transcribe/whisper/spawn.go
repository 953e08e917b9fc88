package whisper

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Limits of a child's life.
const (
	loadWithin  = 2 * time.Minute // a large model from a slow disk
	closeWithin = 2 * time.Second // from the closed pipe to the end
	stderrKept  = 4 << 10
)

// CrashError says that the child ended, hung or broke its protocol while it
// owed an answer. The same call may be tried again.
type CrashError struct {
	Err    error  // how it ended
	Stderr string // the last that native code wrote
}

func (e *CrashError) Error() string {
	s := fmt.Sprintf("speech engine process: %v", e.Err)
	if line := lastLine(e.Stderr); line != "" {
		s += ": " + line
	}
	return s
}

// Unwrap returns how the child ended.
func (e *CrashError) Unwrap() error { return e.Err }

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// child is one run of the engine's process.
type child struct {
	pid    int
	hello  hello
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *tail
	done   chan struct{} // closed when the process has ended; then err is set
	err    error

	write sync.Mutex // one frame at a time into stdin

	mu      sync.Mutex
	waiting map[uint32]chan frame
	cause   error // why we ended it ourselves
}

// startChild runs the command and waits until it says that it is ready.
func startChild(ctx context.Context, o Options) (*child, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(o.Command[0], o.args()...), stderr: &tail{}, done: make(chan struct{}), waiting: map[uint32]chan frame{}} //nolint:noctx // it outlives the call that starts it; close and the pipe end it
	c.cmd.Env = o.environ()
	c.cmd.SysProcAttr = sysProcAttr()
	c.cmd.Stderr = c.stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("speech engine process: %w", err)
	}
	c.stdin = stdin
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("speech engine process: %w", err)
	}
	ready, started := make(chan frame, 1), make(chan error)
	c.waiting[0] = ready // the greeting's
	go c.run(stdout, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("speech engine process: %w", err)
	}
	f, err := c.wait(ctx, 0, ready, loadWithin)
	if err != nil {
		c.kill(err)
		<-c.done
		var crash *CrashError
		if errors.As(err, &crash) {
			return nil, fmt.Errorf("%w; it was loading %s; check them with: bienban models verify", err, o.files())
		}
		return nil, err
	}
	if err := json.Unmarshal(f.payload, &c.hello); err != nil {
		c.kill(err)
		<-c.done
		return nil, fmt.Errorf("speech engine process: its greeting: %w", err)
	}
	return c, nil
}

// run owns the process from start to end.
func (c *child) run(stdout io.Reader, started chan<- error) {
	// Linux ends a child with the thread that made it, not with the process:
	// this goroutine keeps that thread until the child has ended.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := c.cmd.Start(); err != nil {
		started <- err
		return
	}
	c.pid = c.cmd.Process.Pid
	started <- nil
	read := c.read(bufio.NewReaderSize(stdout, 1<<16))
	if read != nil {
		c.kill(read)
	}
	err := c.cmd.Wait()
	c.mu.Lock()
	if c.cause != nil {
		err = c.cause
	}
	if err == nil {
		err = errors.New("ended without being asked")
	}
	c.err = &CrashError{Err: err, Stderr: c.stderr.String()}
	c.mu.Unlock()
	close(c.done)
}

// read gives each answer to who waits for it. An answer that nobody waits for
// any more is dropped: its caller has gone.
func (c *child) read(r io.Reader) error {
	for {
		f, err := readFrame(r)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil // the process is ending; Wait says how
		}
		if err != nil {
			return err
		}
		c.mu.Lock()
		to := c.waiting[f.id]
		delete(c.waiting, f.id)
		c.mu.Unlock()
		if to != nil {
			to <- f // has room for its one answer
		}
	}
}

// call sends one frame and waits for its answer.
func (c *child) call(ctx context.Context, id uint32, k kind, payload []byte, limit time.Duration) (frame, error) {
	if err := ctx.Err(); err != nil {
		return frame{}, err
	}
	// Kept here: once the call is sent, its answer may come, and leave the
	// table, at any moment.
	to := make(chan frame, 1)
	c.mu.Lock()
	c.waiting[id] = to
	c.mu.Unlock()
	sent := make(chan struct{})
	go func() { // a child that does not read must not hold up a cancelled call
		defer close(sent)
		c.send(frame{k, id, payload})
	}()
	f, err := c.wait(ctx, id, to, limit)
	<-sent // after an answer it is; after an error the pipe is closed or was read
	return f, err
}

// send writes a frame. That it failed shows in the child's end.
func (c *child) send(f frame) {
	c.write.Lock()
	defer c.write.Unlock()
	if err := writeFrame(c.stdin, f); err != nil {
		c.kill(fmt.Errorf("sending a call: %w", err))
	}
}

// wait returns the answer to call id. A cancelled call is given a moment to
// end by itself; a child that does not answer in time is ended.
func (c *child) wait(ctx context.Context, id uint32, to <-chan frame, limit time.Duration) (frame, error) {
	defer c.forget(id)
	hang := time.NewTimer(limit)
	defer hang.Stop()
	select {
	case f := <-to:
		return f, asError(f)
	case <-c.done:
		select {
		case f := <-to: // it answered before it ended
			return f, asError(f)
		default:
			return frame{}, c.err
		}
	case <-hang.C:
		c.kill(fmt.Errorf("no answer for %s", limit))
		<-c.done
		return frame{}, c.err
	case <-ctx.Done():
	}
	if id == 0 { // still loading: nothing to spare
		return frame{}, ctx.Err()
	}
	go c.send(frame{kind: askCancel, id: id})
	patience := time.NewTimer(abortWithin)
	defer patience.Stop()
	select {
	case <-to:
	case <-c.done:
	case <-patience.C:
		c.kill(errors.New("did not stop when cancelled"))
		<-c.done
	}
	return frame{}, ctx.Err()
}

func (c *child) forget(id uint32) {
	c.mu.Lock()
	delete(c.waiting, id)
	c.mu.Unlock()
}

func asError(f frame) error {
	if f.kind != sayError {
		return nil
	}
	var e failure
	if err := json.Unmarshal(f.payload, &e); err != nil {
		return fmt.Errorf("engine error that cannot be read: %w", err)
	}
	return errors.New(e.Message)
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.cause != nil
	}
}

// kill ends the process at once; cause is what callers are told.
func (c *child) kill(cause error) {
	c.mu.Lock()
	if c.cause == nil {
		c.cause = cause
	}
	c.mu.Unlock()
	// It fails only when the process has ended.
	_ = c.cmd.Process.Kill()
}

// close lets the child end by itself and sees to it that it does.
func (c *child) close() {
	_ = c.stdin.Close() // a second close, or a broken pipe: ended either way
	select {
	case <-c.done:
	case <-time.After(closeWithin):
		c.kill(errors.New("did not end when asked"))
		<-c.done
	}
}

// tail keeps the last of what is written to it.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if over := len(t.buf) - stderrKept; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.ToValidUTF8(t.buf, nil))
}
