package llmserver

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bienban/internal/fault"
)

// TestMain lets the test binary play the other processes: started under the
// name llama-server it is a server, with role=parent it is a program that
// starts one and is then killed.
func TestMain(m *testing.M) {
	switch {
	case filepath.Base(os.Args[0]) == llamaServer:
		fakeServer()
	case os.Getenv("BIENBAN_TEST_ROLE") == "child":
		reportTo(os.Getenv("BIENBAN_TEST_WATCH"))
	case os.Getenv("BIENBAN_TEST_ROLE") == "parent":
		s, err := Start(context.Background(), Options{ModelPath: os.Getenv("BIENBAN_TEST_MODEL")})
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(s.URL())
		select {}
	default:
		os.Exit(m.Run())
	}
}

// reportTo holds a connection open for as long as the process lives.
func reportTo(addr string) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		os.Exit(1)
	}
	io.Copy(io.Discard, c) //nolint:errcheck // ends when the test does
	os.Exit(0)
}

// fakeServer behaves as llama-server does towards us: it takes its options,
// answers 503 while it loads and 200 after, and may have a child of its own.
func fakeServer() {
	fs := flag.NewFlagSet(llamaServer, flag.ExitOnError)
	model, host := fs.String("model", "", ""), fs.String("host", "", "")
	port, ctx := fs.Int("port", 0, ""), fs.Int("ctx-size", 0, "")
	threads, parallel := fs.Int("threads", 0, ""), fs.Int("parallel", 0, "")
	fs.Parse(os.Args[1:]) //nolint:errcheck // it exits
	switch os.Getenv("BIENBAN_TEST_SERVER") {
	case "broken":
		fmt.Fprintln(os.Stderr, "loading model")
		fmt.Fprintln(os.Stderr, "error: this is no GGUF file")
		os.Exit(1)
	case "loading":
		select {} // never listens
	}
	if watch := os.Getenv("BIENBAN_TEST_WATCH"); watch != "" {
		self, err := os.Executable()
		if err != nil {
			os.Exit(1)
		}
		child := exec.Command(self)
		child.Args[0] = "child"
		child.Env = append(os.Environ(), "BIENBAN_TEST_ROLE=child")
		if err := child.Start(); err != nil {
			os.Exit(1)
		}
		go reportTo(watch)
	}
	var asked atomic.Int32
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/v1/options", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"model": *model, "host": *host, "ctx": *ctx, "threads": *threads, "parallel": *parallel, "polls": asked.Load()}) //nolint:errcheck // the test sees it
	})
	fmt.Println("listening")
	http.ListenAndServe(fmt.Sprintf("%s:%d", *host, *port), nil) //nolint:errcheck // ends with the process
}

// onPath puts the test binary on PATH as llama-server, and makes a model file.
func onPath(t *testing.T) (model string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, llamaServer)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	model = filepath.Join(dir, "tổ.gguf")
	if err := os.WriteFile(model, []byte("GGUF"), 0o644); err != nil {
		t.Fatal(err)
	}
	return model
}

// watcher accepts the connections of processes that live and tells when they
// are gone.
func watcher(t *testing.T, n int) (addr string, gone func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String(), func() {
		t.Helper()
		for range n {
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("a process outlived its server")
			}
			c.Close()
		}
	}
}

func start(ctx context.Context, t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestAServerServesWhenStartReturnsAndOnlyToThisMachine(t *testing.T) {
	model := onPath(t)
	var log bytes.Buffer
	s := start(context.Background(), t, Options{ModelPath: model, ContextTokens: 8192, Threads: 3, Log: &log})
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") || !strings.HasSuffix(s.URL(), "/v1") {
		t.Errorf("URL %s", s.URL())
	}
	resp, err := http.Get(s.URL() + "/options")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"model": model, "host": "127.0.0.1", "ctx": 8192.0, "threads": 3.0, "parallel": 1.0}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s = %v, want %v", k, got[k], v)
		}
	}
	if got["polls"].(float64) < 3 {
		t.Errorf("Start returned while the server was still loading (%v polls)", got["polls"])
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "listening") {
		t.Errorf("the log holds %q, not what the server printed", log.String())
	}
}

