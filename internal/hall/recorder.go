package hall

import (
	"context"
	"log/slog"
	"math"
	"path/filepath"
	"time"

	"bienban/internal/capture"
)

// Recorder keeps the capture of one meeting running without owning it: it
// adopts one that runs, starts one when there is none, and again when it was
// cut off. It never ends one: capture outlives whoever started it.
type Recorder struct {
	Root    string // folder of recordings
	Meeting string
	// Start starts a capture in a session of its own (capture.Start).
	Start func() (pid int, err error)
	Log   *slog.Logger
}

const (
	recorderEvery = time.Second
	// startWait is what a capture gets to open its device and begin.
	startWait = 15 * time.Second
)

// Run returns nil when the recording was ended properly, else ctx's error.
func (r *Recorder) Run(ctx context.Context) error {
	seen := ""                       // the recording that runs or ran
	var notBefore time.Time          // a start is being waited for
	rest := recorderEvery            // between two starts
	recorded := int64(math.MaxInt64) // the recording's end at the last start
	before, err := r.newest(ctx)     // an earlier recording of the meeting is not ours
	if err != nil {
		return err
	}
	started := false
	tick := time.NewTicker(recorderEvery)
	defer tick.Stop()
	for {
		found, err := r.newest(ctx)
		ours := found.id != "" && (found.id == seen || started && (found.id != before.id || !before.ended))
		switch {
		case err != nil:
			r.Log.Warn("captures cannot be looked for", "error", err)
		case found.running && seen != found.id:
			seen, rest, notBefore = found.id, recorderEvery, time.Time{}
			r.Log.Info("capture runs", "recording", found.id)
			r.adopt(ctx, found)
		case found.running:
		case ours && found.ended:
			r.Log.Info("capture has ended", "recording", found.id)
			return nil
		case time.Now().After(notBefore) || found.end > recorded:
			if found.end > recorded { // the last one recorded: its end is no sign that none can
				rest = recorderEvery
			}
			recorded = found.end
			pid, err := r.Start()
			if err != nil {
				r.Log.Error("capture cannot be started", "error", err)
			} else {
				r.Log.Info("capture was started", "pid", pid)
				started = true
			}
			rest = min(2*rest, startWait)
			notBefore = time.Now().Add(rest)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// adopt says of a capture that somebody else started, or an earlier serve, how it does.
func (r *Recorder) adopt(ctx context.Context, f folder) {
	ctx, stop := context.WithTimeout(ctx, pauseWait)
	defer stop()
	c, err := capture.Connect(ctx, f.dir)
	if err != nil {
		return // it has its lock and not yet its socket
	}
	defer c.Close()
	if st, err := c.Status(ctx); err == nil {
		r.Log.Info("capture answers", "recording", st.Recording, "pid", st.PID, "state", st.State, "seconds", st.Seconds)
	}
}

// newest finds the meeting's newest recording, one that runs before others.
func (r *Recorder) newest(ctx context.Context) (folder, error) {
	all, err := findRecordings(ctx, r.Root)
	if err != nil {
		return folder{}, err
	}
	var best folder
	for _, f := range all {
		if f.meeting != r.Meeting || filepath.Base(f.dir) != f.id {
			continue
		}
		if f.running && !best.running || f.running == best.running && f.created.After(best.created) {
			best = f
		}
	}
	return best, nil
}
