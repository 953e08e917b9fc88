package hall

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/fault"
	"bienban/transcribe"
)

// WorkerBus is what a worker needs of a bus.
type WorkerBus interface {
	bus.AudioSource
	bus.Leases
	bus.FinalPublisher
	bus.Notices
	AudioEnd(ctx context.Context, recording string) (int64, error)
}

// Worker makes text of all recordings that have none yet: it takes the leases
// that are free and waits for the others. Its one engine decodes for all of
// them, those that go on first.
type Worker struct {
	Name   string // for people; also the leases' holder
	Bus    WorkerBus
	Engine transcribe.Engine
	// Detector opens one more stream of speech detection.
	Detector func() transcribe.Detector
	Log      *slog.Logger
}

// Times of a worker.
const (
	tasksEvery = time.Second
	// retryPause is how long a recording rests after something failed.
	retryPause = time.Second
	// stuckAfter is how long the store may lack text that was handed in before the
	// worker hears the stretch again under a new epoch: a final was lost, with the
	// bus's disk or otherwise.
	stuckAfter = 30 * time.Second
	// releaseWait bounds the return of a lease; what is not returned runs out.
	releaseWait = time.Second
)

// Run works until ctx ends, which is its error. A bus that is away is waited for.
func (w *Worker) Run(ctx context.Context) error {
	queue := newQueue(w.Engine)
	streams := map[string]*stream{}
	var all sync.WaitGroup
	defer all.Wait()
	life, stop := context.WithCancel(ctx)
	defer stop() // before all.Wait
	woken := w.wakes(life, &all)
	tick := time.NewTicker(tasksEvery)
	defer tick.Stop()
	for {
		var tasks []Task
		if err := Ask(life, w.Bus, AskTasks, nil, &tasks); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			w.Log.Warn("what there is to do cannot be asked", "error", err)
			tasks = nil
		}
		for _, t := range tasks {
			s := streams[t.Recording]
			if s == nil || s.finished() {
				s = &stream{w: w, queue: queue, id: t.Recording, over: make(chan struct{}), log: w.Log.With("recording", t.Recording)}
				streams[t.Recording] = s
				all.Go(func() { s.run(life) })
			}
			s.told(t)
		}
		for id, s := range streams {
			if s.finished() {
				delete(streams, id)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-woken:
		}
	}
}

// wakes hears that tasks changed.
func (w *Worker) wakes(ctx context.Context, all *sync.WaitGroup) <-chan struct{} {
	out := make(chan struct{}, 1)
	all.Go(func() {
		for ctx.Err() == nil {
			l, err := w.Bus.Listen(ctx, wakeSubject, 1)
			for err == nil {
				if _, err = l.Next(ctx); err == nil {
					select {
					case out <- struct{}{}:
					default:
					}
				}
			}
			if l != nil {
				_ = l.Close()
			}
			_ = pause(ctx, retryPause, nil)
		}
	})
	return out
}

// stream is a worker's part in one recording: it waits for the lease, hears,
// and ends when the text is complete.
type stream struct {
	w     *Worker
	queue *queue
	id    string
	log   *slog.Logger
	over  chan struct{}

	mu       sync.Mutex
	task     Task      // as last told
	stood    time.Time // when its FinalUpTo last moved
	epoch    uint64    // of the lease held, 0 = none
	handed   int64     // text was handed in up to here
	handedAt time.Time // when that began to be beyond the store's
	end      context.CancelCauseFunc

	// Of the goroutine that runs: where hearing broke, up to where it had heard, and how often.
	brokeAt, brokeTo int64
	breaks           int
	ended            error // why its last hearing ended; nil before the first
}

// Why hearing ends early.
var (
	errLost       = errors.New("the lease was lost") // whyLost says how
	errSuperseded = errors.New("another worker has the recording")
	errNotRenewed = errors.New("the lease was not renewed in time: the bus, or its disk, answers too slowly")
	errBusAway    = errors.New("the bus does not answer")
	errStuck      = errors.New("the store does not get the text that was handed in")
	errComplete   = errors.New("the text is complete")
)

