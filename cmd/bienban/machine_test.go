package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
)

// These tests run real processes: the program built once with the tag that lets
// its worker replay what Whisper answered.

// binaryDir is where that program is built; TestMain takes it away again.
var binaryDir = filepath.Join(os.TempDir(), "bienban-test-"+strconv.Itoa(os.Getpid()))

var recordedBinary = sync.OnceValues(func() (string, error) {
	if err := os.MkdirAll(binaryDir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(binaryDir, "bienban")
	out, err := exec.Command("go", "build", "-tags", "recorded", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

const mixer = "../../internal/casefile/cases/council-demo/mixer.flac"

// machine is a data folder and what runs on it.
type machine struct {
	t    *testing.T
	bin  string
	data string
	env  []string
}

func newMachine(t *testing.T, pace time.Duration) *machine {
	t.Helper()
	if testing.Short() {
		t.Skip("real processes")
	}
	bin, err := recordedBinary()
	if err != nil {
		t.Fatal(err)
	}
	decodes, err := filepath.Abs("../../internal/hall/testdata/council-demo.decodes.json")
	if err != nil {
		t.Fatal(err)
	}
	return &machine{t: t, bin: bin, data: t.TempDir(),
		env: append(os.Environ(), "BIENBAN_RECORDED="+decodes, "BIENBAN_RECORDED_PACE="+pace.String())}
}

// process is one that this test started, with the lines that it said.
type process struct {
	cmd   *exec.Cmd
	lines chan string
	over  chan error
	mu    sync.Mutex
	said  []string
}

func (m *machine) start(args ...string) *process {
	m.t.Helper()
	p := &process{cmd: exec.Command(m.bin, args...), lines: make(chan string, 1000), over: make(chan error, 1)}
	p.cmd.Env = m.env
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, as a service has
	r, w, err := os.Pipe()
	if err != nil {
		m.t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if err := p.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	_ = w.Close()
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(r); s.Scan(); {
			p.mu.Lock()
			p.said = append(p.said, s.Text())
			p.mu.Unlock()
			select {
			case p.lines <- s.Text():
			default:
			}
		}
	}()
	go func() { p.over <- p.cmd.Wait() }()
	m.t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = r.Close() })
	return p
}

func (m *machine) serve(more ...string) *process {
	return m.start(append([]string{"serve", "--data", m.data, "--addr", "127.0.0.1:0", "--second", "none"}, more...)...)
}

func (p *process) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said, "\n")
}

// until waits for a line and gives what its first group matches.
func (p *process) until(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(deadline)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				t.Fatalf("it ended without saying %q:\n%s", pattern, p.all())
			}
			if found := re.FindStringSubmatch(line); found != nil {
				return found[len(found)-1]
			}
		case <-late:
			t.Fatalf("it did not say %q:\n%s", pattern, p.all())
		}
	}
}

// kill ends the whole group at once and waits for it.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.over
}

// stop asks for a clean end and gives the exit code.
func (p *process) stop(t *testing.T) int { t.Helper(); return p.end(t, syscall.SIGTERM) }

// end asks by a signal.
func (p *process) end(t *testing.T, s syscall.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.over:
	case <-time.After(deadline):
		t.Fatalf("it does not stop:\n%s", p.all())
	}
	return p.cmd.ProcessState.ExitCode()
}

func pid(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// gone waits until a process is no more; one that this test did not start cannot be waited for.
func gone(t *testing.T, pid int) {
	t.Helper()
	for late := time.Now().Add(deadline); ; time.Sleep(20 * time.Millisecond) {
		if err := syscall.Kill(pid, 0); err == syscall.ESRCH || zombie(pid) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("process %d lives", pid)
		}
	}
}

// zombie says that a process has ended and only its number is left.
func zombie(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := bytes.Cut(b, []byte(") "))
	return bytes.HasPrefix(rest, []byte("Z"))
}

func (m *machine) transcript(id string) transcribe.Transcript {
	m.t.Helper()
	s, err := sqlstore.Open(m.t.Context(), filepath.Join(m.data, storeFile))
	if err != nil {
		m.t.Fatal(err)
	}
	defer s.Close()
	tr, err := s.Transcript(m.t.Context(), id, hall.LayerLive)
	if err != nil {
		m.t.Fatal(err)
	}
	return tr
}

// sameText compares two transcripts of the sample meeting.
func sameText(t *testing.T, got, want transcribe.Transcript) {
	t.Helper()
	if got.Speech() != want.Speech() {
		t.Errorf("the text is another one:\n got %q\nwant %q", got.Speech(), want.Speech())
	}
	at := 0.0
	for _, c := range got.Coverage {
		if c.Start != at || c.Kind == transcribe.CoveredGap {
			t.Errorf("coverage from %v to %v s is %s, after %v", c.Start, c.End, c.Kind, at)
		}
		at = c.End
	}
	if n := len(want.Coverage); at != want.Coverage[n-1].End {
		t.Errorf("coverage ends at %v s, want %v", at, want.Coverage[n-1].End)
	}
}
