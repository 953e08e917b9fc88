package hall

import (
	"context"
	"log/slog"
	"math"
	"sync"
	"time"

	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/inhibit"
)

// Recorder keeps the capture of one meeting running without owning it: it
// adopts one that runs, starts one when there is none, and again when it was
// cut off. It never ends one: capture outlives whoever started it. While the
// disk has no room for a recording it says so, and starts one once there is.
type Recorder struct {
	Root    string        // folder of recordings
	Shelf   *record.Shelf // keeps the meeting's open from one look to the next; nil: each look reads all
	Meeting string
	// Start starts a capture in a session of its own (capture.Start).
	Start func() (pid int, err error)
	// Tell gets the state of a capture that waits for room, each time it is
	// looked for, and once more when that is over; nil: nobody is told.
	Tell func(capture.Status)
	// Room says whether a recording can begin in a folder; nil is record.RoomFor.
	Room func(dir string) error
	// Every is how often captures are looked for; 0 is a second.
	Every time.Duration
	Log   *slog.Logger

	mu      sync.Mutex
	waiting *capture.Status // nil while there is room
}

const (
	recorderEvery = time.Second
	// startWait is what a capture gets to open its device and begin.
	startWait = 15 * time.Second
	// fullRest is the longest rest between two recordings on a disk that fills
	// again and again; one that lasted longer begins with short rests anew.
	fullRest = time.Minute
	// fullSaid is how often the log says that the disk is still full.
	fullSaid = time.Minute
)

// keeping is what Run knows from one look to the next.
type keeping struct {
	every     time.Duration
	before    folder        // the meeting's recording that is over; the next one is another
	started   bool          // a capture, since then
	seen      string        // the recording that runs or ran
	answered  bool          // its capture did, once
	notBefore time.Time     // a start is being waited for
	rest      time.Duration // between two starts
	full      time.Duration // between two recordings that the disk ended
	recorded  int64         // the recording's end at the last start
	said      time.Time     // when the log last said that the disk is full
}

