package hall

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"bienban/audio/alarm"
	"bienban/internal/bus"
	"bienban/internal/capture"
)

// Update is one thing that a follower learns; one of its fields is set.
type Update struct {
	Event  *Event          // of the store: text that is final, marks, notes, ends
	Said   *Said           // of a worker, transient
	Lag    *Lag            // of a worker, transient
	Status *capture.Status // of the capture, transient; with alarm.NotHeard once it says nothing any more
	Away   error           // serve does not answer; nil again by the next Event or Answers
	// Answers says that serve answers (again).
	Answers bool
}

// Times of following.
const (
	// followEvery is how often events are asked for when nobody says that there
	// are new ones: a wake-up may be lost.
	followEvery = 2 * time.Second
	// awayAfter is how long an answer may take before a person is told.
	awayAfter = 3 * time.Second
	// followDepth is how many passing notices may wait: two seconds of levels.
	followDepth = 20
)

// Find asks for a meeting or recording by name; fault.NotFound when there is none.
func Find(ctx context.Context, b bus.Notices, name string) (HallInfo, error) {
	var info HallInfo
	err := Ask(ctx, b, AskHall, name, &info)
	return info, err
}

// Follow tells of everything that happens in a hall, from the store's first
// event on, in one goroutine. It returns told's error or ctx's.
func Follow(ctx context.Context, b bus.Notices, info HallInfo, told func(Update) error) error {
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	out := make(chan Update)
	send := func(u Update) {
		select {
		case out <- u:
		case <-ctx.Done():
		}
	}
	woken := make(chan struct{}, 1)
	all.Go(func() {
		listen(ctx, b, EventSubject(info.Recording), func([]byte) {
			select {
			case woken <- struct{}{}:
			default:
			}
		})
	})
	all.Go(func() { followEvents(ctx, b, info.Meeting, woken, send) })
	all.Go(func() {
		listen(ctx, b, LiveSubject(info.Recording), func(data []byte) {
			if s := new(Said); json.Unmarshal(data, s) == nil {
				send(Update{Said: s})
			}
		})
	})
	all.Go(func() {
		listen(ctx, b, LagSubject(info.Recording), func(data []byte) {
			if l := new(Lag); json.Unmarshal(data, l) == nil {
				send(Update{Lag: l})
			}
		})
	})
	heard := make(chan *capture.Status)
	all.Go(func() {
		listen(ctx, b, capture.Subject(info.Recording), func(data []byte) {
			s := new(capture.Status)
			if json.Unmarshal(data, s) != nil {
				return
			}
			select {
			case heard <- s:
			case <-ctx.Done():
			}
		})
	})
	all.Go(func() { followStatus(ctx, heard, send) })
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case u := <-out:
			if err := told(u); err != nil {
				return err
			}
		}
	}
}

// followStatus passes on what a capture says, and says when it falls silent: as
// its last words, with an alarm that only who listens can raise.
func followStatus(ctx context.Context, heard <-chan *capture.Status, send func(Update)) {
	var last *capture.Status
	var at time.Time
	quiet := time.NewTimer(quietAfter)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case last = <-heard:
			at = time.Now()
			quiet.Reset(quietAfter)
			send(Update{Status: last})
		case <-quiet.C:
			if last == nil || last.State == capture.Ended {
				continue // nothing was to be heard
			}
			s := *last
			s.Levels = nil
			s.Alarms = append(slices.Clone(s.Alarms), alarm.NotHeard(at))
			send(Update{Status: &s})
		}
	}
}

// listen passes notices on until ctx ends.
func listen(ctx context.Context, b bus.Notices, subject string, take func([]byte)) {
	for ctx.Err() == nil {
		l, err := b.Listen(ctx, subject, followDepth)
		for err == nil {
			var n bus.Notice
			if n, err = l.Next(ctx); err == nil {
				take(n.Data)
			}
		}
		if l != nil {
			_ = l.Close()
		}
		_ = pause(ctx, askAgain, nil)
	}
}

// followEvents asks for events whenever there may be new ones.
func followEvents(ctx context.Context, b bus.Notices, meeting string, woken <-chan struct{}, send func(Update)) {
	seq, answers := int64(0), false
	for ctx.Err() == nil {
		var events []Event
		wait, stop := context.WithTimeout(ctx, awayAfter)
		err := Ask(wait, b, AskEvents, EventsBody{Meeting: meeting, After: seq}, &events)
		stop()
		if err != nil {
			answers = false
			send(Update{Away: err})
			_ = pause(ctx, askAgain, nil)
			continue
		}
		if !answers {
			answers = true
			send(Update{Answers: true})
		}
		for i := range events {
			seq = events[i].Seq
			send(Update{Event: &events[i]})
		}
		if len(events) > 0 {
			continue
		}
		t := time.NewTimer(followEvery)
		select {
		case <-woken:
		case <-t.C:
		case <-ctx.Done():
		}
		t.Stop()
	}
}
