package portal

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/minutes/desk"
)

// Captures runs and steers the processes that record halls. They outlive this
// one; what runs is found again.
type Captures interface {
	// Running gives those of a meeting that record, or are paused, now.
	Running(ctx context.Context, meeting string) ([]capture.Status, error)
	// Start begins one with the machine's microphone; one that runs is left as it
	// is. It returns when the recording has begun, or with why it does not.
	Start(ctx context.Context, meeting, who string) error
	// Pause begins a closed part in all of them; nothing is stored when it returns
	// nil. length is what is announced, 0 when that is not known. Done before, it
	// announces anew.
	Pause(ctx context.Context, meeting, who, why string, length time.Duration) error
	// Resume ends it.
	Resume(ctx context.Context, meeting, who, why string) error
	// Stop ends the recordings properly.
	Stop(ctx context.Context, meeting, who, why string) error
}

// liveCapture is a capture as the page shows it before the first level comes.
type liveCapture struct {
	Recording, State, Device, Clock string
	Seconds                         float64
	Alarms                          []string
}

// captureWait bounds what is asked of captures while a page waits.
const captureWait = 2 * time.Second

// liveCaptures lists what records this meeting now.
func (q *request) liveCaptures() (recording string, all []liveCapture, canStart bool) {
	st := q.meeting.State
	if r := recordingOf(st, ""); r != nil && r.Length < 0 {
		recording = r.ID
	}
	if q.s.o.Captures == nil {
		return recording, nil, false
	}
	ctx, stop := context.WithTimeout(q.ctx(), captureWait)
	defer stop()
	running, err := q.s.o.Captures.Running(ctx, st.ID)
	if err != nil {
		q.s.log.Warn("captures cannot be asked", "error", err)
	}
	for _, c := range running {
		one := liveCapture{Recording: c.Recording, State: string(c.State), Device: c.Device, Clock: clockOf(c.Seconds), Seconds: c.Seconds}
		for _, a := range c.Alarms {
			one.Alarms = append(one.Alarms, map[bool]string{true: a.VI, false: a.EN}[q.language == "vi"])
		}
		all = append(all, one)
	}
	return recording, all, q.may(desk.Record)
}

// startWait is how long a device may take to open.
const startWait = 20 * time.Second

// captureForm starts or stops recording: POST /m/{id}/capture with do=start or do=stop.
func (q *request) captureForm() error {
	if q.s.o.Captures == nil {
		return fault.New(fault.Unavailable, "this server records nothing")
	}
	ctx, stop := context.WithTimeout(q.ctx(), startWait)
	defer stop()
	id, who := q.meetingID(), q.account.Name
	var notice string
	switch q.r.PostFormValue("do") {
	case "start":
		if !q.meeting.State.Phase.Live() && q.meeting.State.Phase != desk.Prepared {
			return fault.New(fault.Locked, "a meeting that is over is not recorded")
		}
		if err := q.s.o.Captures.Start(ctx, id, who); err != nil {
			return err
		}
		notice = "capture.started"
	case "stop":
		if err := q.s.o.Captures.Stop(ctx, id, who, "stopped on the live desk"); err != nil {
			return err
		}
		notice = "capture.stopped"
	default:
		return fault.New(fault.Invalid, "do must be start or stop")
	}
	if q.wantsJSON() {
		return q.json(200, map[string]string{"message": q.t(notice)})
	}
	return q.done(notice, "/m/"+id+"/live")
}

// steerCapture makes the captures do what an act says, before it is noted: a
// closed part has begun when nothing is stored any more, not when it is written
// down. Whether the person may do the act was not asked yet, so it is here.
func (q *request) steerCapture(a desk.Act) error {
	if q.s.o.Captures == nil {
		return nil
	}
	var do func(ctx context.Context, who string) error
	switch a.Kind {
	case desk.KindPaused:
		var b desk.Paused
		if json.Unmarshal(a.Body, &b) != nil {
			return nil // the store says what is wrong with it
		}
		do = func(ctx context.Context, who string) error {
			return q.s.o.Captures.Pause(ctx, q.meetingID(), who, b.Reason, time.Duration(b.Minutes)*time.Minute)
		}
	case desk.KindRehearsal, desk.KindRehearsalDiscarded: // what is rehearsed and what counts are recordings of their own
		do = func(ctx context.Context, who string) error {
			return q.s.o.Captures.Stop(ctx, q.meetingID(), who, "a rehearsal begins or ends")
		}
	case desk.KindResumed:
		do = func(ctx context.Context, who string) error { return q.s.o.Captures.Resume(ctx, q.meetingID(), who, "") }
	case desk.KindPhase:
		var b desk.PhaseChanged
		if json.Unmarshal(a.Body, &b) != nil {
			return nil
		}
		switch b.To {
		case desk.Closed:
			return nil // recording goes on until somebody stops it: people talk on, and a meeting is closed too early
		case desk.Running:
			do = func(ctx context.Context, who string) error { return q.s.o.Captures.Resume(ctx, q.meetingID(), who, "") }
		default:
			return nil
		}
	default:
		return nil
	}
	m, err := q.s.o.Desk.Load(q.ctx(), q.viewer(), q.meetingID())
	if err != nil {
		return err
	}
	if !m.Roles.May(desk.Run) || !slices.Contains([]desk.Phase{desk.Prepared, desk.Running, desk.Recess, desk.ClosedPart, desk.Closed}, m.State.Phase) {
		return nil // the store refuses it
	}
	ctx, stop := context.WithTimeout(q.ctx(), startWait)
	defer stop()
	return do(ctx, q.account.Name)
}
