package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/hall"
	"bienban/transcribe"
)

const complete = `the text of a recording is complete recording=(\S+)`

var undisturbed = sync.OnceValue(func() *transcribe.Transcript { return new(transcribe.Transcript) })

// whole is the text of a run that nobody disturbs.
func whole(t *testing.T) transcribe.Transcript {
	t.Helper()
	kept := undisturbed()
	if len(kept.Segments) == 0 {
		m := newMachine(t, 0)
		s := m.serve("--meeting", "walter-creek", "--input", mixer)
		s.until(t, complete)
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
		*kept = m.transcript("walter-creek")
		if len(kept.Segments) < 20 {
			t.Fatalf("%d segments:\n%s", len(kept.Segments), s.all())
		}
	}
	return *kept
}

func TestKillingProcessesChangesNoText(t *testing.T) {
	want := whole(t)
	t.Run("worker", func(t *testing.T) {
		m := newMachine(t, 60*time.Millisecond)
		s := m.serve("--meeting", "walter-creek", "--input", mixer)
		for range 3 {
			n := pid(t, s.until(t, `child process was started child=worker-1 pid=(\d+)`))
			s.until(t, `hearing begins`)
			if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		s.until(t, complete)
		s.stop(t)
		sameText(t, m.transcript("walter-creek"), want)
	})
	t.Run("serve and its worker", func(t *testing.T) {
		m := newMachine(t, 60*time.Millisecond)
		s := m.serve("--meeting", "walter-creek", "--input", mixer)
		for range 3 {
			n := pid(t, s.until(t, `child process was started child=worker-1 pid=(\d+)`))
			s.until(t, `hearing begins`)
			s.kill(t)
			gone(t, n) // its pipe has closed
			s = m.serve()
		}
		s.until(t, complete)
		s.stop(t)
		sameText(t, m.transcript("walter-creek"), want)
	})
}

func TestACaptureOutlivesTheServeThatStartedItAndIsAdopted(t *testing.T) {
	m := newMachine(t, 0)
	s := m.serve("--meeting", "Đại hội", "--input", mixer, "--realtime")
	n := pid(t, s.until(t, `capture was started pid=(\d+)`))
	t.Cleanup(func() { _ = syscall.Kill(n, syscall.SIGKILL) })
	id := s.until(t, `capture answers recording=(\S+)`)
	dir := filepath.Join(m.data, capture.Folder, id)
	s.kill(t)

	before := watchUntil(t, dir, func(capture.Status) bool { return true })
	after := watchUntil(t, dir, func(st capture.Status) bool { return st.Durable > before.Durable+1 })
	if after.PID != n {
		t.Errorf("process %d records, %d was started", after.PID, n)
	}
	s = m.serve("--meeting", "Đại hội", "--input", mixer, "--realtime")
	if got := pid(t, s.until(t, `capture answers recording=\S+ pid=(\d+)`)); got != n {
		t.Errorf("process %d was adopted, want %d", got, n)
	}
	// A closed part is begun through serve, with no access to the folder.
	b, err := natsbus.Dial(natsbus.Options{AddressFile: busAddress(m.data), Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ask, end := context.WithTimeout(t.Context(), deadline)
	defer end()
	if err := hall.Ask(ask, b, hall.AskAct, hall.Act{ID: "1", Meeting: "Đại hội", Kind: hall.EventPaused,
		ActBody: hall.ActBody{Recording: id, By: "Nguyệt", Text: "nhân sự"}}, nil); err != nil {
		t.Error(err)
	}
	watchUntil(t, dir, func(st capture.Status) bool { return st.State == capture.Paused })
	c, err := capture.Connect(ask, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Stop(ask, "Nguyệt", "the test is over"); err != nil {
		t.Fatal(err)
	}
	s.until(t, complete)
	if strings.Contains(s.all(), "capture was started") {
		t.Errorf("a second capture was started:\n%s", s.all())
	}
	if code := s.end(t, syscall.SIGHUP); code != exitDone || !strings.Contains(s.all(), "stopping") {
		t.Errorf("its terminal was closed: %d\n%s", code, s.all())
	}
	tr := m.transcript(id)
	kinds := map[string]bool{}
	at := 0.0
	for _, c := range tr.Coverage {
		if c.Start != at {
			t.Errorf("coverage: %v does not join at %v", c.Start, at)
		}
		kinds[c.Kind], at = true, c.End
	}
	if !kinds[transcribe.CoveredPaused] {
		t.Errorf("coverage %+v", tr.Coverage)
	}
}

// watchUntil follows a capture until it is as wanted.
func watchUntil(t *testing.T, dir string, ok func(capture.Status) bool) (last capture.Status) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), deadline)
	defer stop()
	c, err := capture.Connect(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Watch(ctx, func(st capture.Status) error {
		if last = st; ok(st) {
			return io.EOF
		}
		return nil
	})
	if !errors.Is(err, io.EOF) {
		t.Fatalf("capture: %v; last %+v", err, last)
	}
	return last
}

func TestServeHasItsDataFolderToItselfAndSaysWhenItIsReady(t *testing.T) {
	m := newMachine(t, 0)
	s := m.serve("--no-worker")
	url := s.until(t, `serving on (http://\S+),`)
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready"} {
		late := time.Now().Add(deadline)
		for {
			resp, err := http.Get(url + path)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK && strings.TrimSpace(string(b)) == want {
				break
			}
			if time.Now().After(late) {
				t.Fatalf("%s: %d %s", path, resp.StatusCode, b)
			}
		}
	}
	other := m.serve("--no-worker")
	<-other.over
	if code := other.cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("a second serve on the folder: exit code %d, want %d", code, exitFailed)
	}
	if code := s.stop(t); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	third := m.serve("--no-worker")
	third.until(t, `serving on`)
	third.stop(t)
}

