package llmserver

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"bienban/internal/fault"
)

//go:embed serve.py
var servePy string

// Times that a server gets.
const (
	startTimeout = 5 * time.Minute // to load a model from a slow disk
	stopTimeout  = 3 * time.Second // between asking it to end and ending it
	pollEvery    = 100 * time.Millisecond
)

// defaultContext is used when Options.ContextTokens is 0.
const defaultContext = 4096

// Options say what to serve.
type Options struct {
	ModelPath     string    // a GGUF file
	ContextTokens int       // of one request, prompt and answer; 0 means 4096
	Threads       int       // 0 means one for each physical core that we may use
	Dir           string    // where the Python environment is; "" means pyenv.DefaultDir
	Log           io.Writer // what the server prints; nil means nowhere
}

// Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	port   int
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	tail   *tail
	exited chan struct{} // closed when the process is gone
	once   sync.Once
}

// Start starts a server for the model and waits until it answers. It serves
// until Close or until ctx ends. A missing backend is *MissingRuntimeError; a
// server that ends or does not answer is an error with its last line.
func Start(ctx context.Context, o Options) (*Server, error) {
	if st, err := os.Stat(o.ModelPath); err != nil || !st.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "language model %q: no such file", o.ModelPath)
	}
	b, err := findBackend(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.ContextTokens <= 0 {
		o.ContextTokens = defaultContext
	}
	if o.Threads <= 0 {
		o.Threads = physicalCores()
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	name, args := b.command(o, port)
	s, err := launch(o.Log, name, args, port)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "start language model server: %w", err)
	}
	if err := s.await(ctx); err != nil {
		s.Close() //nolint:errcheck // the error that matters is why it did not start
		return nil, err
	}
	go func() {
		select {
		case <-ctx.Done():
			s.Close() //nolint:errcheck // nobody is left to tell
		case <-s.exited:
		}
	}()
	return s, nil
}

// command gives the program and its arguments.
func (b backend) command(o Options, port int) (string, []string) {
	p, c, t := strconv.Itoa(port), strconv.Itoa(o.ContextTokens), strconv.Itoa(o.Threads)
	if b.llama != "" {
		return b.llama, []string{"--model", o.ModelPath, "--host", "127.0.0.1", "--port", p,
			"--ctx-size", c, "--threads", t, "--parallel", "1"}
	}
	return b.python, []string{"-c", servePy, o.ModelPath, p, c, t}
}

// launch starts the process in a group of its own. A goroutine of its own
// keeps the thread that started it until it ends: Linux sends the parent-death
// signal when that thread, not the process, ends.
func launch(log io.Writer, name string, args []string, port int) (*Server, error) {
	s := &Server{port: port, tail: &tail{next: log}, exited: make(chan struct{})}
	s.cmd = exec.Command(name, args...) //nolint:noctx // it is ended as a group, by Close and by the context's AfterFunc
	s.cmd.SysProcAttr = procAttr()
	s.cmd.Stdout, s.cmd.Stderr = s.tail, s.tail
	s.cmd.WaitDelay = stopTimeout
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.cmd.Wait() //nolint:errcheck // how it ended is told by its last line
		}
		close(s.exited)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return s, nil
}

// await polls the server until it is healthy.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no answer in %s", startTimeout))
	defer cancel()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "language model server did not start: %w", context.Cause(ctx))
		case <-s.exited:
			return fault.New(fault.Unavailable, "language model server ended at once: %s", s.tail.last())
		case <-tick.C:
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(s.port)+"/health", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			continue // not listening yet
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return nil
		}
	}
}

// URL is the base for an OpenAI client: http://127.0.0.1:PORT/v1.
func (s *Server) URL() string { return "http://127.0.0.1:" + strconv.Itoa(s.port) + "/v1" }

// Close ends the server and all processes that it started, and waits for it.
// It may be called more than once.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.stdin.Close()
		group := -s.cmd.Process.Pid
		syscall.Kill(group, syscall.SIGTERM) //nolint:errcheck // it may be gone
		select {
		case <-s.exited:
		case <-time.After(stopTimeout):
		}
		syscall.Kill(group, syscall.SIGKILL) //nolint:errcheck // as above
	})
	<-s.exited
	return nil
}

// freePort asks the system for a port that nobody uses.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback: it answers at once
	if err != nil {
		return 0, fault.New(fault.Unavailable, "find a free port: %w", err)
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("find a free port: not a TCP address")
	}
	return addr.Port, nil
}

// physicalCores counts cores, not hyperthreads: more threads than cores slow
// llama.cpp down. At most what this process may use, at least 1.
func physicalCores() int {
	usable := runtime.GOMAXPROCS(0)
	files, _ := filepath.Glob("/sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list") //nolint:errcheck // the pattern is right
	cores := map[string]bool{}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil {
			cores[string(b)] = true
		}
	}
	if n := len(cores); n > 0 && n < usable {
		return n
	}
	return usable
}

// tailBytes of output are kept for the error message.
const tailBytes = 4096

// tail passes output on and remembers its end.
type tail struct {
	mu   sync.Mutex
	next io.Writer
	buf  []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if n := len(t.buf) - tailBytes; n > 0 {
		t.buf = append(t.buf[:0], t.buf[n:]...)
	}
	if t.next != nil {
		return t.next.Write(b)
	}
	return len(b), nil
}

// last returns the last line that is not empty.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.buf)), "\n")
	if line := strings.TrimSpace(lines[len(lines)-1]); line != "" {
		return line
	}
	return "it printed nothing"
}
