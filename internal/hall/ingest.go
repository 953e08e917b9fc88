package hall

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
)

// Pauses of the ingester.
const (
	// aheadPause is when a final is looked at again whose forerunner is not there
	// yet: it is being delivered again.
	aheadPause = 250 * time.Millisecond
	// awayPause is when a store or bus is tried again that did not answer.
	awayPause = time.Second
	// unknownMost is how often a final of a recording is delivered that nobody
	// knows before it is put aside.
	unknownMost = 20
)

// IngestBus is what the ingester needs of a bus.
type IngestBus interface {
	bus.FinalSource
	bus.Notices
	LeaseOf(ctx context.Context, key string) (bus.LeaseState, error)
}

// Ingester takes text from the queue of finals into the store. There is one.
type Ingester struct {
	Bus   IngestBus
	Store FinalStore
	Log   *slog.Logger
}

// Run stores finals until ctx ends, which is its error. A bus or store that is
// away is waited for.
func (in *Ingester) Run(ctx context.Context) error {
	var said seldom
	for {
		err := in.queue(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if said.again(err.Error()) {
			in.Log.Warn("finals cannot be read; trying again", "error", err)
		}
		if err := pause(ctx, awayPause, nil); err != nil {
			return err
		}
	}
}

func (in *Ingester) queue(ctx context.Context) error {
	r, err := in.Bus.Finals(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		d, err := r.Next(ctx)
		if err != nil {
			return err
		}
		if err := in.take(ctx, d); err != nil {
			return err
		}
	}
}

// take answers one delivery. Its error is the bus's.
func (in *Ingester) take(ctx context.Context, d bus.Delivery) error {
	f := d.Final()
	log := in.Log.With("recording", f.Recording, "epoch", f.Epoch, "from", f.From, "to", f.To)
	err := in.store(ctx, f)
	var refused *Refused
	switch {
	case err == nil:
		if err := d.Ack(ctx); err != nil {
			return err // it comes again, and is known then
		}
		in.Bus.Send(EventSubject(f.Recording), nil)
		return nil
	case ctx.Err() != nil:
		return ctx.Err() // not answered: it comes again
	case errors.As(err, &refused):
		switch refused.Reason {
		case Ahead:
			return d.Nak(ctx, aheadPause)
		case Stale:
			// Expected after a hand-over: its successor hears the stretch itself.
			log.Info("final of an epoch that is over is left out", "newest", refused.Epoch)
			return d.Ack(ctx)
		}
		log.Warn("final is refused for good", "reason", refused.Reason, "final_upto", refused.FinalUpTo)
		return d.Bury(ctx, err.Error())
	case fault.CodeOf(err) == fault.NotFound && d.Attempt() < unknownMost:
		return d.Nak(ctx, awayPause)
	case fault.CodeOf(err) == fault.NotFound, fault.CodeOf(err) == fault.Invalid:
		log.Error("final cannot be stored and is put aside", "error", err)
		return d.Bury(ctx, err.Error())
	}
	log.Warn("final cannot be stored now", "error", err)
	return d.Nak(ctx, awayPause)
}

// store accepts a final, under the newest epoch that the lease tells of.
func (in *Ingester) store(ctx context.Context, f bus.Final) error {
	var p payload
	if err := json.Unmarshal(f.Payload, &p); err != nil {
		return fault.New(fault.Invalid, "final of recording %s: its text cannot be read: %w", f.Recording, err)
	}
	lease, err := in.Bus.LeaseOf(ctx, f.Recording)
	if err != nil {
		return err
	}
	if lease.Epoch > f.Epoch {
		if _, err := in.Store.RaiseEpoch(ctx, f.Recording, lease.Epoch); err != nil {
			return err
		}
	}
	final := Final{Recording: f.Recording, Epoch: f.Epoch, From: f.From, To: f.To, Segments: p.Segments, Language: p.Language}
	for _, c := range p.Coverage {
		final.Coverage = append(final.Coverage, Cover(c))
	}
	return in.Store.AcceptFinal(ctx, final)
}
