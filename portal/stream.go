package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"bienban/internal/fault"
	"bienban/minutes/desk"
)

const (
	// heartbeat is how often something is sent at least, so that both ends and
	// whatever lies between notice a cut connection; and how often it is asked
	// again whether the browser may still see the meeting.
	heartbeat = 15 * time.Second
	// writeWait is how long a browser may take to accept what is sent.
	writeWait = 10 * time.Second
	// askWait is how long it may take to learn whether a browser may see the meeting.
	askWait = 10 * time.Second
	// streamsAll and streamsEach bound the open event streams: of the server,
	// and of one account (a browser has one a page).
	streamsAll  = 4096
	streamsEach = 24
	// streamRead is how many events are read at once for one browser.
	streamRead = 100
	// streamHolds is how many bytes are kept for one browser at most, the event that
	// goes over it excepted: more is sent first.
	streamHolds = 64 << 10
)

// streams are the open event streams: how many, and how each is asked whether it
// may go on.
type streams struct {
	mu   sync.Mutex
	all  int
	each map[string]map[chan struct{}]bool // by account
}

func newStreams() *streams { return &streams{each: map[string]map[chan struct{}]bool{}} }

// take opens one more, or refuses. What it gives rings when the stream must ask
// whether it may go on.
func (c *streams) take(account string) (asked chan struct{}, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= streamsAll || len(c.each[account]) >= streamsEach {
		return nil, false
	}
	if c.each[account] == nil {
		c.each[account] = map[chan struct{}]bool{}
	}
	asked = make(chan struct{}, 1)
	c.each[account][asked] = true
	c.all++
	return asked, true
}

func (c *streams) give(account string, asked chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if delete(c.each[account], asked); len(c.each[account]) == 0 {
		delete(c.each, account)
	}
}

// ask makes every stream ask at once: sessions may have ended.
func (c *streams) ask() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, all := range c.each {
		for asked := range all {
			ring(asked)
		}
	}
}

func (s *Server) streamRoutes() []route {
	return []route{
		{pattern: "GET /m/{id}/events", who: ofMeeting, permission: desk.See, load: true, handle: (*request).events},
	}
}

// events is GET /m/{id}/events: server-sent events. What has a number comes
// from SQL, in order, after Last-Event-ID or ?after=, as messages without a
// name whose data is a desk.Event. What passes comes as "capture", "said" and
// "lag", without a number. "reset" says that the browser is ahead of the store
// (a backup was put back): it must load its page anew.
func (q *request) events() error {
	after, err := q.after()
	if err != nil {
		return err
	}
	asked, ok := q.s.streams.take(q.account.ID)
	if !ok {
		q.w.Header().Set("Retry-After", "5")
		return fault.New(fault.Unavailable, "too many event streams")
	}
	defer q.s.streams.give(q.account.ID, asked)
	out := &sse{w: q.w, c: http.NewResponseController(q.w), wait: q.s.writeWait}
	h := q.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold it back
	q.w.WriteHeader(http.StatusOK)
	fmt.Fprint(&out.b, "retry: 1000\n\n")
	if newest := q.meeting.Seq; after > newest {
		fmt.Fprint(&out.b, "event: reset\ndata: {}\n\n")
		after = newest
	}
	id := q.meetingID()
	q.meeting = nil // the state is not needed for as long as the stream lasts
	w := q.s.feeds.watch(id, after)
	defer w.close()
	// From here on the answer has begun: an error ends it, and the browser comes again.
	if err := q.stream(out, w, asked, id, after); err != nil && q.ctx().Err() == nil {
		q.s.log.Debug("an event stream has ended", "error", err)
	}
	return nil
}

