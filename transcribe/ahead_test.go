package transcribe

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// lanedEngine is a burstEngine for several calls at once. Its first calls wait
// for each other, so that a caller that makes one at a time is stuck.
type lanedEngine struct {
	burstEngine
	n int

	mu      sync.Mutex
	waiting int
	met     chan struct{}
}

func newLaned(n int) *lanedEngine { return &lanedEngine{n: n, met: make(chan struct{})} }

func (e *lanedEngine) Lanes() int { return e.n }

func (e *lanedEngine) Transcribe(ctx context.Context, r Request) (Result, error) {
	e.mu.Lock()
	if e.waiting++; e.waiting == e.n {
		close(e.met)
	}
	e.mu.Unlock()
	select {
	case <-e.met:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.burstEngine.Transcribe(ctx, r)
}

func TestWindowsDecodedSideBySideMakeTheSameTranscript(t *testing.T) {
	path := writeWAV(t, talk(200))
	for _, o := range []Options{
		{Language: "vi", Glossary: []string{"Đảng bộ"}},
		{Glossary: []string{"Đảng bộ"}}, // the first windows wait for the language
	} {
		want := asJSON(t, mustFile(t, path, &burstEngine{language: "vi"}, o))
		for _, n := range []int{2, 3} {
			eng := newLaned(n)
			eng.language = "vi"
			if o.Language == "" {
				close(eng.met) // the language is asked for one window after the other
				eng.waiting = n
			}
			if got := asJSON(t, mustFile(t, path, eng, o)); got != want {
				t.Errorf("%d lanes, language %q: another transcript", n, o.Language)
			}
		}
	}
}

func TestAStoppedRunWithLanesResumesToTheSameTranscript(t *testing.T) {
	path := writeWAV(t, talk(120))
	o := Options{Language: "vi"}
	want := asJSON(t, mustFile(t, path, &burstEngine{}, o))
	for stop := 2; stop < 5; stop++ {
		o := o
		o.Checkpoint = t.TempDir() + "/state.json"
		ctx, cancel := context.WithCancel(t.Context())
		half := newLaned(2)
		half.before = func(call int, _ Request) error {
			if call == stop {
				cancel()
			}
			return nil
		}
		if _, err := File(ctx, path, half, &levelDetector{}, o); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at call %d: %v", stop, err)
		}
		o.Resume = true
		if got := asJSON(t, mustFile(t, path, newLaned(2), o)); got != want {
			t.Errorf("stopped at call %d: another transcript", stop)
		}
	}
}

func TestAnEngineWithLanesThatFailsLeavesGaps(t *testing.T) {
	eng := newLaned(2)
	eng.before = func(int, Request) error { return errors.New("no memory") }
	tr := mustFile(t, writeWAV(t, talk(120)), eng, Options{Language: "vi"})
	if len(heardWords(tr)) != 0 || len(tr.Flags) == 0 {
		t.Errorf("%d words, flags %v", len(heardWords(tr)), tr.Flags)
	}
}
