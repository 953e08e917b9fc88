package hall_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/hall"
)

// fullHall is a hall whose capture is a recording that its disk ends at once.
type fullHall struct {
	root string
	mu   sync.Mutex
	room error // why none can begin; nil: there is room
	made int
	why  string // of the ends to come
	said bytes.Buffer
}

func (h *fullHall) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.Write(b)
}

func (h *fullHall) set(room error, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.room, h.why = room, why
}

func (h *fullHall) look(string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.room
}

func (h *fullHall) start() (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made++
	id := fmt.Sprintf("m-%d", h.made)
	rec, err := record.Create(filepath.Join(h.root, id), record.Options{ID: id, Meeting: "m", Rate: 16000, Channels: 1, KeepFree: -1}, nil)
	if err != nil {
		return 0, err
	}
	if err := rec.AppendWait(context.Background(), make([]float32, 16000)); err != nil {
		return 0, err
	}
	return h.made, rec.Close(context.Background(), h.why)
}

func TestARecordingThatTheDiskEndedIsGoneOnWithOnceThereIsRoom(t *testing.T) {
	h := &fullHall{root: t.TempDir(), why: record.FullReason, room: errors.New("nothing is free")}
	told := make(chan capture.Status)
	r := &hall.Recorder{Root: h.root, Meeting: "m", Start: h.start, Room: h.look, Every: time.Millisecond,
		Log: slog.New(slog.NewTextHandler(h, nil))}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	r.Tell = func(s capture.Status) {
		select {
		case told <- s:
		case <-ctx.Done():
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	next := func() capture.Status {
		t.Helper()
		select {
		case s := <-told:
			return s
		case <-ctx.Done():
			t.Fatal("nothing is told")
		}
		return capture.Status{}
	}

	// From the beginning there is no room: it is told as often as it is looked.
	for range 3 {
		s := next()
		if s.State != capture.NoRoom || s.Recording != "m" || !s.Record.Disk.Full || len(s.Alarms) != 1 || s.Alarms[0].Kind != alarm.Full ||
			!strings.Contains(s.Alarms[0].VI, "đầy") || !strings.Contains(s.Alarms[0].EN, "by itself") {
			t.Fatalf("%+v", s)
		}
	}
	if _, waits := r.Waiting("m"); !waits {
		t.Error("it does not say that it waits")
	}
	if _, waits := r.Waiting("other"); waits {
		t.Error("another meeting waits")
	}

	// There is room; the recording that begins is ended by the disk, and another begins.
	h.set(nil, record.FullReason)
	overs, waited := 0, map[string]bool{}
	for !waited["m-1"] || !waited["m-2"] {
		switch s := next(); s.State {
		case capture.NoRoom:
			waited[s.Recording] = true
		case capture.Ended:
			if overs++; len(s.Alarms) > 0 {
				t.Errorf("the alarm goes on: %+v", s.Alarms)
			}
		default:
			t.Errorf("%+v", s)
		}
	}
	if overs != 2 { // of the wait at the beginning, and of the one behind m-1
		t.Errorf("it was over %d times", overs)
	}

	// One that is ended by a person is the end.
	h.set(nil, "hết giờ")
	for done := false; !done; {
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			done = true
		case <-told:
		}
	}
	if _, waits := r.Waiting("m"); waits {
		t.Error("it still waits")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.made != 3 {
		t.Errorf("%d recordings were begun, want 3", h.made)
	}
	log := h.said.String()
	if n := strings.Count(log, "nothing is recorded"); n != 1 {
		t.Errorf("the log says %d times that the disk is full:\n%s", n, log)
	}
	for _, want := range []string{"nothing is free", "the recording was ended", "there is room on the disk again"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
}
