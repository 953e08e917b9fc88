package hall

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

// afar knows the recordings that captures on other machines publish: the bus
// has their sound, this machine not their folder. What they say of themselves
// ten times a second passes over the bus and may be lost; where a recording
// ends is what its sound on the bus says.
type afar struct {
	mu    sync.Mutex
	said  map[string]saidAfar
	began time.Time

	// Of the keeper's rounds.
	open  map[string]bool // recordings whose text is not complete
	quiet map[string]bool // not heard, and that was said
}

// saidAfar is the newest that a capture said.
type saidAfar struct {
	meeting string
	started time.Time // of the recording
	at      time.Time
	ended   bool
}

const (
	// quietAfter is how long a capture afar may say nothing until people are told:
	// it, its network or its machine is gone, and its sound stays where it is.
	quietAfter = 5 * time.Second
	// afarWait bounds the question whether the bus has a recording's end.
	afarWait = 500 * time.Millisecond
)

// hear takes what captures say, until ctx ends.
func (a *afar) hear(ctx context.Context, b bus.Notices) {
	listen(ctx, b, capture.Subject("*"), func(data []byte) {
		var s capture.Status
		if json.Unmarshal(data, &s) != nil || bus.CheckName(s.Recording) != nil {
			return
		}
		now := time.Now()
		a.mu.Lock()
		defer a.mu.Unlock()
		a.said[s.Recording] = saidAfar{meeting: s.Meeting, at: now, ended: s.State == capture.Ended,
			started: now.Add(-time.Duration(s.Seconds * float64(time.Second)))}
	})
}

// all gives what was said so far.
func (a *afar) all() map[string]saidAfar {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[string]saidAfar, len(a.said))
	for id, s := range a.said {
		out[id] = s
	}
	return out
}

// here says that a recording's folder is on this machine.
func (k *Keeper) here(id string) bool {
	_, err := os.Stat(filepath.Join(k.Root, id))
	return !errors.Is(err, fs.ErrNotExist)
}

// keepAfar enters the recordings of other machines, notes their ends, and lets
// the bus forget those that are text.
func (k *Keeper) keepAfar(ctx context.Context) error {
	said := k.afar.all()
	for id, s := range said {
		if k.afar.open[id] || s.ended || k.here(id) {
			continue
		}
		if _, err := k.entered(ctx, folder{id: id, meeting: s.meeting, created: s.started}); err != nil {
			return err
		}
	}
	left, err := k.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	open := map[string]bool{}
	for _, r := range left {
		if k.here(r.ID) {
			continue
		}
		open[r.ID] = true
		if r.Length >= 0 {
			continue
		}
		if err := k.endAfar(ctx, r, said[r.ID]); err != nil {
			return err
		}
	}
	for id := range k.afar.open {
		if open[id] || k.here(id) {
			continue
		}
		if err := k.Bus.DropAudio(ctx, id); err != nil {
			return err
		}
		k.Log.Info("the text of a recording is complete", "recording", id, "folder", "on the machine that recorded it")
	}
	k.afar.open = open
	return nil
}

// endAfar notes the end of a recording afar once the bus has it, or nobody has
// gone on with it for so long that nobody will. Until then it says so when its
// capture is not heard.
func (k *Keeper) endAfar(ctx context.Context, r Recording, s saidAfar) error {
	last := s.at
	if last.IsZero() {
		last = k.afar.began
	}
	silent := time.Since(last)
	if !s.ended && silent < quietAfter {
		if k.afar.quiet[r.ID] {
			delete(k.afar.quiet, r.ID)
			k.Log.Info("the capture of a recording is heard again", "recording", r.ID)
		}
		return nil
	}
	end, over, err := k.endOf(ctx, r.ID)
	if err != nil {
		return err
	}
	if !over && silent < capture.ContinueWithin {
		if !k.afar.quiet[r.ID] && !s.ended {
			k.afar.quiet[r.ID] = true
			k.Log.Warn("the capture of a recording is not heard; what it records stays on its machine until it is", "recording", r.ID, "seconds", end/bus.SampleRate)
		}
		return nil
	}
	if err := k.Store.EndRecording(ctx, r.ID, max(end, r.FinalUpTo)); err != nil {
		return err
	}
	delete(k.afar.quiet, r.ID)
	k.Log.Info("recording has ended", "recording", r.ID, "seconds", end/bus.SampleRate)
	k.wake(r.ID)
	return nil
}

// endOf tells where a recording ends on the bus, and whether that is its end.
func (k *Keeper) endOf(ctx context.Context, id string) (end int64, over bool, err error) {
	if end, err = k.Bus.AudioEnd(ctx, id); err != nil {
		return 0, false, err
	}
	r, err := k.Bus.ReadAudio(ctx, id, end)
	if err != nil {
		return 0, false, err
	}
	defer r.Close()
	short, stop := context.WithTimeout(ctx, afarWait)
	defer stop()
	c, err := r.Next(short)
	switch {
	case err == nil:
		return end, c.Kind == bus.End, nil
	case short.Err() != nil && ctx.Err() == nil, fault.CodeOf(err) == fault.Unavailable:
		return end, false, nil // nothing follows yet
	}
	return 0, false, err
}
