package whisper

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"bienban/transcribe"
)

// threads is an engine and a detector that remember the threads they are called on.
type threads struct {
	mu   sync.Mutex
	seen map[int]int
}

func (t *threads) note() {
	runtime.Gosched() // a goroutine that may go elsewhere, goes
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen[syscall.Gettid()]++
}

// Transcribe implements transcribe.Engine.
func (t *threads) Transcribe(context.Context, transcribe.Request) (transcribe.Result, error) {
	t.note()
	return transcribe.Result{}, nil
}

// Feed implements transcribe.Detector.
func (t *threads) Feed(context.Context, []float32) ([]float32, error) {
	t.note()
	return nil, nil
}

func (t *threads) Reset(context.Context) error { return nil }
func (t *threads) Close() error                { return nil }

func TestALaneStaysOnItsThread(t *testing.T) {
	decodes, feeds := &threads{seen: map[int]int{}}, &threads{seen: map[int]int{}}
	over := make(chan struct{})
	defer close(over)
	for range 2 * runtime.GOMAXPROCS(0) { // others, between whom the lanes are moved about
		go func() {
			for {
				select {
				case <-over:
					return
				default:
					runtime.Gosched()
				}
			}
		}()
	}
	const calls, lanes = 300, 2
	var in bytes.Buffer
	pcm := make([]float32, transcribe.DetectorFrame)
	for i := range uint32(calls) {
		payload, err := packRequest(transcribe.Request{PCM: pcm, Language: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []frame{{askDecode, 2*i + 1, payload}, {askFeed, 2*i + 2, packStream(1, pcm)}} {
			if err := writeFrame(&in, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := Backend{Engine: decodes, Lanes: lanes, Detector: func() (transcribe.Detector, error) { return feeds, nil }}
	if err := Serve(t.Context(), b, &in, io.Discard); err != nil {
		t.Fatal(err)
	}
	if len(decodes.seen) > lanes || len(feeds.seen) != 1 {
		t.Errorf("%d lanes decoded on threads %v, one listened on %v", lanes, decodes.seen, feeds.seen)
	}
}