// stream sends until the browser goes, may no longer see the meeting, or the server ends.
func (q *request) stream(out *sse, w *watcher, asked <-chan struct{}, meeting string, after int64) error {
	beat := time.NewTicker(q.s.heartbeat)
	defer beat.Stop()
	for {
		next, err := q.sendEvents(out, meeting, after)
		if err != nil {
			return err
		}
		after = next
		if w.had(after) {
			ring(w.wake)
		}
		for kind, data := range w.passed() {
			if out.unsure && q.may(passingNeeds(kind)) {
				if err := q.stillMay(meeting); err != nil {
					return err
				}
				out.unsure = false
			}
			if q.may(passingNeeds(kind)) {
				name, _, _ := strings.Cut(kind, " ")
				fmt.Fprintf(&out.b, "event: %s\ndata: %s\n\n", name, bytes.ReplaceAll(data, []byte("\n"), nil))
			}
		}
		if err := out.flush(); err != nil {
			return err
		}
		select {
		case <-q.ctx().Done():
			return q.ctx().Err()
		case <-q.s.stopped:
			return nil
		case <-w.wake:
		case <-asked:
			if err := q.stillMay(meeting); err != nil {
				return err
			}
		case <-beat.C:
			if err := q.stillMay(meeting); err != nil {
				return err
			}
			fmt.Fprint(&out.b, ": \n\n")
		}
	}
}

// passingNeeds says who may see what passes: levels tell nothing of what is
// said, provisional text does.
func passingNeeds(kind string) desk.Permission {
	if strings.HasPrefix(kind, passingSaid) {
		return desk.SeeTranscript
	}
	return desk.SeePeople
}

// sendEvents sends what is new after a number, and gives the newest number sent.
func (q *request) sendEvents(out *sse, meeting string, after int64) (int64, error) {
	for {
		events, err := q.s.o.Desk.Events(q.ctx(), q.viewer(), meeting, after, streamRead)
		if err != nil {
			return after, err
		}
		for _, e := range events {
			data, err := json.Marshal(e) // on one line
			if err != nil {
				return after, err
			}
			fmt.Fprintf(&out.b, "id: %d\ndata: %s\n\n", e.Seq, data)
			after = e.Seq
			switch desk.Kind(e.Type) {
			case desk.KindMember, desk.KindUndo: // roles may be others now
				if err := q.stillMay(meeting); err != nil {
					return after, err
				}
			case desk.Withheld: // it may be the very change by which one sees less
				out.unsure = true
			}
			if out.b.Len() >= streamHolds {
				if err := out.flush(); err != nil {
					return after, err
				}
			}
		}
		if err := out.flush(); err != nil || len(events) < streamRead {
			return after, err
		}
	}
}

// stillMay asks again whether the session lasts and the meeting may be seen.
func (q *request) stillMay(meeting string) error {
	ctx, stop := context.WithTimeout(q.ctx(), askWait)
	defer stop()
	roles, err := q.s.o.Desk.May(ctx, q.viewer(), meeting, desk.See)
	if err != nil {
		return err
	}
	q.roles = roles
	return q.s.signedInStill(ctx, q)
}

// after is the number of the newest event that the browser has.
func (q *request) after() (int64, error) {
	v := q.r.Header.Get("Last-Event-ID")
	if v == "" {
		v = q.r.URL.Query().Get("after")
	}
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "after %q: not the number of an event", v)
	}
	return n, nil
}

// sse gathers messages and sends them; the browser must take them within a time.
type sse struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	wait time.Duration
	b    bytes.Buffer
	// unsure says that the roles may be fewer than when they were last looked up.
	unsure bool
}

func (o *sse) flush() error {
	if o.b.Len() == 0 {
		return nil
	}
	// A server without deadlines (a test's recorder) is no reason to send nothing.
	_ = o.c.SetWriteDeadline(time.Now().Add(o.wait))
	_, err := o.w.Write(o.b.Bytes())
	if o.b.Reset(); o.b.Cap() > 2*streamHolds {
		o.b = bytes.Buffer{} // one huge event must not be held as long as the stream lasts
	}
	if err != nil {
		return err
	}
	return o.c.Flush()
}
