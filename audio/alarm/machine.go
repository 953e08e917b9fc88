package alarm

import (
	"slices"
	"time"

	"bienban/audio/meter"
	"bienban/audio/record"
)

// Kind names an alarm.
type Kind string

// The alarms.
const (
	Nothing  Kind = "nothing_recorded" // a session goes on and nothing reaches the disk
	Device   Kind = "device_lost"      // the device delivers nothing
	Silent   Kind = "silent"           // no channel in use hears anything
	Pause    Kind = "pause_too_long"   // longer than was announced
	Clipping Kind = "clipping"         // of a channel
	Dead     Kind = "dead_channel"     // of a channel
	OneBit   Kind = "one_bit"          // of a channel: noise of a broken converter or cable
	Offset   Kind = "dc_offset"        // of a channel
	Hum      Kind = "hum"              // of a channel
	Disk     Kind = "disk_low"
	Full     Kind = "disk_full"
	Writing  Kind = "writing_fails"
	Removed  Kind = "folder_removed" // the recording's folder, in mid-run
	Behind   Kind = "behind"         // the recorder does not keep up
	Lost     Kind = "lost"           // audio was dropped just now
	Mirror   Kind = "mirror"
	OneDrive Kind = "mirror_one_drive" // recording and copy lie on one
	Bus      Kind = "bus_away"         // no text is made, the recording goes on
	Mains    Kind = "mains_lost"
	Battery  Kind = "battery_low"
	Sleep    Kind = "may_sleep" // sleep could not be inhibited
	Unheard  Kind = "unheard"   // who listens from elsewhere hears nothing of the capture (NotHeard)
)

// Severity says how it is shown.
type Severity string

// Severities. Urgent is sounded: audio is being lost or soon will be.
const (
	Urgent Severity = "urgent"
	Warn   Severity = "warn"
)

// Alarm is one that is raised.
type Alarm struct {
	Kind     Kind      `json:"kind"`
	Channel  int       `json:"channel,omitempty"` // from 1; 0 = not about one
	Severity Severity  `json:"severity"`
	Since    time.Time `json:"since"`
	Sample   int64     `json:"sample"` // frames measured by then
	VI       string    `json:"vi"`
	EN       string    `json:"en"`
}

// Event says that an alarm was raised or cleared.
type Event struct {
	Raised bool `json:"raised"`
	Alarm
}

// Facts is how everything but the levels stands at one moment.
type Facts struct {
	Session  bool      // a session goes on: something should be recorded
	Recorded int64     // position up to which all is on the disk, in any unit; 0 when there is no recording
	Paused   bool      // a closed part goes on
	Until    time.Time // the pause was announced up to here; zero: it was not said
	Since    time.Time // the pause began

	DeviceGone string // why the device delivers nothing, "" while it does

	DiskLeft float64 // seconds of audio that still fit, negative when not known
	DiskFull bool
	Trouble  string             // why writing fails just now
	Removed  bool               // the recording's folder was removed in mid-run
	Waiting  float64            // seconds of audio that wait for the disk
	Lost     int64              // frames dropped since the start
	Mirror   record.MirrorCause // what is wrong with the copy, "" for nothing
	MirrorIn string             // its folder
	OneDrive bool               // the copy lies on the recording's own drive
	BusAway  float64            // seconds for which what is recorded could not be passed on to be made text

	Power     bool    // whether the machine's power is known
	OnBattery bool    // mains are lost
	Charge    float64 // of the battery in percent, negative when there is none or it is not known
	MaySleep  string  // why sleep could not be inhibited, "" when it was or need not be
}

