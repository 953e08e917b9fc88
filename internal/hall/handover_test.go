package hall_test

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// stallBus is the bus of a worker that is stopped in the moment in which it
// hands in its n-th final, and woken later.
type stallBus struct {
	*membus.Bus
	mu      sync.Mutex
	n       int
	stalled chan struct{}
	wake    chan struct{}
	late    chan error // how handing in ended after it woke
}

func (b *stallBus) PublishFinal(ctx context.Context, f bus.Final) error {
	b.mu.Lock()
	b.n--
	now := b.n == 0
	b.mu.Unlock()
	if !now {
		return b.Bus.PublishFinal(ctx, f)
	}
	b.Bus.LeaseKeeper.Close() // it renews nothing while it is stopped
	close(b.stalled)
	<-b.wake
	err := b.Bus.PublishFinal(context.WithoutCancel(ctx), f)
	b.late <- err
	return err
}

// changed is an engine that hears other words, so that they would show.
type changed struct{ transcribe.Engine }

func (c changed) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	res, err := c.Engine.Transcribe(ctx, r)
	res.Text = strings.ToUpper(res.Text)
	words := make([]transcribe.Word, len(res.Words))
	for i, w := range res.Words {
		w.Text = strings.ToUpper(w.Text)
		words[i] = w
	}
	res.Words = words
	return res, err
}

func TestAWorkerThatWakesAfterItsHandOverIsRefused(t *testing.T) {
	want := chain(t, plan{})
	const id = "council-demo"
	chunks := demo(t, id)
	engine := recordedEngine(t)
	path := filepath.Join(t.TempDir(), "bienban.db")
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		hub := membus.New(membus.Options{Log: quiet()})
		store, err := sqlstore.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := store.StartRecording(ctx, hall.Recording{ID: id, Meeting: "m", Started: time.Now(), Language: "en"}); err != nil {
			t.Fatal(err)
		}
		mic, first, second, serve := hub.Connect(), hub.Connect(), hub.Connect(), hub.Connect()
		for _, b := range []*membus.Bus{mic, first, second, serve} {
			defer b.Close()
		}
		for _, c := range chunks {
			if err := mic.PublishAudio(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		length := chunks[len(chunks)-1].First
		if err := store.EndRecording(ctx, id, length); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		defer all.Wait()
		defer stop()
		all.Go(func() { _ = (&hall.Desk{Bus: serve, Store: store, Root: t.TempDir(), Log: quiet()}).Run(ctx) })
		all.Go(func() { _ = (&hall.Ingester{Bus: serve, Store: store, Log: quiet()}).Run(ctx) })
		stalling := &stallBus{Bus: first, n: 3, stalled: make(chan struct{}), wake: make(chan struct{}), late: make(chan error, 1)}
		detector := func() transcribe.Detector { return transcribetest.Loud{} }
		// The words of the first two finals are the second worker's, too.
		other := &switchable{Engine: engine}
		all.Go(func() {
			_ = (&hall.Worker{Name: "first", Bus: stalling, Engine: other, Detector: detector, Log: quiet()}).Run(ctx)
		})
		all.Go(func() {
			<-stalling.stalled
			_ = (&hall.Worker{Name: "second", Bus: second, Engine: engine, Detector: detector, Log: quiet()}).Run(ctx)
		})
		<-stalling.stalled
		begin := time.Now()
		for {
			state, err := serve.LeaseOf(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if state.Epoch == 2 && state.Holder == "second" {
				break
			}
			time.Sleep(10 * time.Millisecond) // of the bubble's clock
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("the hand-over took %v", took)
		}
		close(stalling.wake)
		if err := <-stalling.late; err != nil {
			t.Fatalf("the late final did not reach the queue, so nothing was tested: %v", err)
		}
		for {
			r, err := store.Recording(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if r.FinalUpTo == length {
				if r.Epoch < 2 {
					t.Errorf("epoch %d", r.Epoch)
				}
				break
			}
			if time.Since(begin) > 10*time.Minute {
				t.Fatalf("the text ends at %d of %d", r.FinalUpTo, length)
			}
			time.Sleep(100 * time.Millisecond)
		}
		got, err := store.Transcript(ctx, id, hall.LayerLive)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want.text) {
			t.Errorf("the stalled worker's text shows:\n got %q\nwant %q", got.Speech(), want.text.Speech())
		}
	})
}

// switchable hears other words from its third window on.
type switchable struct {
	transcribe.Engine
	n int
}

func (s *switchable) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	res, err := s.Engine.Transcribe(ctx, r)
	if err != nil {
		return res, err
	}
	if s.n++; s.n > 2 {
		return changed{s.Engine}.Transcribe(ctx, r)
	}
	return res, nil
}

// poison breaks the code that calls it at one sound, whoever tries and however much
// is decoded with it: what is provisional is left out on a busy machine.
type poison struct {
	transcribe.Engine
	mu    sync.Mutex
	n     int
	key   []float32 // the sound that breaks
	tries int
}

func (p *poison) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	p.mu.Lock()
	p.n++
	if p.n == 5 {
		p.key = slices.Clone(r.PCM[len(r.PCM)/2:][:400])
	}
	breaks := p.key != nil && contains(r.PCM, p.key)
	if breaks {
		p.tries++
	}
	p.mu.Unlock()
	if breaks {
		panic("an index out of range")
	}
	return p.Engine.Transcribe(ctx, r)
}

// contains says whether some sound is within another.
func contains(pcm, part []float32) bool {
	for i := 0; i+len(part) <= len(pcm); i++ {
		if slices.Equal(pcm[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func TestSoundThatBreaksHearingBecomesAGapAndTheRestText(t *testing.T) {
	root := t.TempDir()
	recorded(t, root, "hop", true)
	done := make(chan hall.Recording, 1)
	eng := &poison{Engine: answer{}}
	store := worldOf(t, root, membus.New(membus.Options{Log: quiet()}), eng, func(_ context.Context, r hall.Recording) { done <- r })
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the text is not complete")
	}
	tr, err := store.Transcript(t.Context(), "hop", "")
	if err != nil {
		t.Fatal(err)
	}
	at := 0.0
	var gap []transcribe.Stretch
	for _, c := range tr.Coverage {
		if c.Start != at {
			t.Errorf("coverage: %v does not join at %v", c.Start, at)
		}
		if at = c.End; c.Kind == transcribe.CoveredGap && c.Note == "hearing broke down" {
			gap = append(gap, c)
		}
	}
	if len(gap) != 1 || eng.tries != 3 {
		t.Fatalf("gaps %+v after %d tries", gap, eng.tries)
	}
	within, after := 0, 0
	for _, s := range tr.Segments {
		switch {
		case s.Start >= gap[0].End:
			after++
		case s.End > gap[0].Start:
			within++
		}
	}
	if within > 0 || after < 10 {
		t.Errorf("%d segments within the gap, %d after it", within, after)
	}
}
