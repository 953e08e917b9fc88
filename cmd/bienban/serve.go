package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/bus/natsbus"
	"bienban/internal/capture"
	"bienban/internal/durable"
	"bienban/internal/fault"
	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/minutes"
	"bienban/models"
)

type serveCmd struct {
	Data     string `help:"Data folder; default BIENBAN_DATA, else the user's own." placeholder:"DIR"`
	Addr     string `default:"127.0.0.1:8080" help:"Where to listen for browsers." placeholder:"HOST:PORT"`
	Bus      string `help:"Use this NATS instead of the one within: nats://…" placeholder:"URL"`
	NoWorker bool   `help:"Start no speech recognition here: workers run elsewhere."`
	Workers  int    `default:"1" help:"How many speech workers to keep running." placeholder:"N"`
	Model    string `default:"base" help:"The live speech model." placeholder:"NAME"`
	Second   string `default:"same" help:"The model of the second pass after a recording: a name, same, or none." placeholder:"NAME"`
	Threads  int    `help:"Threads of each engine; default the cores." placeholder:"N"`

	databaseFlag `embed:""`
	portalFlags  `embed:""`

	// opened is called once all runs; of the demonstration.
	opened func(ctx context.Context, s *server) error
	inputs map[string]string // of the demonstration: meeting → file that its hall "hears"
	repeat time.Duration     // of the demonstration: for how long it hears it again and again

	Meeting  string `help:"Keep a capture of this meeting running; one that runs is adopted." placeholder:"ID"`
	Device   string `help:"With --meeting: microphone or mixer." placeholder:"NAME"`
	Input    string `help:"With --meeting: record a file instead." placeholder:"FILE"`
	Realtime bool   `help:"With --input: at the pace at which it would be heard."`
	Map      string `help:"With --meeting: channel map." placeholder:"FILE"`
	Mirror   string `help:"With --meeting: write a copy into a folder on a second drive, too." placeholder:"DIR"`
}

// Names in the data folder.
const (
	lockFile   = "serve.lock"
	storeFile  = "bienban.db"
	busDir     = "bus"
	secondDir  = "second"
	meetingDir = "meetings"
)

// busAddress is where an embedded bus says how to reach it.
func busAddress(data string) string { return filepath.Join(data, busDir, natsbus.AddressName) }

// closeWait bounds the end of what browsers are being told.
const closeWait = 3 * time.Second

// Run serves until it is stopped. Captures go on without it.
func (c *serveCmd) Run(ctx context.Context, e *env) (err error) {
	data, err := e.dataDir(c.Data)
	if err != nil {
		return err
	}
	if err := c.check(e, data); err != nil {
		return err
	}
	if _, err := e.database(data, c.databaseFlag); err != nil {
		return err
	}
	if err := folderFor(data); err != nil {
		return err
	}
	secure, err := c.secure(e, data)
	if err != nil {
		return err
	}
	if !c.NoWorker {
		if err := e.canHear(ctx, c.Model); err != nil {
			return fmt.Errorf("%w (or serve --no-worker)", err)
		}
		if second := c.secondModel(); second != "" && second != c.Model { // not hours later, when a meeting is over
			if err := e.canHear(ctx, second); err != nil {
				return fmt.Errorf("--second: %w (or serve --second none)", err)
			}
		}
	}
	lock, err := durable.OS().Lock(filepath.Join(data, lockFile))
	if errors.Is(err, durable.ErrLocked) {
		return fault.New(fault.Conflict, "%s: another serve runs on this data folder: %w", data, err)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "%s: %w", data, err)
	}
	defer lock.Unlock() //nolint:errcheck // it ends with the process at the latest
	_ = lock.Mark(strconv.Itoa(os.Getpid()))

	// What is opened first is closed last: workers hand in what they have, the
	// ingester stores it, then the bus and the store close.
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		if bad := (*net.AddrError)(nil); errors.As(err, &bad) {
			return fault.New(fault.Invalid, "--addr %s: %w", c.Addr, err)
		}
		return fault.New(fault.Unavailable, "--addr %s: %w", c.Addr, err)
	}
	s := &server{c: c, e: e, data: data}
	web, secured, url := s.web(l, secure)
	s.url = url
	served := make(chan error, 1)
	go func() { served <- web.Serve(secured) }()
	defer func() {
		end, stop := context.WithTimeout(context.WithoutCancel(ctx), closeWait)
		defer stop()
		_ = web.Shutdown(end)
		<-served
	}()
	e.say("serving on %s, data in %s", url, data)
	return s.run(ctx)
}

