package hall_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"bienban/internal/bus/membus"
	"bienban/internal/capture"
	"bienban/internal/hall"
)

func TestARecordingOfAnotherMachineBecomesTextFromTheBusAlone(t *testing.T) {
	want := chain(t, plan{}).text
	hub := membus.New(membus.Options{Log: quiet()})
	store := world(t, t.TempDir(), hub, func(context.Context, hall.Recording) { t.Error("its second pass has no sound here") })
	mic := hub.Connect()
	defer mic.Close()
	chunks := demo(t, "xa")
	length := chunks[len(chunks)-1].First
	say := func(state capture.State, seconds float64) {
		t.Helper()
		raw, err := json.Marshal(capture.Status{Recording: "xa", Meeting: "Họp xã", State: state, Seconds: seconds})
		if err != nil {
			t.Fatal(err)
		}
		mic.Send(capture.Subject("xa"), raw)
	}
	goesOn := true
	until := func(what string, ok func(hall.Recording) bool) hall.Recording {
		t.Helper()
		for late := time.Now().Add(time.Minute); ; {
			r, err := store.Recording(t.Context(), "xa")
			if err == nil && ok(r) {
				return r
			}
			if time.Now().After(late) {
				t.Fatalf("%s: %+v %v", what, r, err)
			}
			if goesOn {
				say(capture.Recording, 60)
			}
			time.Sleep(20 * time.Millisecond) // another goroutine's store
		}
	}
	for _, c := range chunks[:len(chunks)-1] {
		if err := mic.PublishAudio(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	r := until("it is entered and heard", func(r hall.Recording) bool { return r.FinalUpTo > 0 })
	if r.Meeting != "Họp xã" || r.Length != -1 || time.Since(r.Started) < 50*time.Second {
		t.Errorf("%+v", r)
	}
	var info hall.HallInfo
	if err := hall.Ask(t.Context(), mic, hall.AskHall, "Họp xã", &info); err != nil || !info.Running || info.Recording != "xa" {
		t.Errorf("%+v %v", info, err)
	}
	if err := mic.PublishAudio(t.Context(), chunks[len(chunks)-1]); err != nil {
		t.Fatal(err)
	}
	goesOn = false
	say(capture.Ended, 125)
	r = until("its text is complete", func(r hall.Recording) bool { return r.FinalUpTo == length })
	if r.Length != length {
		t.Errorf("%d samples, want %d", r.Length, length)
	}
	got, err := store.Transcript(t.Context(), "xa", "")
	if err != nil || got.Speech() != want.Speech() {
		t.Errorf("%v:\n got %q\nwant %q", err, got.Speech(), want.Speech())
	}
	for late := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) { // the keeper's next round
		if end, err := mic.AudioEnd(t.Context(), "xa"); err == nil && end == 0 {
			return
		}
		if time.Now().After(late) {
			t.Fatal("the bus still has it")
		}
	}
}