func TestCloseEndsTheServerAndItsChildren(t *testing.T) {
	model := onPath(t)
	addr, gone := watcher(t, 2)
	t.Setenv("BIENBAN_TEST_WATCH", addr)
	s := start(context.Background(), t, Options{ModelPath: model})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	default:
		t.Error("Close returned before the process was gone")
	}
	gone()
	if _, err := http.Get(s.URL()); err == nil {
		t.Error("something still answers")
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestTheEndOfTheContextEndsTheServer(t *testing.T) {
	model := onPath(t)
	ctx, cancel := context.WithCancel(context.Background())
	s := start(ctx, t, Options{ModelPath: model})
	cancel()
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		t.Error("the server outlived its context")
	}
}

func TestTheServerDiesWithAParentThatIsKilled(t *testing.T) {
	model := onPath(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self)
	parent.Args[0] = "parent"
	parent.Env = append(os.Environ(), "BIENBAN_TEST_ROLE=parent", "BIENBAN_TEST_MODEL="+model)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	defer parent.Wait() //nolint:errcheck // it is killed below
	defer parent.Process.Kill()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http://") {
		t.Fatalf("the parent said %q: %v", line, err)
	}
	hostPort := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "http://"), "/v1")
	c, err := net.Dial("tcp", hostPort)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the server outlived its killed parent")
	}
}

func TestAServerThatEndsAtOnceIsAnErrorWithItsLastLine(t *testing.T) {
	model := onPath(t)
	t.Setenv("BIENBAN_TEST_SERVER", "broken")
	_, err := Start(context.Background(), Options{ModelPath: model})
	if err == nil || !strings.Contains(err.Error(), "error: this is no GGUF file") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, want the server's last line", err)
	}
}

func TestAServerThatNeverAnswersIsEndedWithTheContext(t *testing.T) {
	model := onPath(t)
	t.Setenv("BIENBAN_TEST_SERVER", "loading")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := Start(ctx, Options{ModelPath: model}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestWithoutABackendTheErrorNamesTheCommand(t *testing.T) {
	model := onPath(t)
	t.Setenv("PATH", t.TempDir())
	_, err := Start(context.Background(), Options{ModelPath: model, Dir: t.TempDir()})
	var missing *MissingRuntimeError
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "bienban models pull") || fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("error %v, want MissingRuntimeError", err)
	}
}

func TestAHalfInstalledEnvironmentIsNoBackend(t *testing.T) {
	onPath(t)
	t.Setenv("PATH", t.TempDir())
	dir := t.TempDir()
	venv, err := venvDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(venv, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(venv, "bin", "python"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := findBackend(dir); err == nil {
		t.Error("an environment without its mark is taken for a whole one")
	}
}

func TestAMissingModelFileIsBadInput(t *testing.T) {
	onPath(t)
	_, err := Start(context.Background(), Options{ModelPath: filepath.Join(t.TempDir(), "none.gguf")})
	if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "none.gguf") {
		t.Errorf("error %v", err)
	}
}

func TestThreadsAreAtLeastOne(t *testing.T) {
	if n := physicalCores(); n < 1 {
		t.Errorf("%d threads", n)
	}
}

// TestARealModelAnswers needs a GGUF file in BIENBAN_TEST_GGUF and an installed
// backend (in BIENBAN_RUNTIME, or llama-server).
func TestARealModelAnswers(t *testing.T) {
	model := os.Getenv("BIENBAN_TEST_GGUF")
	if model == "" {
		t.Skip("BIENBAN_TEST_GGUF is not set")
	}
	s := start(context.Background(), t, Options{ModelPath: model})
	body := `{"messages":[{"role":"user","content":"Answer with the one word yes."}],"max_tokens":8,"temperature":0}`
	resp, err := http.Post(s.URL()+"/chat/completions", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(strings.ToLower(string(answer)), "yes") {
		t.Errorf("answer %s (%v)", answer, err)
	}
}