func TestLiveWritesPlainLinesIntoAPipe(t *testing.T) {
	m := newMachine(t, 0)
	s := m.serve("--meeting", "walter-creek", "--input", mixer)
	s.until(t, complete)
	want := m.transcript("walter-creek")
	if len(want.Segments) < 20 {
		t.Fatalf("%d segments:\n%s", len(want.Segments), s.all())
	}
	b, err := natsbus.Dial(natsbus.Options{AddressFile: busAddress(m.data), Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var e hall.Event
	act := hall.Act{ID: "act", Meeting: "walter-creek", Kind: hall.EventMark, ActBody: hall.ActBody{Recording: "walter-creek", At: 16000, Item: "3", By: "Ann"}}
	for range 2 {
		if err := hall.Ask(ctx, b, hall.AskAct, act, &e); err != nil {
			t.Fatal(err)
		}
	}
	var body hall.ActBody
	if err := json.Unmarshal(e.Body, &body); err != nil || body.Item != "3" {
		t.Errorf("%s %v", e.Body, err)
	}
	live := exec.CommandContext(ctx, m.bin, "live", "walter-creek", "--data", m.data)
	live.Env = m.env
	out, err := live.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text := string(out)
	if !strings.HasSuffix(text, "the recording has ended and its text is complete\n") || strings.Contains(text, "\x1b") {
		t.Errorf("it ends in %q", text[max(0, len(text)-100):])
	}
	for _, seg := range want.Segments {
		if !seg.Struck && !strings.Contains(text, seg.Text) {
			t.Errorf("%q is missing", seg.Text)
		}
	}
	s.stop(t)
	missing := exec.CommandContext(ctx, m.bin, "live", "nobody", "--data", t.TempDir())
	missing.Env = m.env
	if err := missing.Run(); err == nil || missing.ProcessState.ExitCode() != exitUsage {
		t.Errorf("live without a serve: %v", err)
	}
}
