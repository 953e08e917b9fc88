package hall

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/capture"
)

// Update is one thing that a follower learns; one of its fields is set.
type Update struct {
	Event  *Event          // of the store: text that is final, marks, notes, ends
	Said   *Said           // of a worker, transient
	Lag    *Lag            // of a worker, transient
	Status *capture.Status // of the capture, transient
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
	all.Go(func() {
		listen(ctx, b, capture.Subject(info.Recording), func(data []byte) {
			if s := new(capture.Status); json.Unmarshal(data, s) == nil {
				send(Update{Status: s})
			}
		})
	})
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
