package hall_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/bus/membus"
	"bienban/internal/durable"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// recorded puts the sample meeting into a folder, as a capture does that no bus hears.
func recorded(t *testing.T, root, id string, closed bool) {
	t.Helper()
	src, err := audio.Open(t.Context(), demoFile)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	f := src.Format()
	rec, err := record.Create(filepath.Join(root, id), record.Options{ID: id, Meeting: "Họp Hội đồng", Rate: f.Rate, Channels: f.Channels, Bits: 16}, durable.OS())
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]float32, f.Rate*f.Channels)
	for {
		n, err := src.Read(t.Context(), buf)
		if n > 0 {
			if err := rec.AppendWait(t.Context(), buf[:n*f.Channels]); err != nil {
				t.Fatal(err)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if closed {
		if err := rec.Close(t.Context(), "the meeting is over"); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Cleanup(func() { _ = rec.Close(context.Background(), "test") })
	}
}

// world is a serve and a worker in one process, on the machine's clock.
func world(t *testing.T, root string, hub *membus.Hub, complete func(context.Context, hall.Recording)) *sqlstore.Store {
	t.Helper()
	return worldOf(t, root, hub, recordedEngine(t), complete)
}

func worldOf(t *testing.T, root string, hub *membus.Hub, eng transcribe.Engine, complete func(context.Context, hall.Recording)) *sqlstore.Store {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	store, err := sqlstore.Open(ctx, filepath.Join(t.TempDir(), "bienban.db"))
	if err != nil {
		t.Fatal(err)
	}
	serve, work := hub.Connect(), hub.Connect()
	var all sync.WaitGroup
	t.Cleanup(func() {
		stop()
		all.Wait()
		_, _, _ = serve.Close(), work.Close(), store.Close()
	})
	language := func(context.Context, string) (string, error) { return "en", nil }
	keeper := &hall.Keeper{Bus: serve, Store: store, Root: root, Language: language, Complete: complete, Log: quiet(), Every: 20 * time.Millisecond}
	all.Go(func() { _ = keeper.Run(ctx) })
	all.Go(func() { _ = (&hall.Desk{Bus: serve, Store: store, Root: root, Log: quiet()}).Run(ctx) })
	all.Go(func() { _ = (&hall.Ingester{Bus: serve, Store: store, Log: quiet()}).Run(ctx) })
	all.Go(func() {
		_ = (&hall.Worker{Name: "w", Bus: work, Engine: eng, Log: quiet(), Detector: func() transcribe.Detector { return transcribetest.Loud{} }}).Run(ctx)
	})
	return store
}

func TestARecordingThatNoBusHasBecomesText(t *testing.T) {
	want := chain(t, plan{}).text
	for name, o := range map[string]membus.Options{
		"published again":                   {Log: quiet()},
		"what the bus drops is on the disk": {Log: quiet(), AudioBytes: 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			recorded(t, root, "hop", true)
			done := make(chan hall.Recording, 2)
			hub := membus.New(o)
			store := world(t, root, hub, func(_ context.Context, r hall.Recording) { done <- r })
			select {
			case r := <-done:
				if r.Meeting != "Họp Hội đồng" || r.FinalUpTo != r.Length {
					t.Errorf("%+v", r)
				}
			case <-time.After(patience):
				r, err := store.Recording(t.Context(), "hop")
				t.Fatalf("no text: %+v %v", r, err)
			}
			got, err := store.Transcript(t.Context(), "hop", "")
			if err != nil || got.Speech() != want.Speech() {
				t.Errorf("%v:\n got %q\nwant %q", err, got.Speech(), want.Speech())
			}
			look := hub.Connect()
			defer look.Close()
			if end, err := look.AudioEnd(t.Context(), "hop"); err != nil || end != 0 {
				t.Errorf("the bus still has it up to %d (%v)", end, err)
			}
		})
	}
}

func TestARecordingThatRunsIsEnteredAndNotEnded(t *testing.T) {
	root := t.TempDir()
	recorded(t, root, "running", false)
	hub := membus.New(membus.Options{Log: quiet()})
	look := hub.Connect()
	defer look.Close()
	l, err := look.Listen(t.Context(), hall.EventSubject("running"), 8)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	store := world(t, root, hub, func(context.Context, hall.Recording) { t.Error("complete") })
	if _, err := l.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := store.Recording(t.Context(), "running")
	if err != nil || r.Length != -1 {
		t.Errorf("%+v %v", r, err)
	}
	var info hall.HallInfo
	if err := hall.Ask(t.Context(), look, hall.AskHall, "Họp Hội đồng", &info); err != nil || !info.Running || info.Recording != "running" || info.Seconds < 100 {
		t.Errorf("%+v %v", info, err)
	}
}

func TestASecondPassIsALayerThatCounts(t *testing.T) {
	root := t.TempDir()
	recorded(t, root, "hop", true)
	done := make(chan hall.Recording, 1)
	store := world(t, root, membus.New(membus.Options{Log: quiet()}), func(_ context.Context, r hall.Recording) { done <- r })
	r := <-done
	l, err := hall.SecondPass(t.Context(), filepath.Join(root, "hop"), answer{}, transcribetest.Loud{}, transcribe.Options{Language: "en", Model: "echo"})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // done again, it changes nothing
		if err := hall.TakeLayer(t.Context(), store, l, "second pass"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := store.Transcript(t.Context(), "hop", "")
	if err != nil || got.Model != "echo" || len(got.Segments) == 0 || got.Coverage[len(got.Coverage)-1].End != float64(r.Length)/rate {
		t.Errorf("model %q, %d segments, %v", got.Model, len(got.Segments), err)
	}
}

// answer is an engine that says one thing, in the middle of what it is given.
type answer struct{}

func (answer) Transcribe(_ context.Context, r transcribe.Request) (transcribe.Result, error) {
	end := float64(len(r.PCM)) / rate
	return transcribe.Result{Language: "en", Text: "Agreed.", AvgLogProb: -0.1, Tokens: 2,
		Words: []transcribe.Word{{Text: "Agreed.", Start: end / 3, End: end / 2, P: 0.9}}}, nil
}

func (answer) Close() error { return nil }
