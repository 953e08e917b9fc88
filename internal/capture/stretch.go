package capture

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"time"

	"bienban/audio"
	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/fault"
)

// ImportSource is a recording that another device made.
type ImportSource struct {
	File string    // its path
	Name string    // what people call it
	Who  string    // who brings it
	At   time.Time // when its first frame was recorded, by its own clock; zero where that is not known
}

func (i ImportSource) options() record.ImportOptions {
	return record.ImportOptions{At: i.At, Origin: i.Name, Who: i.Who}
}

func (i ImportSource) open(ctx context.Context) (audio.Source, error) { return audio.Open(ctx, i.File) }

// CloseStretch closes a stretch of the recording in dir afterwards, whether a capture runs on it or not. from and to are
// seconds of the recording; what lies beyond its end is left out.
//
// Errors: fault.NotFound where there is no recording; fault.Invalid for a stretch that it does not have, and for what a
// record needs and was not said; fault.Conflict while something else writes to it.
func CloseStretch(ctx context.Context, dir string, from, to float64, who, why string) error {
	return reach(ctx, dir, func(c *Client) error { return c.CloseStretch(ctx, from, to, who, why) }, func(rec *record.Recording) error {
		a, b, err := positions(from, to, rec.End(), rec.Base())
		if err != nil {
			return err
		}
		if err := sayable(who, why); err != nil {
			return err
		}
		return record.CloseStretch(ctx, dir, nil, a, b, who, why)
	})
}

// Erase destroys the sound of a stretch of the recording in dir for good, here, in what was imported and in its copy.
// That both people may decide it is for the caller to know. mirror is the copy's folder, "" for the one that the recording
// was made with. Errors are those of CloseStretch; a *record.CopyError where only the copy could not be reached.
func Erase(ctx context.Context, dir, mirror string, from, to float64, by [2]string, why string) error {
	return reach(ctx, dir, func(c *Client) error { return c.Erase(ctx, from, to, by, why) }, func(rec *record.Recording) error {
		a, b, err := positions(from, to, rec.End(), rec.Base())
		if err != nil {
			return err
		}
		e, err := order(a, b, by, why)
		if err != nil {
			return err
		}
		return invalid(record.Erase(ctx, dir, nil, mirror, e))
	})
}

// Fill fills gaps of the recording in dir with another device's, aligned by sound and by the clock. It returns when all
// is on the disk. Errors are those of CloseStretch; fault.Invalid also for a file that is no sound, fits nowhere or fills
// nothing.
func Fill(ctx context.Context, dir string, i ImportSource) (rec *record.ImportRecord, err error) {
	if i.File, err = filepath.Abs(i.File); err != nil {
		return nil, fault.New(fault.Invalid, "import %s: %w", i.Name, err)
	}
	err = reach(ctx, dir, func(c *Client) error {
		rec, err = c.Import(ctx, i.File, i.Name, i.Who, i.At)
		return err
	}, func(*record.Recording) error {
		src, err := i.open(ctx) // a file that is none leaves nothing in the recording
		if err != nil {
			return invalid(err)
		}
		_ = src.Close()
		rec, err = record.Import(ctx, dir, i.open, i.options(), nil)
		return invalid(err)
	})
	return rec, err
}

// How often, and how soon again, a recording is tried that was neither at rest nor answered: a capture that begins or
// ends, or another act on it.
const (
	reachTries = 20
	reachPause = 250 * time.Millisecond
)

// reach does something to a recording through the capture that runs on it, else to what lies on the disk.
func reach(ctx context.Context, dir string, running func(*Client) error, resting func(*record.Recording) error) error {
	for try := 1; ; try++ {
		c, err := Connect(ctx, dir)
		if err == nil {
			err = running(c)
			_ = c.Close()
			return err
		}
		rec, err := record.Open(dir, nil)
		if errors.Is(err, record.ErrNone) {
			return fault.New(fault.NotFound, "%s: there is no recording", dir)
		}
		if err != nil {
			return fault.New(fault.Unavailable, "%s: %w", dir, err)
		}
		err = resting(rec)
		if !errors.Is(err, durable.ErrLocked) {
			return err
		}
		if try == reachTries {
			return fault.New(fault.Conflict, "recording %s: something else writes to it and does not answer; try again when it has ended", filepath.Base(dir))
		}
		select {
		case <-time.After(reachPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// positions turns seconds of a recording into positions within it, widened to whole frames.
func positions(from, to float64, end int64, base int) (a, b int64, err error) {
	if !(from >= 0 && to > from && to < math.MaxInt32) {
		return 0, 0, fault.New(fault.Invalid, "from %v s to %v s is no stretch", from, to)
	}
	a, b = int64(math.Floor(from*float64(base))), min(end, int64(math.Ceil(to*float64(base))))
	if a >= end {
		return 0, 0, fault.New(fault.Invalid, "from %v s to %v s: the recording has %.1f s", from, to, float64(end)/float64(base))
	}
	return a, b, nil
}

// sayable says whether it was said who closes a stretch and why.
func sayable(who, why string) error {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" {
		return fault.New(fault.Invalid, "close a stretch: who and why must be said")
	}
	return nil
}

// order makes an order to erase that names two people and a reason.
func order(from, to int64, by [2]string, why string) (record.Erasure, error) {
	e := record.Erasure{From: from, To: to, By: by, Reason: why}
	if err := e.Check(); err != nil {
		return e, fault.New(fault.Invalid, "%w", err)
	}
	return e, nil
}

// invalid gives errors that the caller can mend their code.
func invalid(err error) error {
	var format *audio.FormatError
	if errors.As(err, &format) || errors.Is(err, record.ErrNothingToFill) || errors.Is(err, record.ErrNotAligned) ||
		errors.Is(err, record.ErrNoAudio) || errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Invalid, "%w", err)
	}
	return err
}

// stretch answers a request to close, erase or import.
func (c *capture) stretch(ctx context.Context, r Request) (reply Reply, err error) {
	var a, b int64
	if r.Cmd != "import" {
		if a, b, err = positions(r.From, r.To, c.rec.Position(), c.rec.Base()); err != nil {
			return reply, err
		}
	}
	reply.OK = true
	switch r.Cmd {
	case "close":
		if err := sayable(r.Who, r.Why); err != nil {
			return reply, err
		}
		return reply, c.rec.CloseStretch(ctx, a, b, r.Who, r.Why)
	case "erase":
		if len(r.By) != 2 {
			return reply, fault.New(fault.Invalid, "erase: by must name two people")
		}
		e, err := order(a, b, [2]string{r.By[0], r.By[1]}, r.Why)
		if err != nil {
			return reply, err
		}
		err = c.rec.Erase(ctx, e)
		var left *record.CopyError
		if errors.As(err, &left) {
			reply.Copy, reply.Error = left.Folder, left.Err.Error()
			return reply, nil
		}
		return reply, invalid(err)
	}
	if !filepath.IsAbs(r.File) {
		return reply, fault.New(fault.Invalid, "import: file must be a whole path")
	}
	i := ImportSource{File: r.File, Name: r.Name, Who: r.Who, At: r.At}
	if i.Name == "" {
		i.Name = filepath.Base(r.File)
	}
	if i.Who == "" {
		return reply, fault.New(fault.Invalid, "import: who brings the recording must be said")
	}
	if reply.Import, err = c.rec.Import(ctx, i.open, i.options()); err != nil {
		return reply, fmt.Errorf("import %s: %w", i.Name, invalid(err))
	}
	return reply, nil
}
