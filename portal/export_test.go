package portal

import (
	"time"

	"bienban/minutes/desk"
)

// RouteRow is a row of the table of routes, for tests of all of them.
type RouteRow struct {
	Pattern                                    string
	Anybody, SignedIn, Installation, OfMeeting bool
	Permission                                 desk.Permission
}

// Within is within, for a test of what browsers take for another server.
func Within(path string) bool { return within(path) }

// RouteTable lists all routes.
func (s *Server) RouteTable() []RouteRow {
	var out []RouteRow
	for _, r := range s.routes() {
		out = append(out, RouteRow{r.pattern, r.who == anybody, r.who == signedIn, r.who == installation, r.who == ofMeeting, r.permission})
	}
	return out
}

// StreamTimes sets how often event streams ask and send something, and how long a
// browser may take to accept it. Before the server is used.
func (s *Server) StreamTimes(beat, accept time.Duration) { s.heartbeat, s.writeWait = beat, accept }

// MicrophoneGrace sets how long browsers get to send the rest once a meeting is
// closed. Before the server is used.
func (s *Server) MicrophoneGrace(d time.Duration) { s.microphoneGrace = d }

// OpenStreams counts the open event streams.
func (s *Server) OpenStreams() int {
	s.streams.mu.Lock()
	defer s.streams.mu.Unlock()
	return s.streams.all
}

// StreamsEach is how many one account may have open.
const StreamsEach = streamsEach