// Limits of what is tolerated.
const (
	// SilentFor and SilentLevel: docs/design.md's 60 s; a hall with open microphones is never below -65 dBFS.
	SilentFor   = 60 * time.Second
	SilentLevel = -65.0
	// NothingFor: chunks are 0.2 s, syncs coalesce to 0.5 s, slow disks take some seconds.
	NothingFor = 5 * time.Second
	// PauseUnannounced is how long a pause may last whose length nobody said: a coffee break.
	PauseUnannounced = 30 * time.Minute
	// DiskWarn is what is left when the disk is called low: ten minutes.
	DiskWarn = 10 * time.Minute
	// BehindAt is half of what the recorder's queue holds (20 s).
	BehindAt = 10.0
	// BusAwayFor is more than a server takes to be started again.
	BusAwayFor = 3.0
	// BatteryAt in percent of a battery that is being used.
	BatteryAt = 20.0

	deadFor   = 10 * time.Second // a muted microphone; short drops of a wireless one are none
	clipFor   = 2 * time.Second  // clipping within two of ten tenths of a second…
	clipPart  = 2
	oddFor    = 3 * time.Second // hum, offset, one-bit noise
	offsetAt  = 0.05            // of full scale: takes half a decibel of room and makes pops
	clearFor  = 3 * time.Second // a cause is gone when it was not there for so long
	lostShown = 30 * time.Second
)

// Options say what is watched.
type Options struct {
	Rate     int   // of the frames, in Hz
	Channels []int // in use, from 0; those that are ignored raise nothing
	// Names of channels for the texts, by index; missing ones are numbered.
	Names []string
}

type key struct {
	kind    Kind
	channel int
}

// Machine keeps the alarms of one hall. It is for one goroutine at a time.
type Machine struct {
	o        Options
	active   map[key]*Alarm
	gone     map[key]int64 // frames since the cause was last seen
	sample   int64
	silent   int64
	channels map[int]*channel
	paused   bool

	mirror   record.MirrorCause // as it was said last
	mirrorIn string

	recorded int64
	moved    time.Time // when recorded last grew
	lost     int64
	lostAt   time.Time
	events   []Event
}

// channel counts for how many frames each oddity has lasted.
type channel struct {
	dead, odd, offset, hum int64
	clips                  []bool // of the last tenths of a second
}

// New begins with nothing raised.
func New(o Options) *Machine {
	m := &Machine{active: map[key]*Alarm{}, gone: map[key]int64{}}
	m.Use(o)
	return m
}

// Use says that another format or channel map is in use from here on. Alarms of channels are forgotten, those of the
// machine stay.
func (m *Machine) Use(o Options) []Event {
	m.o, m.channels, m.silent = o, map[int]*channel{}, 0
	for k := range m.active {
		if k.channel > 0 {
			m.clear(k, time.Time{})
		}
	}
	return m.flush()
}

// Levels takes a tenth of a second of levels. now only dates what is raised.
func (m *Machine) Levels(l meter.Levels, now time.Time) []Event {
	n := int64(l.Frames)
	m.sample = l.At
	loud := false
	for _, c := range m.o.Channels {
		if c < 0 || c >= len(l.Channels) {
			continue
		}
		v := l.Channels[c]
		loud = loud || v.RMS >= SilentLevel
		m.channel(c, v, n, now)
	}
	if loud || m.paused || len(m.o.Channels) == 0 {
		m.silent = 0
	} else {
		m.silent += n
	}
	m.set(key{Silent, 0}, m.silent >= m.frames(SilentFor), loud || m.paused, n, now)
	return m.flush()
}

func (m *Machine) channel(c int, v meter.Channel, n int64, now time.Time) {
	s := m.channels[c]
	if s == nil {
		s = &channel{}
		m.channels[c] = s
	}
	count := func(sum *int64, is bool) {
		if *sum += n; !is {
			*sum = 0
		}
	}
	count(&s.dead, v.Dead)
	count(&s.odd, v.OneBit)
	count(&s.offset, v.DC > offsetAt || v.DC < -offsetAt)
	count(&s.hum, v.Hum > 0)
	clip := v.Clipped > 0 && !v.OneBit
	if s.clips = append(s.clips, clip); len(s.clips) > meter.Rate {
		s.clips = s.clips[1:]
	}
	clips := 0
	for _, x := range s.clips {
		if x {
			clips++
		}
	}
	at := func(k Kind) key { return key{k, c + 1} }
	m.set(at(Dead), s.dead >= m.frames(deadFor), !v.Dead, n, now)
	m.set(at(OneBit), s.odd >= m.frames(oddFor), s.odd == 0, n, now)
	m.set(at(Offset), s.offset >= m.frames(oddFor), s.offset == 0, n, now)
	m.set(at(Hum), s.hum >= m.frames(oddFor), s.hum == 0, n, now)
	m.set(at(Clipping), clips >= clipPart, clips == 0, n, now)
}