// check looks at the arguments, then at the inputs.
func (c *serveCmd) check(e *env, data string) error {
	switch {
	case c.Meeting == "" && (c.Device != "" || c.Input != "" || c.Map != "" || c.Mirror != ""):
		return fault.New(fault.Invalid, "--meeting is missing: name the meeting that is to be captured")
	case c.Workers < 1 || c.Workers > 64:
		return fault.New(fault.Invalid, "--workers %d: must be 1 to 64 (--no-worker for none)", c.Workers)
	case c.Input == "-":
		return fault.New(fault.Invalid, "--input -: serve has no use for its standard input; run bienban capture yourself")
	}
	if second := c.secondModel(); second != "" {
		if _, err := e.findModel(second, models.Speech); err != nil {
			return fmt.Errorf("--second: %w", err)
		}
	}
	if err := c.portalFlags.check(c.Addr); err != nil {
		return err
	}
	if c.Meeting == "" {
		return nil
	}
	_, err := c.capture(data).config(e)
	return err
}

// capture is the command that serve keeps running.
func (c *serveCmd) capture(data string) *captureCmd {
	return &captureCmd{Meeting: c.Meeting, Device: c.Device, Input: c.Input, Realtime: c.Realtime, Map: c.Map, Mirror: c.Mirror, Data: data}
}

// server is a serve that runs.
type server struct {
	c    *serveCmd
	e    *env
	data string

	bus     bus.Bus
	store   *sqlstore.Store
	shelf   record.Shelf
	address string // of the bus, for children
	ready   atomic.Pointer[func(context.Context) error]
	url     string // for people
	// recorder keeps the capture of --meeting running, if there is one.
	recorder *hall.Recorder
	second   *hall.Passes // nil: none are made
	pages    atomic.Pointer[http.Handler]
}

// heapRoom is by how much, in percent, serve's heap may grow before it is
// collected, in place of Go's 100. What serve holds is some 30 MB, a third of it
// blocks of sound on their way through the bus, which come anew with each
// collection: with 100 the resident memory of a meeting crept from 59 to 80 MB over
// its first 45 min, with 50 it is level from the first tenth on (docs/measurements.md).
const heapRoom = 50

func (s *server) run(ctx context.Context) error {
	if os.Getenv("GOGC") == "" { // the operator knows better
		debug.SetGCPercent(heapRoom)
	}
	// The parts' own life is longer than ctx: workers end before the ingester.
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	closeBus, err := s.openBus(life)
	if err != nil {
		return err
	}
	defer closeBus()
	where, err := s.e.database(s.data, s.c.databaseFlag)
	if err != nil {
		return err
	}
	if s.store, err = sqlstore.Open(life, where); err != nil {
		return err
	}
	defer s.store.Close() //nolint:errcheck // every commit is on the disk
	log, root := s.e.logger(), filepath.Join(s.data, capture.Folder)

	var inner, outer sync.WaitGroup
	defer inner.Wait()
	defer end() // before inner.Wait
	s.recorder = &hall.Recorder{Root: root, Shelf: &s.shelf, Meeting: s.c.Meeting, Start: s.startCapture, Tell: s.tellCapture, Log: log}
	desk := hall.Desk{Bus: s.bus, Store: s.store, Root: root, Shelf: &s.shelf, Meeting: s.meeting, Waiting: s.recorder.Waiting, Log: log}
	ingester := hall.Ingester{Bus: s.bus, Store: s.store, Log: log}
	inner.Go(func() { _ = desk.Run(life) })
	inner.Go(func() { _ = ingester.Run(life) })

	outerLife, stop := context.WithCancel(ctx)
	defer outer.Wait()
	defer stop() // before outer.Wait
	keeper := hall.Keeper{Bus: s.bus, Store: s.store, Root: root, Shelf: &s.shelf, Language: s.language, Ordered: s.ordered, Log: log}
	if s.second = s.passes(); s.second != nil {
		keeper.Complete = s.second.Complete
	}
	outer.Go(func() { _ = keeper.Run(outerLife) })
	if !s.c.NoWorker {
		for i := range s.c.Workers {
			w := s.worker(i + 1)
			outer.Go(func() { _ = w.Run(outerLife) })
		}
	}
	if s.c.Meeting != "" {
		outer.Go(func() { _ = s.recorder.Run(outerLife) })
	}
	if running, err := capture.Running(ctx, root); err == nil {
		for _, st := range running {
			s.e.say("capture of %s runs (process %d, %.0f s): it goes on", st.Meeting, st.PID, st.Seconds)
		}
	}
	p, err := s.openPortal(ctx)
	if err != nil {
		return err
	}
	outer.Go(func() { p.Run(outerLife) })
	check := s.check
	s.ready.Store(&check)
	if s.c.opened != nil {
		if err := s.c.opened(ctx, s); err != nil {
			return err
		}
	}
	<-ctx.Done()
	s.ready.Store(nil)
	if s.c.inputs == nil {
		s.e.say("stopping; captures go on")
	}
	return nil
}