// Run returns nil when the recording was ended properly, else ctx's error.
func (r *Recorder) Run(ctx context.Context) error {
	k := &keeping{every: r.Every, recorded: math.MaxInt64}
	if k.every == 0 {
		k.every = recorderEvery
	}
	k.rest, k.full = k.every, k.every
	var err error
	if k.before, err = r.newest(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(k.every)
	defer tick.Stop()
	for {
		found, err := r.newest(ctx)
		ours := found.id != "" && (found.id == k.seen || k.started && (found.id != k.before.id || !k.before.ended))
		switch {
		case err != nil:
			r.Log.Warn("captures cannot be looked for", "error", err)
		case found.running && k.seen != found.id:
			k.seen, k.rest, k.notBefore = found.id, k.every, time.Time{}
			r.roomy()
			r.Log.Info("capture runs", "recording", found.id)
			k.answered = r.adopt(ctx, found)
		case found.running:
			k.answered = k.answered || r.adopt(ctx, found)
		case ours && found.full:
			r.filled(k, found)
		case ours && found.ended:
			r.Log.Info("capture has ended", "recording", found.id)
			return nil
		default:
			r.start(k, found)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// start starts a capture when it is time and the disk has room.
func (r *Recorder) start(k *keeping, found folder) {
	room := r.Room
	if room == nil {
		room = func(dir string) error { return record.RoomFor(dir, nil) }
	}
	if err := room(r.Root); err != nil {
		r.crowded(k, found, err)
		return
	}
	if time.Now().Before(k.notBefore) && found.end <= k.recorded {
		r.crowded(k, found, nil)
		return
	}
	r.roomy()
	if found.end > k.recorded { // the last one recorded: its end is no sign that none can
		k.rest = k.every
	}
	k.recorded = found.end
	pid, err := r.Start()
	if err != nil {
		r.Log.Error("capture cannot be started", "error", err)
	} else {
		r.Log.Info("capture was started", "pid", pid)
		k.started = true
	}
	k.rest = min(2*k.rest, startWait)
	k.notBefore = time.Now().Add(k.rest)
}

// filled makes a recording that the disk ended an earlier one: what comes is
// another recording.
func (r *Recorder) filled(k *keeping, found folder) {
	r.Log.Error("the disk is full: the recording was ended; it goes on in another one once there is room", "recording", found.id, "seconds", found.end/bus.SampleRate)
	k.before, k.started, k.seen, k.recorded, k.said = found, false, "", math.MaxInt64, time.Now()
	if found.end >= int64(fullRest.Seconds())*bus.SampleRate {
		k.full = k.every
	}
	k.notBefore = time.Now().Add(k.full)
	k.full = min(2*k.full, fullRest)
	r.wait(found)
}

// crowded waits for room, and says so now and then. Without a why it only goes
// on waiting, if it does.
func (r *Recorder) crowded(k *keeping, found folder, why error) {
	_, waits := r.Waiting(r.Meeting)
	if why == nil && !waits {
		return
	}
	r.wait(found)
	if now := time.Now(); why != nil && now.Sub(k.said) >= fullSaid {
		k.said = now
		r.Log.Error("the disk is full and nothing is recorded; free some space and recording begins by itself", "meeting", r.Meeting, "why", why)
	}
}

// wait tells that a capture waits for room.
func (r *Recorder) wait(f folder) {
	r.mu.Lock()
	if r.waiting == nil {
		now := time.Now()
		st := capture.Status{State: capture.NoRoom, Meeting: r.Meeting, Recording: f.id, Folder: f.dir, Started: now, Session: true,
			Seconds: float64(f.end) / bus.SampleRate, Durable: float64(f.end) / bus.SampleRate, Alarms: []alarm.Alarm{alarm.Waiting(now)},
			Power: inhibit.Power{Charge: -1}}
		st.Record.Disk.Full = true
		if f.id == "" {
			st.Recording = capture.RecordingName(r.Meeting) // as the first one will be called
		}
		r.waiting = &st
	}
	st := *r.waiting
	r.mu.Unlock()
	r.tell(st)
}

// roomy tells that nothing waits for room any more, if something did.
func (r *Recorder) roomy() {
	r.mu.Lock()
	waited := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	if waited == nil {
		return
	}
	r.Log.Info("there is room on the disk again", "meeting", r.Meeting)
	st := *waited
	st.State, st.Alarms = capture.Ended, []alarm.Alarm{}
	r.tell(st)
}

func (r *Recorder) tell(st capture.Status) {
	if r.Tell != nil {
		r.Tell(st)
	}
}

// Waiting gives the state of a meeting's capture that waits for room on the
// disk, and whether one does.
func (r *Recorder) Waiting(meeting string) (capture.Status, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if meeting != r.Meeting || r.waiting == nil {
		return capture.Status{}, false
	}
	return *r.waiting, true
}

// adopt says of a capture that somebody else started, or an earlier serve, how
// it does. One that has its lock and not yet its socket is asked again.
func (r *Recorder) adopt(ctx context.Context, f folder) bool {
	ctx, stop := context.WithTimeout(ctx, pauseWait)
	defer stop()
	c, err := capture.Connect(ctx, f.dir)
	if err != nil {
		return false
	}
	defer c.Close()
	st, err := c.Status(ctx)
	if err == nil {
		r.Log.Info("capture answers", "recording", st.Recording, "pid", st.PID, "state", st.State, "seconds", st.Seconds)
	}
	return err == nil
}

// newest finds the meeting's newest recording, one that runs before others.
func (r *Recorder) newest(ctx context.Context) (folder, error) {
	all, err := findRecordings(ctx, r.Shelf, r.Root, r.Meeting)
	if err != nil {
		return folder{}, err
	}
	var best folder
	for _, f := range all {
		if f.meeting != r.Meeting {
			continue
		}
		if f.running && !best.running || f.running == best.running && f.created.After(best.created) {
			best = f
		}
	}
	return best, nil
}
