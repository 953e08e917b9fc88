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
	// streamsAll and streamsEach bound the open event streams: of the server,
	// and of one account (a browser has one a page).
	streamsAll  = 4096
	streamsEach = 24
	// streamRead is how many events are read at once for one browser.
	streamRead = 200
)

// streams counts open event streams.
type streams struct {
	mu   sync.Mutex
	all  int
	each map[string]int // by account
}

func newStreams() *streams { return &streams{each: map[string]int{}} }

// take counts one more, or refuses.
func (c *streams) take(account string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= streamsAll || c.each[account] >= streamsEach {
		return false
	}
	c.all++
	c.each[account]++
	return true
}

func (c *streams) give(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.each[account]--; c.each[account] == 0 {
		delete(c.each, account)
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
	if !q.s.streams.take(q.account.ID) {
		q.w.Header().Set("Retry-After", "5")
		return fault.New(fault.Unavailable, "too many event streams")
	}
	defer q.s.streams.give(q.account.ID)
	after, err := q.after()
	if err != nil {
		return err
	}
	out := &sse{w: q.w, c: http.NewResponseController(q.w)}
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
	if err := q.stream(out, w, id, after); err != nil && q.ctx().Err() == nil {
		q.s.log.Debug("an event stream has ended", "error", err)
	}
	return nil
}

// stream sends until the browser goes, may no longer see the meeting, or the server ends.
func (q *request) stream(out *sse, w *watcher, meeting string, after int64) error {
	beat := time.NewTicker(heartbeat)
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
			if e.Type == string(desk.KindMember) {
				if err := q.stillMay(meeting); err != nil {
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
	ctx, stop := context.WithTimeout(q.ctx(), writeWait)
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

// sse gathers messages and sends them within writeWait.
type sse struct {
	w http.ResponseWriter
	c *http.ResponseController
	b bytes.Buffer
}

func (o *sse) flush() error {
	if o.b.Len() == 0 {
		return nil
	}
	// A server without deadlines (a test's recorder) is no reason to send nothing.
	_ = o.c.SetWriteDeadline(time.Now().Add(writeWait))
	_, err := o.w.Write(o.b.Bytes())
	o.b.Reset()
	if err != nil {
		return err
	}
	return o.c.Flush()
}
