package natsbus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/bustest"
	"bienban/internal/crashtest"
	"bienban/internal/fault"
)

// serverEnv names the folder of a server that this test binary is to be.
const serverEnv = "BIENBAN_TEST_BUS_DIR"

func TestMain(m *testing.M) { crashtest.Main(m, serverEnv, serveBus) }

// serveBus is a server in a process of its own, until its standard input closes.
func serveBus(dir string) error {
	s, err := StartServer(context.Background(), ServerOptions{Dir: dir, Log: quiet()})
	if err != nil {
		return err
	}
	defer s.Shutdown()
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
	return nil
}

func startProcess(t *testing.T, dir string) *crashtest.Child {
	t.Helper()
	c := crashtest.Start(t, serverEnv, dir)
	c.Expect("ready")
	return c
}

// TestEveryAcknowledgedChunkOutlivesKill publishes as fast as it can, kills the
// server at random moments, and reads everything back.
func TestEveryAcknowledgedChunkOutlivesKill(t *testing.T) {
	t.Parallel()
	kills := 8
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	p := startProcess(t, dir)
	b, err := Dial(Options{AddressFile: filepath.Join(dir, "address.json"), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	acked := make(chan int, 1) // how many, at the end
	stop := make(chan struct{})
	go func() {
		n := 0
		defer func() { acked <- n }()
		for {
			select {
			case <-stop:
				return
			default:
			}
			err := b.PublishAudio(ctx, bustest.Chunk("r", n))
			switch {
			case err == nil:
				n++
			case fault.CodeOf(err) == fault.Unavailable:
				time.Sleep(time.Millisecond) // the outage itself, not a wait for a result
			default:
				t.Errorf("publish: %v", err)
				return
			}
		}
	}()
	for range kills {
		bustest.Eventually(t, "ready", b.Ready)
		time.Sleep(time.Duration(10+rand.IntN(200)) * time.Millisecond) // the random moment
		p.Kill()
		p = startProcess(t, dir)
	}
	bustest.Eventually(t, "ready", b.Ready)
	close(stop)
	n := <-acked
	if n == 0 {
		t.Fatal("nothing was published")
	}
	r, err := b.ReadAudio(ctx, "r", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for i := 0; i < n; {
		c, err := r.Next(ctx)
		if fault.CodeOf(err) == fault.Unavailable && !errors.As(err, new(*bus.MissingError)) {
			continue
		}
		if err != nil {
			t.Fatalf("chunk %d of %d acknowledged: %v", i, n, err)
		}
		if want := bustest.Chunk("r", i); c.First != want.First || c.PCM[100] != want.PCM[100] {
			t.Fatalf("got sample %d, want chunk %d", c.First, i)
		}
		i++
	}
	t.Logf("%d chunks acknowledged over %d kills, all there", n, kills)
}

func TestADamagedFolderIsAnErrorAndNotTheProcessEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "jetstream"), []byte("a file where a folder must be"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := StartServer(t.Context(), ServerOptions{Dir: dir, Log: quiet()})
	if fault.CodeOf(err) != fault.Unavailable {
		if err == nil {
			s.Shutdown()
		}
		t.Fatalf("got %v, want unavailable", err)
	}
}

func TestARestartedServerIsFoundWhereItListensNow(t *testing.T) {
	t.Parallel()
	h := newEmbedded(t)
	b := h.Connect(t, bustest.Limits{})
	defer b.Close()
	bustest.Eventually(t, "ready", b.Ready)
	was := h.s.at
	h.Stop(t)
	// Another takes the port meanwhile, and the token is new.
	l := listenAt(t, was.URL)
	defer l.Close()
	if err := os.Remove(h.s.AddressFile()); err != nil {
		t.Fatal(err)
	}
	h.Start(t)
	if h.s.at.URL == was.URL || h.s.at.Token == was.Token {
		t.Fatalf("the server did not move: %s", was.URL)
	}
	bustest.Eventually(t, "ready at the new address", b.Ready)
}

func TestARestartedServerKeepsItsPortAndToken(t *testing.T) {
	t.Parallel()
	h := newEmbedded(t)
	was := h.s.at
	h.Stop(t)
	h.Start(t)
	if h.s.at != was {
		t.Errorf("was %q, is %q", was.URL, h.s.at.URL)
	}
	if st, err := os.Stat(h.s.AddressFile()); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the address file, which holds the token, has mode %v %v", st.Mode(), err)
	}
}

func TestAClientWithoutTheTokenIsRefused(t *testing.T) {
	t.Parallel()
	h := newEmbedded(t)
	b, err := Dial(Options{URL: h.s.at.URL, Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Ready(t.Context()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v, want unavailable", err)
	}
}

func listenAt(t *testing.T, where string) net.Listener {
	t.Helper()
	u, err := url.Parse(where)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
