package portal

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"golang.org/x/text/language"

	"bienban/audio/record"
	"bienban/internal/accounts"
	"bienban/internal/audit"
	"bienban/internal/bus"
	"bienban/internal/fault"
	"bienban/internal/search"
	"bienban/minutes/desk"
	"bienban/portal/text"
	"bienban/templates/programmes"
)

// Options is what a Server works with. What is nil is left out of the pages.
type Options struct {
	Desk     desk.Store
	Feed     Feed
	Accounts *accounts.Service
	Search   search.Index
	Audit    audit.Log
	Captures Captures
	// Microphones takes in what browsers hear; nil: none.
	Microphones Microphones
	// Layers lists the machine layers of a recording's text; nil: only the one that counts is known.
	Layers LayerNames
	// Second tells of a recording whose second pass has failed, and when it is tried next: the zero time where that is
	// only when serve starts again. nil: nothing is known of second passes.
	Second func(recording string) (next time.Time, failed bool)
	// Afterwards closes and erases stretches of recordings; nil: this server keeps none.
	Afterwards Afterwards
	// Import takes in recordings that were made elsewhere; nil: none.
	Import Importer
	Bus    bus.Notices // levels, provisional text, wake-ups
	Log    *slog.Logger
	// Zone is the hall's, for times that pages show and take; nil: the machine's.
	Zone *time.Location
	// Secure says that browsers come by TLS: cookies are then for TLS only.
	Secure bool
	// Strict tells browsers to come by TLS only from now on (HSTS): for a certificate
	// that every browser trusts.
	Strict bool
	// Secret says that the installation is made for an isolated network, so that
	// secret meetings may be entered.
	Secret bool
	// Sound is the folder of recordings, "" for none.
	Sound string
	// Shelf keeps recordings open that are played back; nil: each request reads all.
	Shelf *record.Shelf
}

// Server answers browsers. New, then Run and Handler in any order; Run's end
// ends the open event streams.
type Server struct {
	o          Options
	log        *slog.Logger
	zone       *time.Location
	now        func() time.Time
	assets     *assets
	templates  map[string]*templates
	programmes []programmes.Programme
	matcher    language.Matcher
	sessions   *scs.SessionManager
	feeds      *feeds
	streams    *streams
	heartbeat  time.Duration // of event streams
	writeWait  time.Duration // likewise
	chain      chain
	handler    http.Handler
	stopped    chan struct{} // closed when Run ends

	microphoneGrace time.Duration
}

// New makes a server; it fails only by a fault in what is embedded.
func New(o Options) (*Server, error) {
	if o.Desk == nil || o.Accounts == nil || o.Feed == nil {
		return nil, fault.New(fault.Internal, "portal: a store, accounts and events are needed")
	}
	s := &Server{o: o, log: o.Log, zone: o.Zone, now: time.Now, matcher: newMatcher(), stopped: make(chan struct{}), microphoneGrace: microphoneGrace, heartbeat: heartbeat, writeWait: writeWait}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.zone == nil {
		s.zone = time.Local
	}
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, err
	}
	catalogues, err := text.Load()
	if err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(files); err != nil {
		return nil, err
	}
	if s.templates, err = loadTemplates(files, catalogues, s.assets, s.zone); err != nil {
		return nil, err
	}
	if s.programmes, err = programmes.All(); err != nil {
		return nil, err
	}
	s.sessions = newSessions(o)
	s.feeds = newFeeds(o.Feed, o.Bus, s.log)
	s.streams = newStreams()
	s.handler = s.wire()
	return s, nil
}

// Run passes on what happens until ctx ends, then ends the event streams.
func (s *Server) Run(ctx context.Context) {
	s.feeds.run(ctx)
	close(s.stopped)
}

// Handler is what an http.Server serves.
func (s *Server) Handler() http.Handler { return s.handler }

// wire puts the routes into a mux, and the mux behind what every answer needs.
func (s *Server) wire() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.guard(r))
	}
	// Whatever matches no route, in path or method, is not found, in the same bytes as a meeting that one may not see.
	mux.Handle("/", s.guard(route{who: anybody, handle: func(*request) error { return errNotFound }}))

	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(s.guard(route{who: anybody, handle: func(*request) error {
		return fault.New(fault.Forbidden, "a form of another site")
	}}))
	pages := s.sessions.LoadAndSave(cross.Handler(mux))

	outer := http.NewServeMux()
	outer.HandleFunc("GET "+assetsAt+"{name...}", func(w http.ResponseWriter, r *http.Request) {
		if !s.assets.serve(w, r) {
			pages.ServeHTTP(w, r)
		}
	})
	outer.Handle("/", pages)
	return secured(outer, s.o.Strict)
}

// errNotFound is the one answer for what does not exist and for what one may not see.
var errNotFound = fault.New(fault.NotFound, "not found")

// statusOf is the table from an error's code to HTTP.
func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.CodeOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Locked:
		return http.StatusLocked
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
