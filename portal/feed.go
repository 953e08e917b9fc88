package portal

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"bienban/internal/bus"
	"bienban/internal/hall"
)

// Feed is what tells that something new has happened: a meeting's events as
// they are numbered, and which meeting a recording belongs to. What a person
// may see of an event is for desk.Store.
type Feed interface {
	EventsAfter(ctx context.Context, meeting string, seq int64, limit int) ([]hall.Event, error)
	Recording(ctx context.Context, id string) (hall.Recording, error)
}

const (
	// feedEvery is how soon an event is seen whose wake-up was lost.
	feedEvery = 2 * time.Second
	// feedReads is how many events are read at once.
	feedReads = 256
	// feedDepth is how many passing notices may wait: a second or two of levels of several halls.
	feedDepth = 64
	// retryListen is the rest after the bus could not be listened to.
	retryListen = time.Second
)

// Passing kinds: what a browser gets besides events, without a number; it may be lost.
const (
	passingCapture = "capture" // capture.Status: levels, alarms, disk
	passingSaid    = "said"    // hall.Said: provisional text, all of it each time
	passingLag     = "lag"     // hall.Lag
)

// feeds wakes browsers when something happens in the meetings that they watch.
// That there is something new is looked up once a meeting, however many watch
// it. Nobody waits for a watcher: it is woken and fetches what it has not had
// (desk.Store.Events); of what passes it gets the newest of each kind.
type feeds struct {
	store Feed
	bus   bus.Notices // nil: nothing passes, and others' events are seen within feedEvery
	log   *slog.Logger

	mu        sync.Mutex
	life      context.Context // of the goroutines; nil before run
	goes      sync.WaitGroup
	byMeeting map[string]*feed
	meetings  map[string]string // recording → meeting
}

func newFeeds(store Feed, b bus.Notices, log *slog.Logger) *feeds {
	return &feeds{store: store, bus: b, log: log, byMeeting: map[string]*feed{}, meetings: map[string]string{}}
}

// feed is one meeting that somebody watches. Its fields are guarded by feeds.mu.
type feed struct {
	meeting  string
	woken    chan struct{}
	stop     context.CancelFunc
	last     int64 // newest event that is known
	watchers map[*watcher]bool
}

// watcher is one browser's end. For one goroutine.
type watcher struct {
	fs      *feeds
	f       *feed
	pos     int64             // newest event that it had; guarded by feeds.mu
	wake    chan struct{}     // capacity 1
	passing map[string][]byte // kind and recording → newest notice; guarded by feeds.mu
}

// run listens until ctx ends and waits for its goroutines.
func (fs *feeds) run(ctx context.Context) {
	fs.mu.Lock()
	fs.life = ctx
	for _, f := range fs.byMeeting {
		fs.start(f)
	}
	fs.mu.Unlock()
	if fs.bus != nil {
		fs.listen(ctx, "event.>", func(n bus.Notice) {
			name := strings.TrimPrefix(n.Subject, "event.")
			if m, is := strings.CutPrefix(name, "meeting."); is {
				fs.wake(m)
			} else if m := fs.meetingOf(ctx, name); m != "" {
				fs.wake(m)
			}
		})
		for subject, kind := range map[string]string{"capture": passingCapture, "live": passingSaid, "lag": passingLag} {
			fs.listen(ctx, subject+".*", func(n bus.Notice) {
				recording := strings.TrimPrefix(n.Subject, subject+".")
				if m := fs.meetingOf(ctx, recording); m != "" {
					fs.pass(m, kind+" "+recording, n.Data)
				}
			})
		}
	}
	<-ctx.Done()
	// Whoever still begins a feed meanwhile sees that life is over and starts no goroutine.
	fs.mu.Lock()
	fs.mu.Unlock() //nolint:staticcheck // it waits for start
	fs.goes.Wait()
}

// listen calls f for each notice, in a goroutine, and again after the bus was away.
func (fs *feeds) listen(ctx context.Context, subject string, f func(bus.Notice)) {
	fs.goes.Go(func() {
		for ctx.Err() == nil {
			l, err := fs.bus.Listen(ctx, subject, feedDepth)
			for err == nil {
				var n bus.Notice
				if n, err = l.Next(ctx); err == nil {
					f(n)
				}
			}
			if l != nil {
				_ = l.Close()
			}
			select {
			case <-ctx.Done():
			case <-time.After(retryListen):
			}
		}
	})
}

