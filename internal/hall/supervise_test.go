package hall

import (
	"context"
	"io"
	"log/slog"
	"os/exec"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// lives passes on each child's number.
type pids struct {
	slog.Handler
	to chan int
}

func (p pids) Enabled(context.Context, slog.Level) bool { return true }
func (p pids) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "pid" {
			p.to <- int(a.Value.Int64())
		}
		return true
	})
	return nil
}

func TestAChildThatIsKilledIsStartedAgainAndEndsWithItsPipe(t *testing.T) {
	to := make(chan int, 8)
	// cat ends when its standard input does, as a worker does.
	s := &Supervisor{Name: "w", Log: slog.New(pids{slog.DiscardHandler, to}), Command: func() *exec.Cmd { return exec.Command("cat") }}
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- s.Run(ctx) }()
	first := <-to
	began := time.Now()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	second := <-to
	if d := time.Since(began); d >= restartFirst {
		t.Errorf("the hall waited %v for a child that had ended for the first time", d)
	}
	if second == first || s.PID() != second {
		t.Errorf("children %d, %d; now %d", first, second, s.PID())
	}
	stop()
	<-over
	if err := syscall.Kill(second, 0); err != syscall.ESRCH {
		t.Errorf("the child outlives its supervisor: %v", err)
	}
	if s.PID() != 0 {
		t.Errorf("pid %d of no child", s.PID())
	}
}

func TestAChildThatFallsSilentIsToldFromOneThatLoadsItsModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe, child := io.Pipe()
		defer child.Close()
		silent := make(chan bool, 1)
		go func() { silent <- watchBeats(t.Context(), pipe) }()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if len(silent) > 0 {
			t.Fatal("ended while it loaded its model")
		}
		lives, stop := context.WithCancel(t.Context())
		go Beat(lives, child)
		time.Sleep(10 * time.Minute)
		if len(silent) > 0 {
			t.Fatal("ended while it said that it lives")
		}
		stop()
		begin := time.Now()
		if !<-silent || time.Since(begin) > beatMost {
			t.Errorf("silence was noticed after %v", time.Since(begin))
		}
	})
}

func TestAChildWhosePipeEndsIsNotCalledSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe, child := io.Pipe()
		silent := make(chan bool, 1)
		go func() { silent <- watchBeats(t.Context(), pipe) }()
		if _, err := child.Write([]byte{'\n'}); err != nil {
			t.Fatal(err)
		}
		_ = child.Close()
		if <-silent {
			t.Error("it has ended, which its exit tells")
		}
	})
}

func TestTheEngineServesRecordingsThatGoOnFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(nil)
		if err := q.enter(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		order := make(chan string, 4)
		wait := func(ctx context.Context, name string, urgent bool) {
			go func() {
				if q.enter(ctx, urgent) == nil {
					order <- name
					q.leave()
				}
			}()
			synctest.Wait()
		}
		gone, leave := context.WithCancel(t.Context())
		wait(t.Context(), "backlog", false)
		wait(gone, "gone", true)
		wait(t.Context(), "live", true)
		leave()
		synctest.Wait()
		q.leave()
		synctest.Wait()
		if a, b := <-order, <-order; a != "live" || b != "backlog" || len(order) > 0 {
			t.Errorf("served %s, then %s, then %d more", a, b, len(order))
		}
		if q.busy {
			t.Error("busy with nobody")
		}
	})
}
