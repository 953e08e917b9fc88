package browser

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Message is one message of an event stream.
type Message struct {
	Event string // "" for those that have a number
	ID    string
	Data  string
}

// Source follows a meeting's events as an EventSource does: after a cut it connects
// again and says which message it had last.
type Source struct {
	Client  *Client
	Meeting string
	After   int64 // where it begins
	// Rest is the wait before it connects again; 0 = what the server asks for.
	Rest time.Duration
	// Message gets each whole message, in order. An error ends Run.
	Message func(Message) error
	// State is told when a connection is open and when it is lost; it may be nil.
	State func(open bool)

	last string // id of the newest message
	rest time.Duration
}

// firstRest is what an EventSource waits when the server has not said.
const firstRest = 3 * time.Second

// errRefused is an answer that ends an EventSource for good.
var errRefused = errors.New("the event stream was refused")

// Run follows until ctx ends, which is no error.
func (s *Source) Run(ctx context.Context) error {
	s.rest = firstRest
	for {
		err := s.once(ctx)
		if s.State != nil {
			s.State(false)
		}
		var said *told
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // its end is what was waited for
		case errors.As(err, &said):
			return said.err
		case errors.Is(err, errRefused):
			return err
		}
		rest := s.rest
		if s.Rest > 0 {
			rest = s.Rest
		}
		t := time.NewTimer(rest)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil
		}
	}
}

// told is an error of Message.
type told struct{ err error }

func (t *told) Error() string { return t.err.Error() }

// once follows one connection until it is cut.
func (s *Source) once(ctx context.Context) error {
	r, err := s.Client.request(ctx, http.MethodGet, "/m/"+s.Meeting+"/events?after="+strconv.FormatInt(s.After, 10), nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	if s.last != "" {
		r.Header.Set("Last-Event-ID", s.last)
	}
	res, err := s.Client.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode >= http.StatusInternalServerError: // a page begins to follow anew (live-link.js)
		return &Status{"events", res.StatusCode, ""}
	case res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream"):
		return fmt.Errorf("%w: status %d", errRefused, res.StatusCode)
	}
	if s.State != nil {
		s.State(true)
	}
	return s.read(res.Body)
}

// read takes messages; one without its empty line at the end does not count.
func (s *Source) read(from io.Reader) error {
	lines := bufio.NewReader(from)
	m, any := Message{}, false
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			if m.ID != "" {
				s.last = m.ID
			}
			if any {
				if err := s.Message(m); err != nil {
					return &told{err}
				}
			}
			m, any = Message{}, false
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			m.Event = value
		case "id":
			m.ID = value
		case "data":
			if any {
				m.Data += "\n"
			}
			m.Data, any = m.Data+value, true
		case "retry":
			if ms, err := strconv.Atoi(value); err == nil {
				s.rest = time.Duration(ms) * time.Millisecond
			}
		}
	}
}
