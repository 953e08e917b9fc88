package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"bienban/audio/record"
	"bienban/internal/durable"
	"bienban/internal/fault"
	"bienban/models"
)

type verifyCmd struct {
	Path string `arg:"" help:"A recording's folder, or a folder with recordings in it: the data folder, a mirror."`
	JSON bool   `help:"Print a report for machines."`
}

// Run checks each byte of recordings against their hash chains. A gap that was
// recorded as one is shown and is no damage: what makes the exit code 3 is that
// something was changed, removed or moved since.
func (c *verifyCmd) Run(ctx context.Context, e *env) error {
	info, err := os.Stat(c.Path)
	switch {
	case os.IsNotExist(err):
		return fault.New(fault.Invalid, "%s: no such folder", c.Path)
	case err != nil:
		return fault.New(fault.Unavailable, "%s: cannot be read: %w", c.Path, err)
	case !info.IsDir():
		return fault.New(fault.Invalid, "%s: is a file: verify takes a recording's folder, or a data folder", c.Path)
	}
	fsys := &countedFS{FS: durable.OS()}
	stop := e.showReading(c.Path, &fsys.read)
	defer stop()
	var (
		all   = []heldRecording{}
		sum   record.Summary
		value any
	)
	if record.IsRecording(c.Path, fsys) {
		sum.Recordings = make([]record.Report, 1)
		if sum.Recordings[0], err = record.Verify(ctx, c.Path, fsys); err == nil {
			sum.AudioSeconds, sum.Whole, sum.Unread = sum.Recordings[0].AudioSeconds, sum.Recordings[0].Whole, []record.Unread{}
		}
	} else {
		sum, err = record.VerifyAll(ctx, c.Path, fsys)
	}
	if errors.Is(err, record.ErrNone) {
		return fault.New(fault.Invalid, "%s: no recording is there: %w", c.Path, err)
	}
	if err != nil {
		return err
	}
	for _, rep := range sum.Recordings {
		h, err := holdRecording(rep)
		if err != nil { // its bytes could be read a moment ago
			sum.Unread, sum.Whole = append(sum.Unread, record.Unread{Folder: rep.Folder, Why: oneLine(err)}), false
		}
		all = append(all, h)
	}
	stop()
	one := len(all) == 1 && all[0].Folder == c.Path // also of one whose segments were all removed
	if one {
		value = all[0]
	} else {
		value = heldFolder{Folder: c.Path, AudioSeconds: sum.AudioSeconds, Whole: sum.Whole, Recordings: all, Unread: sum.Unread}
	}
	if c.JSON {
		out := json.NewEncoder(e.stdout)
		out.SetIndent("", "  ")
		err = out.Encode(value)
	} else {
		err = e.tellVerified(all, sum.Unread, one)
	}
	switch {
	case err != nil:
		return err
	case len(sum.Unread) > 0: // what is in them may be worse than any damage that was found
		return fault.New(fault.Unavailable, e.tongueOf("").say("%s: %d folders could not be read: run verify as the user who owns them, or look at the drive; the rest was checked",
			"%s: có %d thư mục không đọc được: hãy chạy verify bằng tài khoản sở hữu chúng, hoặc xem lại ổ đĩa; phần còn lại đã được kiểm tra"), c.Path, len(sum.Unread))
	case !sum.Whole:
		return errReview
	}
	return nil
}

// heldFolder is what is printed of a folder with recordings in it.
type heldFolder struct {
	Folder       string          `json:"folder"`
	AudioSeconds float64         `json:"audio_seconds"` // of all
	Whole        bool            `json:"whole"`         // all are
	Recordings   []heldRecording `json:"recordings"`
	// Unread are folders that could not be read, or a file in which could not.
	Unread []record.Unread `json:"unread"`
}

// heldRecording is what is printed of a recording: what the check found, and
// what the recording itself tells of the stretches that hold no sound.
type heldRecording struct {
	record.Report
	Gaps        []heldStretch `json:"gaps"`
	Pauses      []heldStretch `json:"pauses"`
	ClosedParts []heldStretch `json:"closed_parts"` // closed afterwards
	Erased      []heldStretch `json:"erasures"`
	Fills       []heldStretch `json:"fills"`            // gaps in which another device's sound stands; reason: which
	Origin      string        `json:"origin,omitempty"` // the file that the recording was made of
}

// heldStretch is a stretch, in seconds from the recording's beginning.
type heldStretch struct {
	Start     float64   `json:"start"`
	End       float64   `json:"end"`
	Kind      string    `json:"kind"`
	Who       string    `json:"who,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Estimated bool      `json:"estimated,omitempty"` // its length is the clock's
	Clock     time.Time `json:"clock,omitzero"`      // the machine's clock when it was written down
}

// holdRecording adds what a recording tells of itself; one that is too broken to be
// opened tells nothing.
func holdRecording(rep record.Report) (heldRecording, error) {
	h := heldRecording{Report: rep, Gaps: []heldStretch{}, Pauses: []heldStretch{}, ClosedParts: []heldStretch{}, Erased: []heldStretch{}, Fills: []heldStretch{}}
	rec, err := record.Open(rep.Folder, nil)
	if errors.Is(err, record.ErrNone) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	base := float64(rec.Base())
	h.Origin = rec.Info().Origin
	for _, k := range []struct {
		into *[]heldStretch
		from []record.Stretch
	}{{&h.Gaps, rec.Gaps()}, {&h.Pauses, rec.Pauses()}, {&h.ClosedParts, rec.Closed()}, {&h.Erased, rec.Erased()}, {&h.Fills, rec.Filled()}} {
		for _, s := range k.from {
			from, to := min(max(0, s.From), rec.End()), min(max(0, s.To), rec.End()) // a note may say anything
			*k.into = append(*k.into, heldStretch{Start: float64(from) / base, End: float64(to) / base, Kind: s.Kind.String(),
				Who: s.Who, Reason: s.Reason, Estimated: s.Estimated, Clock: s.Wall})
		}
	}
	return h, nil
}

// countedFS counts what is read, for showing that something goes on.
type countedFS struct {
	durable.FS
	read atomic.Int64
}

func (c *countedFS) Open(path string, write bool) (durable.File, error) {
	f, err := c.FS.Open(path, write)
	if err != nil {
		return nil, err
	}
	return countedFile{f, &c.read}, nil
}

type countedFile struct {
	durable.File
	read *atomic.Int64
}

func (f countedFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(b, off)
	f.read.Add(int64(n))
	return n, err
}

// showReading shows how much was read until stop is called; twice does nothing.
func (e *env) showReading(what string, read *atomic.Int64) (stop func()) {
	over, ended := make(chan struct{}), make(chan struct{})
	p := e.progress("verify")
	go func() {
		defer close(ended)
		tick := time.NewTicker(everyTerminal)
		defer tick.Stop()
		p.last = time.Now() // what is done at once needs no progress
		for {
			select {
			case <-over:
				p.clear()
				return
			case <-tick.C:
				p.show(false, e.tongueOf("").say("%s: %s read", "%s: đã đọc %s"), what, models.Bytes(read.Load()))
			}
		}
	}()
	done := false
	return func() {
		if !done {
			done = true
			close(over)
			<-ended
		}
	}
}
