package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"bienban/audio"
	"bienban/audio/alarm"
	"bienban/audio/device"
	"bienban/audio/meter"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/durable"
	"bienban/internal/fault"
	"bienban/internal/host"
	"bienban/internal/inhibit"
)

// Bus is what a capture needs of one.
type Bus interface {
	bus.AudioPublisher
	Send(subject string, data []byte)
}

// Config says what is recorded, and where.
type Config struct {
	Root      string // folder of recordings
	Meeting   string
	Recording string // "" to go on with the meeting's newest or to begin one
	Source    Source
	Origin    string // of a recording that is made of a file: what people call it
	Map       *Map   // nil: all channels as they are
	Mirror    string // folder on a second drive, in which the recording gets a folder of its own; "" for none
	Bus       Bus    // nil for none
	Machine   inhibit.Options
	FS        durable.FS // nil for the machine's
	// Now is the recording's clock, nil for the machine's. A source that delivers late, and all of it, gives its own, so
	// that its being late is no gap.
	Now func() time.Time
	// Stored is told up to which position, in frames of the recording's base rate, all is on the disk: when recording
	// begins or goes on, and after each chunk. Nothing waits for it.
	Stored func(position int64)
	// Say gets a line for people now and then, in English and in Vietnamese; it is called from several goroutines.
	Say func(en, vi string)
	// Reason tells in Vietnamese why something failed, from the English of what failed; nil leaves it as it is.
	Reason func(english string) string
}

// Result is what was recorded.
type Result struct {
	Recording string
	Folder    string
	Seconds   float64 // of the recording from its beginning, gaps included
	Captured  float64 // seconds that this run took
	Damage    error   // the input was damaged or not all of it is there: what is, was recorded
}

// stopWait bounds a clean stop: a disk that hangs must not keep the process for ever. The recorder goes on closing, and
// what it does not manage is recovered by the next start.
const stopWait = 30 * time.Second

// Run records until the input ends, ctx does, or somebody asks on the socket to stop. All that was captured is on the
// disk when it returns nil.
//
// Errors: durable.ErrLocked when another capture has the recording; record.ErrDiskFull when the disk became full, and
// fault.Unavailable with a *record.RoomError when it was before; fault.Invalid for what can be mended by the caller, and
// those of the input and the disk.
func Run(ctx context.Context, cfg Config) (Result, error) {
	if cfg.FS == nil {
		cfg.FS = durable.OS()
	}
	if err := CheckMeeting(cfg.Meeting); err != nil {
		return Result{}, err
	}
	root, err := filepath.Abs(cfg.Root)
	if err != nil {
		return Result{}, fmt.Errorf("data folder: %w", err)
	}
	cfg.Root = root
	passed := func(dir string) {
		if cfg.Say != nil {
			cfg.Say(fmt.Sprintf("%s belongs to another user and stays as it is: this is another recording", dir),
				fmt.Sprintf("%s là của người dùng khác nên giữ nguyên: lần này là một bản ghi khác", dir))
		}
	}
	name, dir, known, err := choose(ctx, cfg.Root, cfg.Meeting, cfg.Recording, cfg.FS, time.Now(), passed)
	if err != nil {
		return Result{}, err
	}
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &capture{cfg: cfg, dir: dir, name: name, started: time.Now(), session: true, stop: cancel,
		power: inhibit.Power{Charge: -1}}
	defer c.closeInput()
	if err := c.begin(run, known); err != nil {
		return Result{}, err
	}
	return c.run(run)
}

// capture is one run.
type capture struct {
	cfg     Config
	dir     string
	name    string
	started time.Time
	rec     *record.Recorder
	pub     *publisher // nil without a bus
	srv     *server
	mirror  string // folder of the copy, "" for none
	sleep   *inhibit.Sleep
	stop    context.CancelCauseFunc
	last    lastAudio

	in Input // of the goroutine that reads

	mu        sync.Mutex // guards what follows
	format    record.Format
	used      []int
	gain      []float64
	meter     *meter.Meter
	machine   *alarm.Machine
	levels    *meter.Levels
	device    string
	gone      string // why the device delivers nothing
	goneAt    time.Time
	gaps      int
	gapSum    time.Duration
	overflows int
	captured  float64
	session   bool
	longer    time.Time // the pause that goes on was announced anew up to here
	power     inhibit.Power
	oneDrive  bool // recording and mirror lie on one
	drift     device.Drift
	driftTold time.Time
	stopping  string
	ended     string
	events    []alarm.Event // not yet said to people
}

