package hall

import (
	"context"
	"sync"

	"bienban/transcribe"
)

// queue lets several recordings share one engine: it decodes one window at a
// time, and those of a recording that goes on before the others.
type queue struct {
	eng transcribe.Engine

	mu    sync.Mutex
	busy  bool
	first []chan struct{} // of recordings that go on
	later []chan struct{}
}

func newQueue(eng transcribe.Engine) *queue { return &queue{eng: eng} }

// engine is the shared engine for one recording.
func (q *queue) engine(urgent func() bool) transcribe.Engine { return queued{q, urgent} }

// enter waits for its turn.
func (q *queue) enter(ctx context.Context, urgent bool) error {
	q.mu.Lock()
	if !q.busy {
		q.busy = true
		q.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	if urgent {
		q.first = append(q.first, turn)
	} else {
		q.later = append(q.later, turn)
	}
	q.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !remove(&q.first, turn) && !remove(&q.later, turn) {
		q.pass() // the turn came meanwhile
	}
	return ctx.Err()
}

func remove(list *[]chan struct{}, turn chan struct{}) bool {
	for i, t := range *list {
		if t == turn {
			*list = append((*list)[:i:i], (*list)[i+1:]...)
			return true
		}
	}
	return false
}

func (q *queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass()
}

// pass gives the engine to the next in line. The caller holds mu.
func (q *queue) pass() {
	for _, list := range []*[]chan struct{}{&q.first, &q.later} {
		if len(*list) > 0 {
			next := (*list)[0]
			*list = (*list)[1:]
			close(next)
			return
		}
	}
	q.busy = false
}

type queued struct {
	q      *queue
	urgent func() bool
}

// Transcribe implements transcribe.Engine.
func (e queued) Transcribe(ctx context.Context, r transcribe.Request) (transcribe.Result, error) {
	if err := e.q.enter(ctx, e.urgent()); err != nil {
		return transcribe.Result{}, err
	}
	defer e.q.leave()
	return e.q.eng.Transcribe(ctx, r)
}

// Close implements transcribe.Engine; the engine stays the worker's.
func (e queued) Close() error { return nil }
