package portal

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"bienban/internal/fault"
	"bienban/minutes/desk"
	"bienban/portal/microphone"
)

// Microphones takes what browsers hear into recordings (package microphone).
type Microphones interface {
	State(meeting, stream string) (microphone.State, error)
	Take(ctx context.Context, meeting, stream string, p microphone.Part) (microphone.State, error)
	End(ctx context.Context, meeting, stream, who string) error
	EndAll(ctx context.Context, meeting, who string) error
}

func (s *Server) microphoneRoutes() []route {
	at := "/m/{id}/microphone/{stream}"
	return []route{
		meetingPage("/microphone", desk.Record, (*request).microphone),
		{pattern: "GET " + at, who: ofMeeting, permission: desk.Record, load: true, handle: (*request).microphoneState},
		{pattern: "POST " + at, who: ofMeeting, permission: desk.Record, load: true, handle: (*request).microphonePart},
		{pattern: "POST " + at + "/end", who: ofMeeting, permission: desk.Record, load: true, handle: (*request).microphoneEnd},
	}
}

// microphonePage is the page on which a laptop is a microphone.
type microphonePage struct {
	User string
	Seq  int64
	May  bool // a microphone can be switched on now
	Rest bool // the meeting is closed: only what a browser still holds is taken
}

func (q *request) microphone() error {
	return q.show(page{Name: "microphone", Tab: "tab.live", Title: q.t("microphone.title") + " · " + q.meeting.State.Head.Title,
		Styles: []string{"live.css"}, Scripts: []string{"microphone.js"}, Texts: []string{"micjs."},
		Data: microphonePage{User: q.account.ID, Seq: q.meeting.Seq, May: hears(q.meeting.State.Phase) && q.s.o.Microphones != nil,
			Rest: q.meeting.State.Phase == desk.Closed && q.s.o.Microphones != nil}})
}

// hears says whether microphones may be on in this phase.
func hears(p desk.Phase) bool { return p == desk.Prepared || p.Live() }

// takesSound says whether a meeting in this phase takes sound in. What a browser
// held through an outage may come after the close.
func takesSound(p desk.Phase) bool { return hears(p) || p == desk.Closed }

func (q *request) microphones() (Microphones, string, error) {
	if q.s.o.Microphones == nil {
		return nil, "", fault.New(fault.Unavailable, "this server records nothing")
	}
	return q.s.o.Microphones, q.r.PathValue("stream"), nil
}

// microphoneState is GET /m/{id}/microphone/{stream}: how much of it is stored.
func (q *request) microphoneState() error {
	m, stream, err := q.microphones()
	if err != nil {
		return err
	}
	st, err := m.State(q.meetingID(), stream)
	if err != nil {
		return err
	}
	return q.tellMicrophone(http.StatusOK, st)
}

// tellMicrophone answers a browser with how far its stream is, and whether the
// meeting is over, so that it switches off, sends the rest and ends the stream.
func (q *request) tellMicrophone(status int, st microphone.State) error {
	return q.json(status, struct {
		microphone.State
		Over bool `json:"over,omitempty"`
	}{st, !hears(q.meeting.State.Phase)})
}

// microphoneGrace is how long a browser gets, once the meeting is closed, to send
// what it still has. What comes later becomes a recording of its own.
const microphoneGrace = 15 * time.Second

// endMicrophones ends the streams that an act makes an end of: at the close of a
// meeting those that are still there after the grace; where a rehearsal begins or
// is discarded all at once.
func (q *request) endMicrophones(a desk.Act) {
	id, who, viewer := q.meetingID(), q.account.Name, q.viewer()
	end := func() {
		ctx, stop := context.WithTimeout(context.Background(), startWait)
		defer stop()
		if err := q.s.o.Microphones.EndAll(ctx, id, who); err != nil {
			q.s.log.Warn("a microphone's recording does not end", "meeting", id, "error", err)
		}
	}
	switch a.Kind {
	case desk.KindRehearsal, desk.KindRehearsalDiscarded:
		end()
	case desk.KindPhase:
		var b desk.PhaseChanged
		if json.Unmarshal(a.Body, &b) != nil || b.To != desk.Closed {
			return
		}
		time.AfterFunc(q.s.microphoneGrace, func() {
			ctx, stop := context.WithTimeout(context.Background(), captureWait)
			defer stop()
			if m, err := q.s.o.Desk.Load(ctx, viewer, id); err == nil && hears(m.State.Phase) {
				return // opened again
			}
			end()
		})
	}
}

// microphonePart is POST /m/{id}/microphone/{stream}?at=&rate=&lost=&age=&label=:
// 16-bit samples from sample at on; age is how many milliseconds ago the first
// was heard. 409 with the stream's state when the part does not join.
func (q *request) microphonePart() error {
	m, stream, err := q.microphones()
	if err != nil {
		return err
	}
	if !takesSound(q.meeting.State.Phase) {
		return fault.New(fault.Locked, "the meeting is over")
	}
	var n [4]int64
	for i, name := range []string{"at", "rate", "lost", "age"} {
		if n[i], err = q.sample(name); err != nil {
			return err
		}
	}
	pcm, err := io.ReadAll(q.r.Body)
	if err != nil {
		return err
	}
	const oldest = 7 * 24 * 3600 * 1000 // ms: longer than a browser keeps anything through
	p := microphone.Part{At: n[0], Rate: int(min(n[1], 1<<20)), Lost: n[2], PCM: pcm, Label: clip(q.r.URL.Query().Get("label"), 200),
		Heard: q.s.now().Add(-time.Duration(min(n[3], oldest)) * time.Millisecond)}
	st, err := m.Take(q.ctx(), q.meetingID(), stream, p)
	if fault.CodeOf(err) == fault.Conflict {
		q.s.log.Info("a microphone's part does not join", "meeting", q.meetingID(), "at", strconv.FormatInt(p.At, 10), "error", err)
		return q.tellMicrophone(http.StatusConflict, st)
	}
	if err != nil {
		return err
	}
	return q.tellMicrophone(http.StatusOK, st)
}

// microphoneEnd is POST …/end: the recording is complete.
func (q *request) microphoneEnd() error {
	m, stream, err := q.microphones()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(q.ctx(), startWait)
	defer stop()
	if err := m.End(ctx, q.meetingID(), stream, q.account.Name); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return fault.New(fault.Unavailable, "the recording does not end: is the disk slow?")
		}
		return err
	}
	return q.microphoneState()
}
