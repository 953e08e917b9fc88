package hall

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

// KeeperBus is what the keeper needs of a bus.
type KeeperBus interface {
	bus.AudioPublisher
	bus.AudioSource
	bus.Notices
}

// Keeper compares the recordings on the disk with what the store and the bus
// know of them: it enters new ones, notes their ends, and publishes again what
// a bus lacks of a recording that nobody captures any more. Recordings of other
// machines' captures, whose sound the bus has, it keeps as well (afar).
type Keeper struct {
	Bus   KeeperBus
	Store Store
	Root  string        // folder of recordings
	Shelf *record.Shelf // keeps them open from one look to the next; nil: each look reads all
	// Language gives a meeting's, "" when it is not known; nil: never known.
	Language func(ctx context.Context, meeting string) (string, error)
	// Complete is told once of each recording whose text has reached its end, in
	// a goroutine of its own that Run waits for; nil: nobody asks.
	Complete func(ctx context.Context, r Recording)
	// Ordered is told once of each recording, beside Run, so that what people decided about it and nobody has carried
	// out yet is carried out; nil: nobody asks.
	Ordered func(ctx context.Context, recording, meeting string)
	Log     *slog.Logger
	// Every is how often the disk is looked at; 0 = keepEvery.
	Every time.Duration

	settled   map[string]bool      // nothing is to be done any more
	looked    map[string]time.Time // when something was made in it last, as of the last look
	followed  map[string]int       // how many stretches the store knows
	said      map[string]*seldom
	published map[string]bool // the end was published again in this life
	mu        sync.Mutex
	busy      map[string]bool // being published
	afar      afar
	jobs      sync.WaitGroup
}

// keepEvery is how soon a new recording is seen.
const keepEvery = time.Second

// Run keeps until ctx ends, which is its error.
func (k *Keeper) Run(ctx context.Context) error {
	k.settled, k.published, k.busy, k.said = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]*seldom{}
	every := k.Every
	if every == 0 {
		every = keepEvery
	}
	k.afar = afar{said: map[string]saidAfar{}, began: time.Now(), open: map[string]bool{}, quiet: map[string]bool{}}
	var said seldom
	defer k.jobs.Wait()
	life, stop := context.WithCancel(ctx)
	defer stop() // before jobs.Wait
	k.jobs.Go(func() { k.afar.hear(life, k.Bus) })
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := k.round(ctx); err != nil && ctx.Err() == nil && said.again(err.Error()) {
			k.Log.Warn("recordings cannot be compared with the store", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (k *Keeper) round(ctx context.Context) error {
	dirs, err := recordingDirs(k.Root)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if !k.changed(dir) && k.settled[dir] {
			continue
		}
		f, err := look(k.Shelf, dir)
		if err != nil || f.id != filepath.Base(dir) {
			continue // being made, or none
		}
		if err := k.keep(ctx, f); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if k.saidOf(f.id).again(err.Error()) {
				k.Log.Warn("a recording cannot be kept up with", "recording", f.id, "error", err)
			}
		}
	}
	return k.keepAfar(ctx)
}

func (k *Keeper) keep(ctx context.Context, f folder) error {
	r, err := k.entered(ctx, f)
	if err != nil {
		return err
	}
	if err := k.follow(ctx, f); err != nil {
		return err
	}
	over := f.over(time.Now())
	if over && r.Length < 0 {
		// What was handed in may lie a rounding beyond the end, never more.
		if err := k.Store.EndRecording(ctx, r.ID, max(f.end, r.FinalUpTo)); err != nil {
			return err
		}
		k.Log.Info("recording has ended", "recording", r.ID, "seconds", f.end/bus.SampleRate)
		k.wake(r.ID)
		if r, err = k.Store.Recording(ctx, r.ID); err != nil {
			return err
		}
	}
	switch {
	case f.running:
		return nil
	case r.Length >= 0 && r.FinalUpTo >= r.Length && f.end < r.Length-bus.SampleRate:
		return nil // the folder of a recording from afar is being brought here
	case r.Length >= 0 && r.FinalUpTo >= r.Length:
		return k.complete(ctx, f, r)
	}
	return k.publish(ctx, f, over)
}

// entered gives the store's recording, which it enters when it is new.
func (k *Keeper) entered(ctx context.Context, f folder) (Recording, error) {
	r, err := k.Store.Recording(ctx, f.id)
	if fault.CodeOf(err) != fault.NotFound {
		return r, err
	}
	r = Recording{ID: f.id, Meeting: f.meeting, Started: f.created, Outside: f.origin != ""}
	if r.Meeting == "" {
		r.Meeting = f.id
	}
	if k.Language != nil {
		if r.Language, err = k.Language(ctx, r.Meeting); err != nil {
			return r, err
		}
	}
	if err := k.Store.StartRecording(ctx, r); err != nil {
		return r, err
	}
	k.Log.Info("recording is new", "recording", r.ID, "meeting", r.Meeting)
	k.wake(r.ID)
	return k.Store.Recording(ctx, r.ID)
}

func (k *Keeper) wake(recording string) {
	k.Bus.Send(wakeSubject, nil)
	k.Bus.Send(EventSubject(recording), nil)
}

// complete lets the bus forget a recording that is text.
func (k *Keeper) complete(ctx context.Context, f folder, r Recording) error {
	if k.working(f.dir) {
		return nil // in the next round
	}
	if err := k.Bus.DropAudio(ctx, r.ID); err != nil {
		return err
	}
	k.settled[f.dir] = true
	k.Shelf.Forget(f.dir)
	k.Log.Info("the text of a recording is complete", "recording", r.ID)
	if k.Complete != nil {
		k.jobs.Go(func() { k.Complete(ctx, r) })
	}
	return nil
}

// publish gives the bus what it lacks of a recording that nobody captures.
func (k *Keeper) publish(ctx context.Context, f folder, over bool) error {
	if k.working(f.dir) {
		return nil
	}
	has, err := k.Bus.AudioEnd(ctx, f.id)
	if err != nil {
		return err
	}
	if has >= f.end && (!over || k.published[f.dir]) {
		return nil
	}
	if has < f.end && k.saidOf(f.id).again(fmt.Sprintf("%d to %d", has, f.end)) {
		k.Log.Info("publishing again what the bus lacks", "recording", f.id, "from", has, "to", f.end)
	}
	k.published[f.dir] = over
	k.mu.Lock()
	k.busy[f.dir] = true
	k.mu.Unlock()
	k.jobs.Go(func() {
		err := capture.Republish(ctx, k.Bus, f.dir, nil, over)
		k.mu.Lock()
		delete(k.busy, f.dir)
		k.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			k.Log.Warn("a recording cannot be published again", "recording", f.id, "error", err)
		}
	})
	return nil
}

// saidOf is what the log said last of a recording.
func (k *Keeper) saidOf(recording string) *seldom {
	if k.said[recording] == nil {
		k.said[recording] = &seldom{}
	}
	return k.said[recording]
}

func (k *Keeper) working(dir string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.busy[dir]
}
