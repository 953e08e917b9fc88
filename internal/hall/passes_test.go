package hall_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
)

// passRig is a recording of 20 s whose live text is done.
type passRig struct {
	hall.Passes
	t     *testing.T
	store *sqlstore.Store
	mu    sync.Mutex
	made  []string // layers that passes were made of
	told  int
}

// newPassRig makes passes of which the first ones fail.
func newPassRig(t *testing.T, fail int) *passRig {
	t.Helper()
	root := t.TempDir()
	rec, err := record.Create(filepath.Join(root, "r"), record.Options{ID: "r", Meeting: "Họp Hội đồng", Rate: 16000, Channels: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rec.AppendWait(t.Context(), make([]float32, 4*16000)), rec.Lost(16*16000), rec.Close(t.Context(), "")); err != nil {
		t.Fatal(err)
	}
	g := &passRig{t: t, store: storeOf(t, "r")}
	if err := g.store.EndRecording(t.Context(), "r", 20*16000); err != nil {
		t.Fatal(err)
	}
	g.Passes = hall.Passes{Store: g.store, Root: root, Log: quiet(), Waits: []time.Duration{time.Millisecond, 2 * time.Millisecond},
		Quiet: func(ctx context.Context) error { return ctx.Err() },
		Tell:  func(string) { g.mu.Lock(); g.told++; g.mu.Unlock() },
		Make: func(ctx context.Context, r hall.Recording) error {
			name, err := hall.SecondName(filepath.Join(root, r.ID))
			g.mu.Lock()
			g.made = append(g.made, name)
			n := len(g.made)
			g.mu.Unlock()
			if n <= fail {
				return errors.New("signal: killed")
			}
			return errors.Join(err, hall.TakeLayer(ctx, g.store, g.layer(name), "bienban"))
		}}
	return g
}

func (g *passRig) layer(name string) hall.Layer {
	return hall.Layer{Recording: "r", Name: name, Segments: said("r", 0, 20*16000).Segments, Coverage: []hall.Cover{{To: 20 * 16000, Kind: "speech"}}}
}

// recording is the recording as a keeper tells of it.
func (g *passRig) recording() hall.Recording {
	g.t.Helper()
	r, err := g.store.Recording(g.t.Context(), "r")
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

func (g *passRig) layers() []string {
	g.t.Helper()
	names, err := g.store.LayersOf(g.t.Context(), "r")
	if err != nil {
		g.t.Fatal(err)
	}
	return names
}

func TestASecondPassThatDiesIsMadeAgainAndOnce(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 2)
	g.Complete(t.Context(), g.recording())
	if len(g.made) != 3 || !slices.Equal(g.layers(), []string{"live", "second"}) || g.recording().Adopted != "second" {
		t.Errorf("tries %v, layers %v, adopted %s", g.made, g.layers(), g.recording().Adopted)
	}
	if _, failed := g.Failed("r"); failed || g.told != 3 {
		t.Errorf("it counts as failed: %v; told %d times", failed, g.told)
	}
	g.Complete(t.Context(), g.recording()) // as after each start of serve
	if len(g.made) != 3 {
		t.Errorf("it was made again: %v", g.made)
	}
}

func TestASecondPassThatKeepsDyingIsGivenUp(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 100)
	g.Complete(t.Context(), g.recording())
	next, failed := g.Failed("r")
	if len(g.made) != 3 || !failed || !next.IsZero() || g.recording().Adopted != "live" {
		t.Errorf("tries %d, failed %v, next %v, adopted %s", len(g.made), failed, next, g.recording().Adopted)
	}
}

func TestBetweenTriesItIsSaidWhenTheNextIsAndServeMayEnd(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 100)
	g.Waits = []time.Duration{time.Hour}
	life, stop := context.WithCancel(t.Context())
	g.Tell = func(id string) {
		if next, failed := g.Failed(id); !failed || time.Until(next) < 59*time.Minute {
			t.Errorf("failed %v, next %v", failed, next)
		}
		g.Tell = nil
		stop()
	}
	g.Complete(life, g.recording())
	if len(g.made) != 1 {
		t.Errorf("%d tries", len(g.made))
	}
}

func TestTwoWhoAskForASecondPassGetOne(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 1)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { g.Complete(t.Context(), g.recording()) })
	}
	all.Wait()
	if len(g.made) != 2 || len(g.layers()) != 2 {
		t.Errorf("tries %v, layers %v", g.made, g.layers())
	}
}

func TestASecondPassNeverTakesThePlaceOfWhatAPersonChose(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 0)
	g.Complete(t.Context(), g.recording())
	if err := g.store.Adopt(t.Context(), "r", hall.LayerLive, "Nguyệt"); err != nil {
		t.Fatal(err)
	}
	g.Complete(t.Context(), g.recording())
	if len(g.made) != 1 || g.recording().Adopted != "live" {
		t.Errorf("tries %v, adopted %s", g.made, g.recording().Adopted)
	}
	// One over sound that was brought since is there to be chosen.
	if err := hall.TakeLayer(t.Context(), g.store, g.layer("second-1"), "bienban"); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.layers(), []string{"live", "second", "second-1"}) || g.recording().Adopted != "live" {
		t.Errorf("layers %v, adopted %s", g.layers(), g.recording().Adopted)
	}
}

func TestARecordingWithoutAFolderGetsNoSecondPass(t *testing.T) {
	t.Parallel()
	g := newPassRig(t, 0)
	g.Root = t.TempDir()
	g.Complete(t.Context(), g.recording())
	if _, failed := g.Failed("r"); failed || len(g.made) > 0 {
		t.Errorf("failed %v, tries %v", failed, g.made)
	}
}
