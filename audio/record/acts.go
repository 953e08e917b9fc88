package record

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Pause begins a closed part: nothing of what comes is stored until Resume, only how long it lasts. When it returns
// nil that is on the disk, and a recorder that is started after a crash wakes paused. Frames taken before it are kept.
// announced is how long it is to last, 0 when that was not said; nothing happens here when it is over. When ctx ends
// while the disk does not answer, the recording is paused all the same and only its record is not on the disk yet.
func (r *Recorder) Pause(ctx context.Context, who, reason string, announced time.Duration) error {
	if strings.TrimSpace(who) == "" {
		return errors.New("pause: who pauses the recording must be said")
	}
	return r.record(ctx, func() (item, error) {
		if r.paused != nil {
			return item{}, fmt.Errorf("pause: the recording is paused already (by %s)", r.paused.Who)
		}
		now := r.opts.Now()
		r.keepGap(now)
		n := &Note{Who: who, Reason: reason, Announced: announced.Seconds()}
		r.paused = &PauseState{Who: who, Reason: reason, At: r.pos, Since: now, Announced: n.Announced}
		return item{kind: KindPauseBegin, wall: now, note: n}, nil
	})
}

// Resume ends a closed part.
func (r *Recorder) Resume(ctx context.Context, who, reason string) error {
	if strings.TrimSpace(who) == "" {
		return errors.New("resume: who resumes the recording must be said")
	}
	return r.record(ctx, func() (item, error) {
		if r.paused == nil {
			return item{}, errors.New("resume: the recording is not paused")
		}
		now := r.opts.Now()
		r.keepGap(now)
		r.paused = nil
		return item{kind: KindPauseEnd, wall: now, note: &Note{Who: who, Reason: reason}}, nil
	})
}

// keepGap books a stretch that is missing so far and lets it go on.
func (r *Recorder) keepGap(now time.Time) {
	why := r.gap
	r.closeGap(now)
	r.gap = why
}

// Gap says that the device delivers nothing from now on (unplugged, asleep). The stretch until the next Append
// becomes a gap whose length is the clock's.
func (r *Recorder) Gap(reason string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped != nil {
		return r.stopped
	}
	r.settle()
	if r.gap == "" {
		r.gap = reason
		if r.end.IsZero() {
			r.end = r.opts.Now()
		}
		r.q.put(item{kind: KindNote, format: r.format, wall: r.opts.Now(),
			note: &Note{Who: "recorder", Reason: "nothing is captured from here on: " + reason}}, 0)
	}
	return nil
}

// Lost says that the device dropped frames in front of what is appended next (its own overflow).
func (r *Recorder) Lost(frames int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped != nil {
		return r.stopped
	}
	if frames <= 0 {
		return nil
	}
	r.settle()
	if r.paused != nil {
		r.skip(frames, r.opts.Now())
		return nil
	}
	s := r.advance(frames)
	r.stat.overflow(s)
	r.q.put(item{kind: KindOverflow, format: r.format, span: s, wall: r.opts.Now(),
		note: &Note{Reason: "the device did not keep up"}}, 0)
	return nil
}

// SetFormat says that what comes from now on has another rate, channel count or sample size. A new segment begins.
func (r *Recorder) SetFormat(f Format) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped != nil {
		return r.stopped
	}
	if f == r.format {
		return nil
	}
	r.settle()
	old := r.format
	r.format, r.in = f, 0
	r.part = nil
	r.q.put(item{kind: KindNote, format: f, wall: r.opts.Now(), note: &Note{Who: "recorder", Reason: fmt.Sprintf(
		"the format changed from %d Hz, %d channels, %d bits to %d Hz, %d channels, %d bits",
		old.Rate, old.Channels, old.Bits, f.Rate, f.Channels, f.Bits)}}, 0)
	return nil
}

// Device records that another device delivers from here on.
func (r *Recorder) Device(name, reason string) error {
	return r.note(KindDevice, Note{Device: name, Reason: reason})
}

// Drift records how much faster the device's clock runs than the machine's, in millionths.
func (r *Recorder) Drift(ppm float64, reason string) error {
	return r.note(KindDrift, Note{PPM: ppm, Reason: reason})
}

// Remark records something else worth keeping. data may be any JSON, or nil.
func (r *Recorder) Remark(who, reason string, data []byte) error {
	return r.note(KindNote, Note{Who: who, Reason: reason, Data: data})
}

func (r *Recorder) note(kind Kind, n Note) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped != nil {
		return r.stopped
	}
	r.settle()
	r.q.put(item{kind: kind, format: r.format, wall: r.opts.Now(), note: &n}, 0)
	return nil
}

// CloseStretch marks a stretch as closed afterwards: positions from to to, in frames of Base. Its audio stays until it
// is erased; readers that honour it leave it out.
func (r *Recorder) CloseStretch(ctx context.Context, from, to int64, who, reason string) error {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(reason) == "" {
		return errors.New("close a stretch: who and why must be said")
	}
	return r.record(ctx, func() (item, error) {
		if from < 0 || to <= from || to > r.pos {
			return item{}, fmt.Errorf("close a stretch: %d to %d is not within the recording's %d frames", from, to, r.pos)
		}
		return item{kind: KindClosed, note: &Note{Who: who, Reason: reason, From: from, To: to}}, nil
	})
}

// clockWatch compares the machine's clock with its monotonic one.
type clockWatch struct {
	start time.Time
	step  time.Duration
}

// clockStep is how far the clock must jump to be worth a record: daylight saving, a time server's correction, sleep
// (during which Linux's monotonic clock stands still); less is slewing.
const clockStep = 250 * time.Millisecond

// watchClock records a jump of the machine's clock, so that estimates of gaps can be judged later.
func (r *Recorder) watchClock(now time.Time) {
	if r.clock.start.IsZero() {
		r.clock.start = now
		return
	}
	wall := now.Round(0).Sub(r.clock.start.Round(0)) // without the monotonic reading
	step := wall - now.Sub(r.clock.start)
	if d := step - r.clock.step; d > clockStep || d < -clockStep {
		r.clock.step = step
		r.q.put(item{kind: KindClock, format: r.format, wall: now,
			note: &Note{StepMS: d.Milliseconds(), Reason: "the machine's clock jumped, or it slept"}}, 0)
	}
}