// meetingOf gives a recording's meeting, "" when it is not known (yet).
func (fs *feeds) meetingOf(ctx context.Context, recording string) string {
	fs.mu.Lock()
	m, known := fs.meetings[recording]
	idle := len(fs.byMeeting) == 0
	fs.mu.Unlock()
	if known || idle {
		return m
	}
	r, err := fs.store.Recording(ctx, recording)
	if err != nil {
		return ""
	}
	fs.mu.Lock()
	fs.meetings[recording] = r.Meeting
	fs.mu.Unlock()
	return r.Meeting
}

// wake says that a meeting has new events.
func (fs *feeds) wake(meeting string) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.byMeeting[meeting]; f != nil {
		ring(f.woken)
	}
}

// announce is wake, here and in other processes on the bus.
func (fs *feeds) announce(meeting string) {
	fs.wake(meeting)
	if subject := "event.meeting." + meeting; fs.bus != nil && bus.ValidSubject(subject) {
		fs.bus.Send(subject, nil)
	}
}

// pass keeps the newest notice of a kind for each watcher of a meeting.
func (fs *feeds) pass(meeting, kind string, data []byte) {
	if !json.Valid(data) {
		return // nothing of ours; and a line break would end the message
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.byMeeting[meeting]; f != nil {
		for w := range f.watchers {
			w.passing[kind] = data
			ring(w.wake)
		}
	}
}

// ring wakes whoever waits on a channel of capacity 1.
func ring(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// watch begins to watch a meeting from the event after seq on.
func (fs *feeds) watch(meeting string, seq int64) *watcher {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.byMeeting[meeting]
	if f == nil {
		f = &feed{meeting: meeting, woken: make(chan struct{}, 1), last: seq, watchers: map[*watcher]bool{}}
		fs.byMeeting[meeting] = f
		fs.start(f)
	}
	w := &watcher{fs: fs, f: f, pos: seq, wake: make(chan struct{}, 1), passing: map[string][]byte{}}
	f.watchers[w] = true
	ring(f.woken)
	return w
}

// close ends watching; the last one ends the feed.
func (w *watcher) close() {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	delete(w.f.watchers, w)
	if len(w.f.watchers) == 0 {
		delete(w.fs.byMeeting, w.f.meeting)
		if w.f.stop != nil {
			w.f.stop()
		}
	}
}

// start begins a feed's goroutine, once run has begun. fs.mu is held.
func (fs *feeds) start(f *feed) {
	if fs.life == nil || fs.life.Err() != nil || f.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(fs.life)
	f.stop = stop
	fs.goes.Go(func() { fs.follow(ctx, f) })
}

// follow reads a meeting's new events as they come.
func (fs *feeds) follow(ctx context.Context, f *feed) {
	tick := time.NewTicker(feedEvery)
	defer tick.Stop()
	for {
		if err := fs.fetch(ctx, f); err != nil && ctx.Err() == nil {
			fs.log.Warn("events of a meeting cannot be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-f.woken:
		case <-tick.C:
		}
	}
}

func (fs *feeds) fetch(ctx context.Context, f *feed) error {
	for {
		fs.mu.Lock()
		last := f.last
		fs.mu.Unlock()
		events, err := fs.store.EventsAfter(ctx, f.meeting, last, feedReads)
		if err != nil || len(events) == 0 {
			return err
		}
		fs.mu.Lock()
		f.last = events[len(events)-1].Seq
		for w := range f.watchers {
			if w.pos < f.last {
				ring(w.wake)
			}
		}
		fs.mu.Unlock()
	}
}

// had notes the newest event that the watcher has, and tells whether there is a
// newer one.
func (w *watcher) had(seq int64) (more bool) {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	w.pos = seq
	return w.f.last > seq
}

// passed gives the newest of what passed by since, by kind and recording.
func (w *watcher) passed() map[string][]byte {
	w.fs.mu.Lock()
	defer w.fs.mu.Unlock()
	p := w.passing
	w.passing = map[string][]byte{}
	return p
}