func (m *Machine) frames(d time.Duration) int64 {
	return int64(d/time.Millisecond) * int64(m.o.Rate) / 1000
}

// Facts takes how the rest stands.
func (m *Machine) Facts(f Facts, now time.Time) []Event {
	m.paused = f.Paused
	if m.moved.IsZero() || f.Recorded != m.recorded || f.Paused || !f.Session {
		m.recorded, m.moved = f.Recorded, now
	}
	if f.Lost > m.lost {
		m.lostAt = now
	}
	m.lost = f.Lost
	if f.Mirror != m.mirror { // another cause is another alarm
		m.clear(key{Mirror, 0}, now)
	}
	m.mirror, m.mirrorIn = f.Mirror, f.MirrorIn
	until := f.Until
	if until.IsZero() {
		until = f.Since.Add(PauseUnannounced)
	}
	low := f.DiskLeft >= 0 && f.DiskLeft < DiskWarn.Seconds()
	flat := f.Power && f.OnBattery && f.Charge >= 0 && f.Charge < BatteryAt
	for _, x := range []struct {
		kind Kind
		on   bool
	}{
		{Nothing, f.Session && !f.Paused && now.Sub(m.moved) >= NothingFor},
		{Device, f.DeviceGone != ""},
		{Pause, f.Paused && now.After(until)},
		{Full, f.DiskFull},
		{Disk, low && !f.DiskFull},
		{Writing, f.Trouble != "" && !f.DiskFull},
		{Removed, f.Removed},
		{Behind, f.Waiting >= BehindAt || m.active[key{Behind, 0}] != nil && f.Waiting >= BehindAt/2},
		{Lost, !f.DiskFull && f.Lost > 0 && !m.lostAt.IsZero() && now.Sub(m.lostAt) < lostShown},
		{Mirror, f.Mirror != ""},
		{OneDrive, f.OneDrive},
		{Bus, f.BusAway >= BusAwayFor},
		{Mains, f.Power && f.OnBattery},
		{Battery, flat},
		{Sleep, f.MaySleep != ""},
	} {
		k := key{x.kind, 0}
		switch {
		case x.on:
			m.raise(k, now)
		default:
			m.clear(k, now)
		}
	}
	return m.flush()
}

// set raises an alarm, and clears it when its cause was not seen for clearFor.
func (m *Machine) set(k key, on, off bool, n int64, now time.Time) {
	switch {
	case on:
		m.raise(k, now)
		m.gone[k] = 0
	case m.active[k] == nil:
	case off:
		if m.gone[k] += n; m.gone[k] >= m.frames(clearFor) {
			m.clear(k, now)
		}
	default:
		m.gone[k] = 0
	}
}

func (m *Machine) raise(k key, now time.Time) {
	if m.active[k] != nil {
		return
	}
	a := &Alarm{Kind: k.kind, Channel: k.channel, Severity: severityOf(k.kind), Since: now, Sample: m.sample}
	a.VI, a.EN = m.text(k)
	m.active[k] = a
	m.events = append(m.events, Event{Raised: true, Alarm: *a})
}

func (m *Machine) clear(k key, _ time.Time) {
	if a := m.active[k]; a != nil {
		delete(m.active, k)
		delete(m.gone, k)
		m.events = append(m.events, Event{Alarm: *a})
	}
}

func (m *Machine) flush() []Event {
	e := m.events
	m.events = nil
	slices.SortStableFunc(e, func(a, b Event) int { return order(a.Alarm, b.Alarm) })
	return e
}

// Active lists what is raised, urgent ones first.
func (m *Machine) Active() []Alarm {
	all := make([]Alarm, 0, len(m.active))
	for _, a := range m.active {
		all = append(all, *a)
	}
	slices.SortFunc(all, order)
	return all
}

func order(a, b Alarm) int {
	switch {
	case a.Severity != b.Severity && a.Severity == Urgent:
		return -1
	case a.Severity != b.Severity:
		return 1
	case a.Kind != b.Kind:
		return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
	}
	return a.Channel - b.Channel
}