func (s *stream) finished() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// told takes what the desk says of the recording.
func (s *stream) told(t Task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if t.FinalUpTo != s.task.FinalUpTo || s.stood.IsZero() {
		s.stood = now
	}
	s.task = t
	if s.end == nil || s.epoch == 0 {
		return
	}
	switch {
	case t.Epoch > s.epoch:
		s.end(errSuperseded)
	case s.handed > t.FinalUpTo && now.Sub(s.stood) > stuckAfter && now.Sub(s.handedAt) > stuckAfter:
		s.end(errStuck)
	}
}

// run hears until the recording's text is complete or ctx ends.
func (s *stream) run(ctx context.Context) {
	defer close(s.over)
	var said seldom // a bus that is away says the same each second
	for ctx.Err() == nil {
		err := s.turn(ctx)
		switch {
		case errors.Is(err, errComplete):
			return
		case fault.CodeOf(err) == fault.NotFound:
			return // nobody wants it any more; Run begins anew when it is a task again
		case err != nil && ctx.Err() == nil && said.again(err.Error()):
			s.log.Warn("hearing is interrupted", "error", err)
		}
		_ = pause(ctx, retryPause, nil)
	}
}

// turn takes the lease and hears until it is lost, something fails, or all is done.
func (s *stream) turn(ctx context.Context) error {
	lease, err := s.w.Bus.Acquire(ctx, s.id, s.w.Name)
	if err != nil {
		return err
	}
	turn, end := context.WithCancelCause(ctx)
	defer end(nil)
	defer func() {
		// A worker that is being stopped gives the lease back, too: its successor need not wait.
		back, stop := context.WithTimeout(context.WithoutCancel(ctx), releaseWait)
		defer stop()
		_ = lease.Release(back)
	}()
	watch := make(chan struct{})
	defer close(watch)
	go func() {
		select {
		case <-lease.Lost():
			end(errLost)
		case <-watch:
		}
	}()
	s.mu.Lock()
	s.epoch, s.handed, s.end = lease.Epoch(), 0, end
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.epoch, s.end = 0, nil
		s.mu.Unlock()
	}()
	h := &hearing{s: s, lease: lease}
	err = h.run(turn)
	if errors.Is(err, errBroke) {
		s.note(h.final.Load(), h.heard.Load())
	}
	if cause := context.Cause(turn); cause != nil && ctx.Err() == nil {
		err = cause
	}
	if errors.Is(err, errLost) {
		err = whyLost(ctx, lease)
	}
	s.ended = err
	return err
}

// whyLost asks how a lease was lost that nobody gave back.
func whyLost(ctx context.Context, lease bus.Lease) error {
	ctx, stop := context.WithTimeout(ctx, releaseWait)
	defer stop()
	switch err := lease.Check(ctx); {
	case err == nil:
		return errNotRenewed
	case fault.CodeOf(err) == fault.Conflict:
		return errSuperseded
	}
	return errBusAway
}

// note counts a stretch that broke hearing.
func (s *stream) note(at, to int64) {
	if s.breaks == 0 || at != s.brokeAt {
		s.brokeAt, s.breaks = at, 0
	}
	s.breaks++
	s.brokeTo = max(to, at+chunkLeast)
}

// chunkLeast is the shortest gap that is left: what capture publishes at once.
const chunkLeast = bus.SampleRate / 5

// broke says whether hearing broke at a place too often, and where to go on.
func (s *stream) broke(at int64) (to int64, broke bool) {
	return s.brokeTo, s.breaks >= brokeMost && at == s.brokeAt
}

// state is what the desk last said.
func (s *stream) state() Task {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.task
}

// hand notes up to where text was handed in.
func (s *stream) hand(to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handed <= s.task.FinalUpTo {
		s.handedAt = time.Now()
	}
	s.handed = to
}
