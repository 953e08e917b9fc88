package capture

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"bienban/audio/record"
	"bienban/internal/fault"
)

// Halls steers the captures of a folder of recordings, whoever started them. It holds nothing: what runs is asked anew
// each time, so that it is right after a restart.
type Halls struct {
	Root string // folder of recordings
	// Begin starts a capture of a meeting in a process of its own (Start) and gives its id; nil where this machine
	// records nothing.
	Begin func(meeting string) (pid int, err error)
	// Waiting tells of a meeting whose capture waits for room on the disk; nil where nobody keeps one running.
	Waiting func(meeting string) (Status, bool)
}

const (
	// beginWait is how long a capture gets to open its device and make its first segment.
	beginWait = 15 * time.Second
	beginLook = 50 * time.Millisecond
)

// Running gives the captures of a meeting that record or are paused now, and the one that waits for room.
func (h Halls) Running(ctx context.Context, meeting string) ([]Status, error) {
	mine, err := h.running(ctx, meeting)
	if err == nil && len(mine) == 0 && h.Waiting != nil {
		if st, waits := h.Waiting(meeting); waits {
			mine = append(mine, st)
		}
	}
	return mine, err
}

// running gives those that answer.
func (h Halls) running(ctx context.Context, meeting string) ([]Status, error) {
	all, err := Running(ctx, h.Root)
	if err != nil {
		return nil, err
	}
	var mine []Status
	for _, st := range all {
		if st.Meeting == meeting && st.State != Ended {
			mine = append(mine, st)
		}
	}
	return mine, nil
}

// Start begins a capture of a meeting, unless one runs, and returns when it answers. fault.Unavailable when this machine
// records nothing or the capture does not come up; what it said is in LogName.
func (h Halls) Start(ctx context.Context, meeting, _ string) error {
	running, err := h.running(ctx, meeting)
	if err != nil || len(running) > 0 {
		return err
	}
	if err := record.RoomFor(h.Root, nil); err != nil {
		return fault.New(fault.Unavailable, "%w: free some space there", err)
	}
	if h.Begin == nil {
		return fault.New(fault.Unavailable, "this server records nothing itself: run bienban capture --meeting %s", meeting)
	}
	pid, err := h.Begin(meeting)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, beginWait)
	defer stop()
	tick := time.NewTicker(beginLook)
	defer tick.Stop()
	for {
		if running, err = h.running(ctx, meeting); err == nil && len(running) > 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "the capture of meeting %s (process %d) does not record: see %s", meeting, pid, filepath.Join(filepath.Base(h.Root), LogName))
		}
	}
}

// Pause begins a closed part in all captures of a meeting. length is announced, 0 when it is not known; where a pause
// goes on it is announced anew. None of them stores anything when it returns nil.
func (h Halls) Pause(ctx context.Context, meeting, who, why string, length time.Duration) error {
	return h.each(ctx, meeting, func(c *Client, st Status) error {
		if st.State == Paused && length == 0 {
			return nil
		}
		return c.Pause(ctx, who, why, length)
	})
}

// Resume ends it in all of them.
func (h Halls) Resume(ctx context.Context, meeting, who, why string) error {
	return h.each(ctx, meeting, func(c *Client, st Status) error {
		if st.State != Paused {
			return nil
		}
		return c.Resume(ctx, who, why)
	})
}

// Stop ends the recordings of a meeting properly.
func (h Halls) Stop(ctx context.Context, meeting, who, why string) error {
	return h.each(ctx, meeting, func(c *Client, _ Status) error { return c.Stop(ctx, who, why) })
}

// each does the same with every capture of a meeting, also when one fails.
func (h Halls) each(ctx context.Context, meeting string, do func(*Client, Status) error) error {
	running, err := h.running(ctx, meeting)
	errs := []error{err}
	for _, st := range running {
		c, err := Connect(ctx, st.Folder)
		if err == nil {
			err = do(c, st)
			_ = c.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
