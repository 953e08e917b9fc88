package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/internal/bus/natsbus"
)

// busOfOthers is a NATS server that serve did not start.
func busOfOthers(t *testing.T) *natsbus.Server {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	s, err := natsbus.StartServer(ctx, natsbus.ServerOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	return s
}

func TestServeUsesABusThatOthersRun(t *testing.T) {
	want := whole(t)
	nats := busOfOthers(t)
	for name, address := range map[string]string{"by URL": nats.URL(), "by its address file": nats.AddressFile()} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t, 0)
			meeting := "walter-creek"
			s := m.serve("--bus", address, "--meeting", meeting, "--input", mixer)
			s.until(t, complete)
			live := m.start("live", meeting, "--bus", address)
			<-live.over
			if code := live.cmd.ProcessState.ExitCode(); code != exitDone {
				t.Errorf("live: exit %d: %s", code, live.all())
			}
			if code := s.stop(t); code != exitDone {
				t.Errorf("exit %d", code)
			}
			sameText(t, m.transcript(meeting), want)
			if _, err := os.Stat(filepath.Join(m.data, busDir)); !os.IsNotExist(err) {
				t.Errorf("serve has begun a bus of its own: %v", err)
			}
		})
	}
}

func TestServeIsNotReadyWhileItsBusIsAway(t *testing.T) {
	nats := busOfOthers(t)
	address := nats.AddressFile()
	nats.Shutdown()
	m := newMachine(t, 0)
	s := m.serve("--bus", address, "--no-worker")
	url := s.until(t, `serving on (http://\S+),`)
	ready := func(want int) {
		t.Helper()
		for late := time.Now().Add(deadline); ; time.Sleep(50 * time.Millisecond) { // another process's state
			resp, err := http.Get(url + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == want {
				return
			}
			if time.Now().After(late) {
				t.Fatalf("readyz: %d, want %d:\n%s", resp.StatusCode, want, s.all())
			}
		}
	}
	ready(http.StatusServiceUnavailable)
	if resp, err := http.Get(url + "/healthz"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("healthz: %v, %v", resp, err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	again, err := natsbus.StartServer(ctx, natsbus.ServerOptions{Dir: filepath.Dir(address)})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Shutdown()
	ready(http.StatusOK)
	s.stop(t)

	wrong := m.serve("--bus", "http://nowhere")
	<-wrong.over
	if code := wrong.cmd.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(wrong.all(), "--bus http://nowhere") {
		t.Errorf("exit %d: %s", code, wrong.all())
	}
}

func TestAWorkerSaysThatItLivesWhileItsBusIsAway(t *testing.T) {
	nats := busOfOthers(t)
	address := nats.AddressFile()
	nats.Shutdown()
	m := newMachine(t, 0)
	c := exec.CommandContext(t.Context(), m.bin, "worker", "--pipe", "--name", "w", "--bus", address)
	c.Env = m.env
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for beats := make([]byte, 1); len(beats) < 4; beats = append(beats, 0) { // one a second
		if _, err := io.ReadFull(out, beats[len(beats)-1:]); err != nil {
			t.Fatalf("after %d beats: %v", len(beats)-1, err)
		}
	}
	_ = in.Close()
	if err := c.Wait(); err != nil {
		t.Errorf("it does not end properly with its pipe: %v", err)
	}
}

func TestWhatTheBusSaysIsALineOfTheProgram(t *testing.T) {
	var said bytes.Buffer
	e := &env{stderr: &said, json: true}
	o := e.busOptions("tls://hub.example:4222", "capture m")
	o.Log.Warn("bus disconnected", "err", "x")
	var line map[string]any
	if err := json.Unmarshal(said.Bytes(), &line); err != nil || o.URL != "tls://hub.example:4222" || o.AddressFile != "" {
		t.Errorf("%q, %v, %+v", said.String(), err, o)
	}
	if o := e.busOptions("hub.json", "live"); o.AddressFile != "hub.json" || o.URL != "" {
		t.Errorf("%+v", o)
	}
}
