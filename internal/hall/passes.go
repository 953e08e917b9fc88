package hall

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
)

// passWaits are the times between the tries of a second pass: what was killed is tried again at once, a disk that is
// full gets an hour in all.
func passWaits() []time.Duration {
	return []time.Duration{2 * time.Second, 10 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 15 * time.Minute, 15 * time.Minute}
}

// PassStore is what Passes asks of the store.
type PassStore interface {
	Recording(ctx context.Context, id string) (Recording, error)
	LayersOf(ctx context.Context, recording string) ([]string, error)
}

// Passes sees to it that each recording gets its second pass: one at a time, and one that fails again, ever later and a
// bounded number of times. Each try asks the store first, so that no layer is made twice.
type Passes struct {
	Store PassStore
	Root  string // folder of recordings
	// Quiet returns when a pass slows down nobody; its error is that of a ctx that has ended.
	Quiet func(ctx context.Context) error
	// Make makes the pass of a recording and stores it.
	Make func(ctx context.Context, r Recording) error
	// Tell is told of each recording of which Failed says something else now; nil: nobody asks.
	Tell func(recording string)
	Log  *slog.Logger
	// Waits are those between tries; nil = passWaits.
	Waits []time.Duration

	turn   sync.Mutex // one pass at a time
	mu     sync.Mutex
	failed map[string]time.Time // when it is tried next
}

// Failed tells of a recording whose second pass has failed and was not made since, and when it is tried next; the zero
// time: not before serve starts again.
func (p *Passes) Failed(recording string) (next time.Time, failed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next, failed = p.failed[recording]
	return next, failed
}

// Complete makes the second pass of a recording whose live text is done, if it has none of it as it is in its folder
// now and no person has chosen another layer. It returns when it is stored, or nothing more is tried.
func (p *Passes) Complete(ctx context.Context, r Recording) {
	if r.Length <= 0 {
		return
	}
	waits := p.Waits
	if waits == nil {
		waits = passWaits()
	}
	for try := 1; ; try++ {
		err := p.once(ctx, r.ID)
		if err == nil || ctx.Err() != nil {
			p.made(r.ID)
			return
		}
		if try > len(waits) {
			p.note(r.ID, time.Time{})
			p.Log.Warn("a second pass is given up: the live text stays, and it is tried again when serve starts next", "recording", r.ID, "tries", try, "error", err)
			return
		}
		wait := waits[try-1]
		p.note(r.ID, time.Now().Add(wait))
		p.Log.Warn("a second pass has failed and is tried again; the live text stays", "recording", r.ID, "try", try, "in", wait, "error", err)
		if pause(ctx, wait, nil) != nil {
			return
		}
	}
}

// once makes the pass if it is still due.
func (p *Passes) once(ctx context.Context, recording string) error {
	if _, due, err := p.due(ctx, recording); err != nil || !due {
		return err
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	if err := p.Quiet(ctx); err != nil {
		return err
	}
	r, due, err := p.due(ctx, recording) // another try may have made it meanwhile, or a person chosen
	if err != nil || !due {
		return err
	}
	return p.Make(ctx, r)
}

// due says whether a recording lacks its second pass: it has none, or sound was brought since.
func (p *Passes) due(ctx context.Context, recording string) (r Recording, due bool, err error) {
	name, err := SecondName(filepath.Join(p.Root, recording))
	if errors.Is(err, record.ErrNone) || errors.Is(err, fs.ErrNotExist) {
		return r, false, nil // its folder was taken away
	}
	if err != nil {
		return r, false, err
	}
	r, err = p.Store.Recording(ctx, recording)
	if err != nil || !ByMachine(r.Adopted) {
		return r, false, err
	}
	layers, err := p.Store.LayersOf(ctx, recording)
	return r, err == nil && !slices.Contains(layers, name), err
}

// ByMachine says whether a layer is adopted that a second pass may take the place of.
func ByMachine(adopted string) bool {
	return adopted == LayerLive || strings.HasPrefix(adopted, LayerSecond)
}

func (p *Passes) note(recording string, next time.Time) {
	p.mu.Lock()
	if p.failed == nil {
		p.failed = map[string]time.Time{}
	}
	p.failed[recording] = next
	p.mu.Unlock()
	p.tell(recording)
}

func (p *Passes) made(recording string) {
	p.mu.Lock()
	_, had := p.failed[recording]
	delete(p.failed, recording)
	p.mu.Unlock()
	if had {
		p.tell(recording)
	}
}

func (p *Passes) tell(recording string) {
	if p.Tell != nil {
		p.Tell(recording)
	}
}

// TakeLayer stores a second pass, adopted in the same act where no person has chosen between layers. Done before, it
// changes nothing.
func TakeLayer(ctx context.Context, s Layers, l Layer, by string) error {
	l.Adopt = by
	err := s.NewLayer(ctx, l)
	if fault.CodeOf(err) == fault.Conflict { // it is there already
		return nil
	}
	return err
}