// begin opens the input and then the recording: a wrong name is said before anything is made.
func (c *capture) begin(ctx context.Context, known bool) error {
	in, err := c.cfg.Source.Open(ctx)
	var f record.Format
	switch {
	case err == nil:
		c.in, f = in, in.Format()
	case known && c.cfg.Source.Live && ctx.Err() == nil && !errors.Is(err, device.ErrNotBuilt):
		// The hall's recording waits to be gone on with: look for the device until it is back.
		old, oerr := record.Open(c.dir, c.cfg.FS)
		if oerr != nil {
			return err
		}
		f = old.Format()
		c.gone, c.goneAt = err.Error(), time.Now()
		c.say("%v; looking for it until it is there", "%v; máy tự tìm cho đến khi có", err)
	default:
		return err
	}
	if err := c.use(f); err != nil {
		return err
	}
	o := record.Options{ID: c.name, Meeting: c.cfg.Meeting, Device: c.cfg.Source.Name, Origin: c.cfg.Origin, Rate: f.Rate, Channels: f.Channels, Bits: f.Bits, Now: c.cfg.Now}
	if c.in != nil {
		c.device = c.in.Name()
		o.Device = c.device
	}
	if c.cfg.Map != nil {
		if o.Map, err = json.Marshal(c.cfg.Map); err != nil {
			return fmt.Errorf("channel map: %w", err)
		}
	}
	if c.cfg.Mirror != "" {
		mirror, err := filepath.Abs(c.cfg.Mirror) // the recording says where its copy lies
		if err != nil {
			return fmt.Errorf("mirror: %w", err)
		}
		o.Mirror = filepath.Join(mirror, c.name)
		c.mirror = o.Mirror
		o.MirrorApart = func() bool {
			same, err := host.SameDrive(c.dir, c.mirror)
			return err == nil && !same
		}
	}
	if c.cfg.Bus != nil {
		c.pub = newPublisher(c)
	}
	if c.pub != nil || c.cfg.Stored != nil {
		o.OnChunk = c.stored
	}
	var room *record.RoomError
	c.rec, err = record.Create(c.dir, o, c.cfg.FS)
	switch {
	case errors.As(err, &room):
		return fault.New(fault.Unavailable, "%w; free some space there, or choose a folder on another disk with --data", err)
	case err != nil:
		return err
	}
	if c.cfg.Stored != nil {
		c.cfg.Stored(c.rec.Position())
	}
	if c.gone != "" {
		_ = c.rec.Gap(c.gone)
	}
	return nil
}

// stored passes on that a chunk is on the disk.
func (c *capture) stored(k record.Chunk) {
	if c.pub != nil {
		c.pub.poke()
	}
	if c.cfg.Stored != nil {
		c.cfg.Stored(k.At + k.Span)
	}
}

// use makes meter and alarms for a format.
func (c *capture) use(f record.Format) error {
	used, gain, names, err := c.cfg.Map.fit(f.Channels)
	if err != nil {
		return err
	}
	m, err := meter.New(f.Rate, f.Channels)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.format, c.used, c.gain, c.meter, c.levels = f, used, gain, m, nil
	c.drift = device.Drift{Rate: f.Rate}
	o := alarm.Options{Rate: f.Rate, Channels: used, Names: names}
	if c.machine == nil {
		c.machine = alarm.New(o)
	} else {
		c.heard(c.machine.Use(o))
	}
	return nil
}