// openBus starts the bus within, or dials the one given.
func (s *server) openBus(ctx context.Context) (closeBus func(), err error) {
	log := s.e.logger()
	if s.c.Bus != "" {
		b, err := natsbus.Dial(s.e.busOptions(s.c.Bus, "serve"))
		if err != nil {
			return nil, fault.New(fault.Invalid, "--bus %s: %w", s.c.Bus, err)
		}
		s.bus, s.address = b, s.c.Bus
		return func() { _ = b.Close() }, nil
	}
	srv, err := natsbus.StartServer(ctx, natsbus.ServerOptions{Dir: filepath.Join(s.data, busDir), Log: log})
	if err != nil {
		return nil, err
	}
	b, err := srv.Connect(natsbus.Options{Name: "serve", Log: log})
	if err != nil {
		srv.Shutdown()
		return nil, err
	}
	s.bus, s.address = b, srv.AddressFile()
	return func() { _ = b.Close(); srv.Shutdown() }, nil
}

// worker supervises one worker process, which is this program. Its leases have
// the same holder in each of its lives, and no other serve's: so the next life
// takes them over at once.
func (s *server) worker(n int) *hall.Supervisor {
	name := fmt.Sprintf("worker-%d", n)
	place := fnv.New32a()
	_, _ = place.Write([]byte(s.data)) // it never fails
	holder := fmt.Sprintf("%s-%s-%08x", name, hostName(), place.Sum32())
	return &hall.Supervisor{Name: name, Log: s.e.logger(), Command: func() *exec.Cmd {
		return s.self("worker", "--pipe", "--name", holder, "--bus", s.address, "--model", s.c.Model, "--threads", strconv.Itoa(s.c.Threads))
	}}
}

// self is this program, as a child.
func (s *server) self(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return exec.Command(program, args...) //nolint:noctx // it is ended by its pipe, so that it can hand in what it has
}

// tellCapture tells in a capture's place how it stands while none can run.
func (s *server) tellCapture(st capture.Status) {
	if b, err := json.Marshal(st); err == nil { // our own types
		s.bus.Send(capture.Subject(st.Recording), b)
	}
}

func (s *server) startCapture() (int, error) { return s.beginCapture(s.c.Meeting) }

// beginCapture starts a capture of a meeting in a session of its own, with the
// devices that serve was told of.
func (s *server) beginCapture(meeting string) (int, error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	input, realtime := s.c.Input, s.c.Realtime
	if file := s.c.inputs[meeting]; file != "" {
		input, realtime = file, true
	}
	args := []string{"capture", "--meeting", meeting, "--data", s.data, "--bus", s.address}
	for _, o := range [][2]string{{"--device", s.c.Device}, {"--input", input}, {"--map", s.c.Map}, {"--mirror", s.c.Mirror}} {
		if o[1] != "" {
			args = append(args, o[0], o[1])
		}
	}
	if realtime {
		args = append(args, "--realtime")
	}
	if s.c.repeat > 0 {
		args = append(args, "--repeat", s.c.repeat.String())
	}
	return capture.Start(filepath.Join(s.data, capture.Folder), program, args, os.Environ())
}

// routes answers whoever watches over this process.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		check := s.ready.Load()
		if check == nil {
			http.Error(w, "starting or stopping", http.StatusServiceUnavailable)
			return
		}
		if err := (*check)(r.Context()); err != nil {
			s.e.log("warn", "not ready: "+oneLine(err))
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if pages := s.pages.Load(); pages != nil {
			(*pages).ServeHTTP(w, r)
			return
		}
		notOpen(w, r)
	})
	return mux
}

// check says whether bus and store answer now.
func (s *server) check(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, closeWait)
	defer stop()
	if err := s.bus.Ready(ctx); err != nil {
		return err
	}
	_, err := s.store.Unfinished(ctx)
	return err
}

// meeting reads what is known of a meeting: what people entered in the portal,
// else meetings/ID.yaml or meetings/ID/meeting.yaml in the data folder. There
// need not be any.
func (s *server) meeting(ctx context.Context, id string) (hall.Meeting, error) {
	st, err := s.store.MeetingState(ctx, id)
	if err == nil {
		return ofDesk(st), nil
	}
	if fault.CodeOf(err) != fault.NotFound {
		return hall.Meeting{}, err
	}
	name := filepath.Join(s.data, meetingDir, capture.RecordingName(id))
	for _, path := range []string{name + ".yaml", filepath.Join(name, "meeting.yaml")} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		m, _, err := minutes.ReadMeeting(path)
		if err != nil {
			s.e.log("warn", oneLine(err)) // its sound is text all the same
			return hall.Meeting{}, nil
		}
		out := hall.Meeting{Title: m.Title, Language: m.Language, Glossary: m.GlossaryTerms(), Channels: namesByChannel(m)}
		for _, a := range m.Agenda {
			out.Agenda = append(out.Agenda, hall.AgendaRow{ID: a.ID, Title: a.Title})
		}
		return out, nil
	}
	return hall.Meeting{}, nil
}

func (s *server) language(ctx context.Context, id string) (string, error) {
	m, err := s.meeting(ctx, id)
	return m.Language, err
}
