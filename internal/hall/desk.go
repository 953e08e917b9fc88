package hall

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/capture"
	"bienban/internal/fault"
	"bienban/transcribe/live"
)

// Desk answers what workers and live views ask: it stands where the store is.
type Desk struct {
	Bus   bus.Notices
	Store Store
	Root  string        // folder of recordings
	Shelf *record.Shelf // keeps them open from one question to the next; nil: each reads all
	// Meeting gives what is known of a meeting; the zero value when nothing is.
	Meeting func(ctx context.Context, id string) (Meeting, error)
	// Waiting tells of a meeting whose capture waits for room on the disk
	// (Recorder.Waiting); nil: none does.
	Waiting func(meeting string) (capture.Status, bool)
	Log     *slog.Logger
}

// eventsAtOnce keeps an answer well below a bus's largest message: a final's
// event has at most bus.MaxPayload, mostly a tenth of a percent of that.
const eventsAtOnce = 20

// Run answers until ctx ends, which is its error.
func (d *Desk) Run(ctx context.Context) error {
	return answerAll(ctx, d.Bus, d.Log, map[string]handler{
		AskTasks:  d.tasks,
		AskBegin:  d.begin,
		AskEvents: d.events,
		AskAct:    d.act,
		AskHall:   d.hall,
	})
}

func (d *Desk) tasks(ctx context.Context, _ json.RawMessage) (any, error) {
	all, err := d.Store.Unfinished(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Task, 0, len(all))
	for _, r := range all {
		out = append(out, taskOf(r))
	}
	return out, nil
}

func taskOf(r Recording) Task {
	return Task{Recording: r.ID, Live: r.Length < 0, FinalUpTo: r.FinalUpTo, Epoch: r.Epoch, Length: r.Length}
}

// begin makes the worker's epoch the newest, so that what an earlier one still
// sends is refused, and then says where the text ends.
func (d *Desk) begin(ctx context.Context, raw json.RawMessage) (any, error) {
	var q BeginBody
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, fault.New(fault.Invalid, "begin: %w", err)
	}
	r, err := d.Store.RaiseEpoch(ctx, q.Recording, q.Epoch)
	if err != nil {
		return nil, err
	}
	if r.Epoch > q.Epoch {
		return nil, fault.New(fault.Conflict, "recording %s: epoch %d is over, the newest is %d", r.ID, q.Epoch, r.Epoch)
	}
	t, err := d.Store.Transcript(ctx, r.ID, LayerLive)
	if err != nil {
		return nil, err
	}
	w := Work{Task: taskOf(r), Meeting: r.Meeting, Folder: filepath.Join(d.Root, r.ID), Before: live.ContextOf(t.Segments), Language: r.Language}
	m, err := d.meeting(ctx, r.Meeting)
	if err != nil {
		return nil, err
	}
	if w.Language == "" {
		w.Language = m.Language
	}
	if w.Language == "" {
		w.Votes = live.VotesOf(t.Segments)
	}
	w.Glossary, w.Channels = m.Glossary, m.Channels
	if names := channelNames(w.Folder); len(names) > 0 {
		w.Channels = names // of this recording: who sat where that day
	}
	return w, nil
}

func (d *Desk) meeting(ctx context.Context, id string) (Meeting, error) {
	if d.Meeting == nil {
		return Meeting{}, nil
	}
	return d.Meeting(ctx, id)
}

func (d *Desk) events(ctx context.Context, raw json.RawMessage) (any, error) {
	var q EventsBody
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, fault.New(fault.Invalid, "events: %w", err)
	}
	return d.Store.EventsAfter(ctx, q.Meeting, q.After, eventsAtOnce)
}

// act does what a person asks. A pause is capture's to make; it is noted once
// it is on the disk there.
func (d *Desk) act(ctx context.Context, raw json.RawMessage) (any, error) {
	var a Act
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fault.New(fault.Invalid, "act: %w", err)
	}
	switch a.Kind {
	case EventMark, EventNote:
	case EventPaused, EventLonger, EventResumed:
		if err := d.pause(ctx, a); err != nil {
			return nil, err
		}
	default:
		return nil, fault.New(fault.Invalid, "act: nobody can do %q", a.Kind)
	}
	body, err := json.Marshal(a.ActBody)
	if err != nil {
		return nil, err
	}
	e, err := d.Store.AddEvent(ctx, a.Meeting, a.ID, a.Kind, body)
	if err == nil && a.Recording != "" && bus.CheckName(a.Recording) == nil {
		d.Bus.Send(EventSubject(a.Recording), nil)
	}
	return e, err
}