// run reads while everything else goes on beside it, and ends it all in order.
func (c *capture) run(ctx context.Context) (Result, error) {
	life, cancel := context.WithCancel(context.Background()) // of what must outlive the reading
	defer cancel()
	var all sync.WaitGroup
	srv, err := serve(c.dir, c.handle)
	if err != nil { // no reason not to record
		c.say("%v; capture goes on without", "%v; vẫn ghi âm, nhưng không điều khiển được từ chương trình khác", err)
	}
	c.mu.Lock()
	c.srv = srv
	c.mu.Unlock()
	all.Go(func() { c.watchMachine(life) })
	all.Go(func() { c.tick(life) })
	if c.pub != nil {
		all.Go(func() { c.pub.run(life) })
	}
	c.say("recording %s into %s: %s, %d channel(s), %d Hz, %d bits", "đang ghi %s vào %s: %s, %d kênh, %d Hz, %d bit",
		c.name, c.dir, c.device, c.format.Channels, c.format.Rate, c.format.Bits)

	readErr := c.read(ctx)
	c.closeInput()
	why := c.reason(ctx, readErr)
	c.mu.Lock()
	c.stopping = why
	c.mu.Unlock()
	closing, done := context.WithTimeout(context.Background(), stopWait)
	err = c.rec.Close(closing, why)
	done()
	if err != nil && errors.Is(err, context.DeadlineExceeded) {
		err = fault.New(fault.Unavailable, "the disk does not answer: the end of the recording may be missing; it is looked after at the next start")
	}
	if c.pub != nil {
		c.pub.finish()
	}
	c.mu.Lock()
	c.ended = why
	if err != nil {
		c.ended = err.Error()
	}
	c.mu.Unlock()
	cancel()
	all.Wait()
	st := c.status(time.Now())
	if srv != nil {
		srv.tell(st)
		srv.close()
	}
	if c.cfg.Bus != nil {
		c.cfg.Bus.Send(Subject(c.name), encode(st))
	}
	res := Result{Recording: c.name, Folder: c.dir, Seconds: st.Durable, Captured: st.Captured}
	var damage *audio.DamageError
	switch {
	case err != nil:
		return res, err
	case errors.As(readErr, &damage):
		res.Damage = damage
	case readErr != nil && !errors.Is(readErr, io.EOF) && ctx.Err() == nil:
		return res, readErr
	case st.Record.Bad > 0:
		res.Damage = fmt.Errorf("%d samples of the input were not numbers and count as silence", st.Record.Bad)
	case st.Record.Removed > 0:
		res.Damage = fmt.Errorf("the recording's folder was removed or moved while it was recorded into: earlier parts may be missing; bienban verify %s says which", c.dir)
	case st.Record.Mirror != nil && st.Record.Mirror.Behind > 0:
		res.Damage = &CopyError{c.dir, *st.Record.Mirror}
	}
	return res, nil
}

// errStop is the cause of a stop that was asked for on the socket.
type errStop struct{ who, why string }

func (e errStop) Error() string {
	if e.why == "" {
		return "stopped by " + e.who
	}
	return "stopped by " + e.who + ": " + e.why
}

func (c *capture) reason(ctx context.Context, err error) string {
	var stop errStop
	switch {
	case errors.As(context.Cause(ctx), &stop):
		return stop.Error()
	case ctx.Err() != nil:
		return "stopped by a signal"
	case errors.Is(err, io.EOF):
		return "the input ended"
	case err != nil:
		return err.Error()
	}
	return ""
}

func (c *capture) closeInput() {
	if c.in == nil {
		return
	}
	if err := c.in.Close(); err != nil {
		c.say("%v", "%v", err)
	}
	c.in = nil
}

// say tells people, in two languages.
func (c *capture) say(en, vi string, args ...any) {
	vargs := slices.Clone(args)
	for i, a := range vargs {
		if err, ok := a.(error); ok && c.cfg.Reason != nil {
			vargs[i] = c.cfg.Reason(err.Error())
		}
	}
	c.tell(fmt.Sprintf(en, args...), fmt.Sprintf(vi, vargs...))
}

func (c *capture) tell(en, vi string) {
	if c.cfg.Say != nil {
		c.cfg.Say(en, vi)
	}
}

func encode(st Status) []byte {
	b, err := json.Marshal(st)
	if err != nil {
		return nil // cannot be: our own types; a notice may be lost
	}
	return b
}

func pid() int { return os.Getpid() }
