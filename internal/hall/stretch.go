package hall

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/durable"
)

// Stretches makes the store follow what people did to a recording afterwards.
type Stretches interface {
	// Follow makes the store know the stretches that a recording says were closed,
	// erased or filled afterwards; actor is who caused it, for the audit log. Each
	// that is new has an event of type EventStretches and an audit entry in the
	// same transaction. With one that was erased goes all its text, in every layer,
	// in people's edits, in events, in the state and in the index; text that comes
	// later loses it before it is stored. The same again changes nothing.
	Follow(ctx context.Context, recording, actor string, all []Stretch) error
}

// EventStretches says that a stretch was closed, erased or filled; body: StretchBody.
const EventStretches = "recording_stretches"

// Kinds of a stretch.
const (
	StretchClosed = "closed"
	StretchErased = "erased"
	StretchFilled = "filled"
)

// Stretch is a part of a recording that was closed, erased or filled afterwards.
type Stretch struct {
	Seq    int64     `json:"seq"` // number of its record in the recording
	Kind   string    `json:"kind"`
	From   int64     `json:"from"` // samples
	To     int64     `json:"to"`
	Who    string    `json:"who"`
	Reason string    `json:"reason"` // of what was filled: where its sound is from
	At     time.Time `json:"at"`
}

// StretchBody is an event's body.
type StretchBody struct {
	Recording string `json:"recording"`
	Stretch
}

// stretchesOf reads from a recording what was done to it afterwards.
func stretchesOf(rec *record.Recording) []Stretch {
	place := audio.Position{Rate: rec.Base()}
	var all []Stretch
	add := func(n record.Note, kind, who, reason string, from, to int64) {
		x := Stretch{Seq: n.Seq, Kind: kind, From: place.Speech(from), To: place.Speech(max(from, to-1)) + 1, Who: who, Reason: reason, At: n.Wall.UTC()}
		all = append(all, x)
	}
	for _, n := range rec.Notes() {
		switch {
		case n.Kind == record.KindClosed:
			add(n, StretchClosed, n.Who, n.Reason, n.From, n.To)
		case n.Kind == record.KindErase:
			add(n, StretchErased, strings.Join(n.By, ", "), n.Reason, n.From, n.To)
		case n.Kind == record.KindImport && n.Import != nil:
			for _, f := range n.Import.Fills {
				add(n, StretchFilled, n.Who, n.Import.Origin, f.From, f.To)
			}
		}
	}
	return all
}

// FollowFolder makes a store know what was done afterwards to the recording in dir.
func FollowFolder(ctx context.Context, s Stretches, dir, actor string) error {
	rec, err := record.Open(dir, nil)
	if err != nil {
		return err
	}
	return s.Follow(ctx, rec.Info().ID, actor, stretchesOf(rec))
}

// Afterwards does to recordings what people do to them afterwards: on the disk, where a
// capture runs through it, and then in the store, whose text follows.
type Afterwards struct {
	Root  string // folder of recordings
	Store Stretches
	// Bus forgets the sound of a recording of which something was erased; workers read it
	// from the disk then. Nil: there is none.
	Bus interface {
		DropAudio(ctx context.Context, recording string) error
		Send(subject string, data []byte)
	}
	// Forget removes what else holds a recording's text (a second pass under way); nil: nothing.
	Forget func(recording string) error
}

// Close closes a stretch afterwards, in samples; actor is the account for the audit log.
func (a Afterwards) Close(ctx context.Context, recording, actor string, from, to int64, who, why string) error {
	dir, err := a.dir(recording)
	if err != nil {
		return err
	}
	if err := capture.CloseStretch(ctx, dir, secondsOf(from), secondsOf(to), who, why); err != nil {
		return err
	}
	return a.followed(context.WithoutCancel(ctx), recording, dir, actor)
}

// Erase destroys a stretch, in samples, wherever the installation keeps its sound or its text. A copy on a
// second drive that could not be reached is a *record.CopyError; all else is done then.
func (a Afterwards) Erase(ctx context.Context, recording, actor string, from, to int64, by [2]string, why string) error {
	dir, err := a.dir(recording)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // half of it would leave the text of what is gone
	err = capture.Erase(ctx, dir, "", secondsOf(from), secondsOf(to), by, why)
	var left *record.CopyError
	if err != nil && !errors.As(err, &left) {
		return err
	}
	if a.Bus != nil {
		if err := a.Bus.DropAudio(ctx, recording); err != nil {
			return err
		}
	}
	if a.Forget != nil {
		if err := a.Forget(recording); err != nil {
			return err
		}
	}
	return errors.Join(err, a.followed(ctx, recording, dir, actor))
}

func (a Afterwards) followed(ctx context.Context, recording, dir, actor string) error {
	if err := FollowFolder(ctx, a.Store, dir, actor); err != nil {
		return err
	}
	if a.Bus != nil {
		a.Bus.Send(EventSubject(recording), nil)
	}
	return nil
}

func (a Afterwards) dir(recording string) (string, error) {
	if err := bus.CheckName(recording); err != nil {
		return "", err
	}
	return filepath.Join(a.Root, recording), nil
}

func secondsOf(sample int64) float64 { return float64(sample) / bus.SampleRate }

// ByRecorder is the audit log's name of who tells of a stretch that was not told of when it was made: the recording.
const ByRecorder = "recorder"

// follow finishes what a kill cut off, and lets the store know of stretches that it has not been told of.
func (k *Keeper) follow(ctx context.Context, f folder) error {
	if f.pending && !f.running {
		err := record.Finish(ctx, f.dir, nil)
		var left *record.CopyError
		switch {
		case errors.As(err, &left):
			k.Log.Warn(left.Error(), "recording", f.id)
		case err != nil && !errors.Is(err, durable.ErrLocked):
			return err
		}
	}
	if k.followed == nil {
		k.followed = map[string]int{}
	}
	if n, known := k.followed[f.dir]; n != len(f.stretches) || !known {
		if len(f.stretches) > 0 {
			if err := k.Store.Follow(ctx, f.id, ByRecorder, f.stretches); err != nil {
				return err
			}
			k.Bus.Send(EventSubject(f.id), nil)
		}
		// Whoever erased it may not have reached the bus. Workers read what it had from the disk.
		if slices.ContainsFunc(f.stretches[min(n, len(f.stretches)):], func(x Stretch) bool { return x.Kind == StretchErased }) {
			if k.working(f.dir) {
				return nil // its sound may be on the way there: in the next round
			}
			if err := k.Bus.DropAudio(ctx, f.id); err != nil {
				return err
			}
		}
		k.followed[f.dir] = len(f.stretches)
		if !known && k.Ordered != nil {
			k.jobs.Go(func() { k.Ordered(ctx, f.id, f.meeting) })
		}
	}
	return nil
}

// changed says whether something was made in a folder since it was looked at last.
func (k *Keeper) changed(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || info.ModTime().Equal(k.looked[dir]) {
		return false
	}
	if k.looked == nil {
		k.looked = map[string]time.Time{}
	}
	k.looked[dir] = info.ModTime()
	return true
}
