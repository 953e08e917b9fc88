package hall_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"bienban/audio/alarm"
	"bienban/internal/bus/membus"
	"bienban/internal/capture"
	"bienban/internal/hall"
)

func TestACaptureThatIsNotHeardAnyMoreIsAnAlarmUntilItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := membus.New(membus.Options{Log: quiet()})
		live, mic := hub.Connect(), hub.Connect()
		defer live.Close()
		defer mic.Close()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		said := make(chan bool, 100) // of each status: whether the alarm is raised
		go func() {
			_ = hall.Follow(ctx, live, hall.HallInfo{Meeting: "m", Recording: "r"}, func(u hall.Update) error {
				if u.Status != nil {
					said <- slices.ContainsFunc(u.Status.Alarms, func(a alarm.Alarm) bool { return a.Kind == alarm.Unheard && a.VI != "" && a.EN != "" })
				}
				return nil
			})
		}()
		say := func(state capture.State) {
			raw, err := json.Marshal(capture.Status{Recording: "r", State: state})
			if err != nil {
				t.Fatal(err)
			}
			mic.Send(capture.Subject("r"), raw)
			synctest.Wait()
		}
		expect := func(what string, want ...bool) {
			t.Helper()
			synctest.Wait()
			for i, w := range want {
				if len(said) == 0 || <-said != w {
					t.Fatalf("%s: status %d is not as wanted", what, i)
				}
			}
			if len(said) > 0 {
				t.Fatalf("%s: %d more", what, len(said))
			}
		}
		time.Sleep(time.Minute)
		expect("before anything was heard")
		for range 30 {
			say(capture.Recording)
			time.Sleep(100 * time.Millisecond)
		}
		expect("while it speaks", make([]bool, 30)...)
		time.Sleep(time.Minute)
		expect("silence is said once", true)
		say(capture.Recording)
		say(capture.Ended)
		time.Sleep(time.Minute)
		expect("it is heard again, and ends", false, false)
	})
}