// pauseWait is how long capture may take to answer: longer than a slow disk.
const pauseWait = 5 * time.Second

func (d *Desk) pause(ctx context.Context, a Act) error {
	if err := bus.CheckName(a.Recording); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, pauseWait)
	defer stop()
	c, err := capture.Connect(ctx, filepath.Join(d.Root, a.Recording))
	if err != nil {
		return err
	}
	defer c.Close()
	st, err := c.Status(ctx)
	length := time.Duration(a.Minutes) * time.Minute
	switch {
	case err != nil:
		return err
	case a.Kind == EventLonger && (st.State != capture.Paused || length <= 0):
		return fault.New(fault.Conflict, "no closed part goes on that could be longer")
	case a.Kind == EventLonger:
		return c.Pause(ctx, a.By, a.Text, length)
	case (st.State == capture.Paused) == (a.Kind == EventPaused):
		return nil // asked twice
	case a.Kind == EventPaused:
		return c.Pause(ctx, a.By, a.Text, length)
	}
	return c.Resume(ctx, a.By, a.Text)
}

// hall finds a meeting's newest recording, or the recording of that name.
func (d *Desk) hall(ctx context.Context, raw json.RawMessage) (any, error) {
	var name string
	if err := json.Unmarshal(raw, &name); err != nil {
		return nil, fault.New(fault.Invalid, "hall: %w", err)
	}
	r, err := d.find(ctx, name)
	if fault.CodeOf(err) == fault.NotFound && d.Waiting != nil {
		if st, waits := d.Waiting(name); waits { // there is no recording yet, and why is what people must see
			r, err = Recording{ID: st.Recording, Meeting: name}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	info := HallInfo{Meeting: r.Meeting, Recording: r.ID}
	if d.Waiting != nil {
		if st, waits := d.Waiting(r.Meeting); waits && st.Recording == r.ID {
			info.Waiting = &st
		}
	}
	m, err := d.meeting(ctx, r.Meeting)
	if err != nil {
		return nil, err
	}
	info.Title, info.Agenda = m.Title, m.Agenda
	if info.Language = r.Language; info.Language == "" {
		info.Language = m.Language
	}
	switch s, err := look(d.Shelf, filepath.Join(d.Root, r.ID)); {
	case err == nil:
		info.Running, info.Seconds = s.running, float64(s.end)/bus.SampleRate
	case r.Started.IsZero(): // it waits for room
	default: // on another machine
		info.Running, info.Seconds = r.Length < 0, float64(max(r.FinalUpTo, r.Length))/bus.SampleRate
	}
	return info, nil
}

// findAfar finds a recording that has no folder here: by its name, or the
// meeting's newest whose text is not complete.
func (d *Desk) findAfar(ctx context.Context, name string) (Recording, error) {
	if r, err := d.Store.Recording(ctx, name); fault.CodeOf(err) != fault.NotFound {
		return r, err
	}
	all, err := d.Store.Unfinished(ctx)
	if err != nil {
		return Recording{}, err
	}
	for _, r := range slices.Backward(all) { // oldest first
		if r.Meeting == name {
			return r, nil
		}
	}
	return Recording{}, fault.New(fault.NotFound, "%s: no recording", name)
}

func (d *Desk) find(ctx context.Context, name string) (Recording, error) {
	found, err := findRecordings(ctx, d.Shelf, d.Root, name)
	if err != nil {
		return Recording{}, err
	}
	var best folder
	for _, f := range found {
		switch {
		case f.id == name:
			return d.Store.Recording(ctx, f.id)
		case f.meeting == name && (best.id == "" || f.created.After(best.created)):
			best = f
		}
	}
	if best.id == "" {
		if r, err := d.findAfar(ctx, name); err == nil {
			return r, nil
		}
		return Recording{}, fault.New(fault.NotFound, "%s: no meeting or recording of that name in %s", name, filepath.Base(d.Root))
	}
	return d.Store.Recording(ctx, best.id)
}
