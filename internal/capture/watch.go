package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bienban/audio"
	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/fault"
	"bienban/internal/host"
	"bienban/internal/inhibit"
)

// powerEvery is how often mains and battery are looked at.
const powerEvery = 10 * time.Second

// heard keeps events for tick to say. The lock is held.
func (c *capture) heard(e []alarm.Event) { c.events = append(c.events, e...) }

// watchMachine keeps the machine awake and looks at its power. D-Bus may hang; nothing waits for it.
func (c *capture) watchMachine(ctx context.Context) {
	s := inhibit.Hold(ctx, c.cfg.Machine, "a meeting is being recorded")
	defer s.Release()
	c.mu.Lock()
	c.sleep = s
	c.mu.Unlock()
	t := time.NewTicker(powerEvery)
	defer t.Stop()
	for {
		p := inhibit.ReadPower(ctx, c.cfg.Machine)
		same := false
		if c.mirror != "" { // a drive may be unplugged, and its folder be the first drive's from then on
			same, _ = host.SameDrive(c.dir, c.mirror) // a system that does not tell raises no alarm
		}
		c.mu.Lock()
		c.power, c.oneDrive = p, same
		c.mu.Unlock()
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// tick looks at everything ten times a second, and tells whoever wants to know.
func (c *capture) tick(ctx context.Context) {
	t := time.NewTicker(statusPeriod)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			c.sayAlarms()
			return
		}
		now := time.Now()
		st := c.status(now)
		c.sayAlarms()
		if c.srv != nil {
			c.srv.tell(st)
			if st.Record.Removed > 0 {
				c.srv.keep()
			}
		}
		if c.cfg.Bus != nil {
			c.cfg.Bus.Send(Subject(c.name), encode(st))
		}
	}
}

func (c *capture) sayAlarms() {
	c.mu.Lock()
	events := c.events
	c.events = nil
	c.mu.Unlock()
	for _, e := range events {
		if e.Raised {
			c.tell("alarm: "+e.EN, "báo động: "+e.VI)
		} else {
			c.tell("over: "+e.EN, "đã hết: "+e.VI)
		}
	}
}

// status puts together how everything stands, the alarms included.
func (c *capture) status(now time.Time) Status {
	r := c.rec.Status()
	c.mu.Lock()
	defer c.mu.Unlock()
	st := Status{State: Recording, PID: pid(), Meeting: c.cfg.Meeting, Recording: c.name, Folder: c.dir, Started: c.started,
		Session: c.session, Device: c.device, Map: c.cfg.Map, Captured: c.captured, Gaps: c.gaps,
		GapSeconds: c.gapSum.Seconds(), Overflows: c.overflows, Levels: c.levels, Record: r, Power: c.power,
		Disk: DiskLeft{r.Disk.Free, r.Disk.Seconds}, Ended: c.ended}
	st.Seconds, st.Durable = float64(r.Position)/float64(r.Base), float64(r.Durable)/float64(r.Base)
	f := alarm.Facts{Session: c.session && c.stopping == "", Recorded: r.Durable, DeviceGone: c.gone, DiskLeft: r.Disk.Seconds,
		DiskFull: r.Disk.Full, Trouble: r.Trouble, Removed: r.Removed > 0, Waiting: r.Waiting, Lost: r.Lost,
		Power: c.power.Known, OnBattery: c.power.OnBattery, Charge: c.power.Charge}
	if r.Disk.Free < 0 {
		f.DiskLeft = -1
	}
	if p := r.Paused; p != nil {
		st.State = Paused
		st.Pause = &PauseStatus{Who: p.Who, Why: p.Reason, Since: p.Since, Until: c.until(p)}
		f.Paused, f.Since, f.Until = true, p.Since, st.Pause.Until
	}
	if m := r.Mirror; m != nil {
		f.Mirror, f.MirrorIn = m.Cause, m.Folder
	}
	f.OneDrive, st.OneDrive = c.oneDrive, c.oneDrive
	if c.sleep != nil {
		st.Awake.Held, st.Awake.Reason = c.sleep.Held()
		// A machine without battery or lid hardly sleeps by itself; one that has them may.
		if !st.Awake.Held && c.power.Known && c.power.Charge >= 0 {
			f.MaySleep = st.Awake.Reason
		}
	}
	if c.gone != "" {
		st.GapSeconds += now.Sub(c.goneAt).Seconds()
		if st.State == Recording {
			st.State = Reconnecting
		}
	}
	switch {
	case c.ended != "":
		st.State = Ended
	case c.stopping != "":
		st.State = Stopping
	}
	if ppm, known := c.drift.PPM(); known {
		st.Drift = &ppm
	}
	if c.pub != nil {
		b := c.pub.status(st.Durable)
		st.Bus = &b
	}
	if st.Bus != nil {
		f.BusAway = st.Bus.Away
	}
	c.heard(c.machine.Facts(f, now))
	st.Alarms = c.machine.Active()
	return st
}

// handle answers a request on the socket.
func (c *capture) handle(ctx context.Context, r Request) (Reply, []byte) {
	fail := func(err error) (Reply, []byte) { return Reply{Error: err.Error(), Code: codeOf(err)}, nil }
	switch r.Cmd {
	case "close", "erase", "import": // they take as long as they take, and end with the capture
		reply, err := c.stretch(ctx, r)
		if err != nil {
			return fail(err)
		}
		return reply, nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWait/2)
	defer cancel()
	var pcm []byte
	reply := Reply{OK: true}
	switch r.Cmd {
	case "status":
	case "pause":
		if err := c.pause(ctx, r); err != nil {
			return fail(err)
		}
	case "resume":
		if err := c.rec.Resume(ctx, r.Who, r.Why); err != nil {
			return fail(err)
		}
	case "stop":
		if r.Who == "" {
			return fail(errors.New("stop: who stops the recording must be said"))
		}
		c.mu.Lock()
		c.stopping = errStop{r.Who, r.Why}.Error()
		c.mu.Unlock()
		c.stop(errStop{r.Who, r.Why})
	case "session":
		c.mu.Lock()
		c.session = r.On
		c.mu.Unlock()
	case "last":
		a, b, err := c.playback(ctx, r.Seconds)
		if err != nil {
			return fail(err)
		}
		reply.Audio, pcm = &a, b
	default:
		return fail(fmt.Errorf("no command %q; there are status, watch, pause, resume, stop, session, last, close, erase and import", r.Cmd))
	}
	st := c.status(time.Now())
	reply.Status = &st
	return reply, pcm
}

// codeOf is the code of an error that has one.
func codeOf(err error) fault.Code {
	if c := fault.CodeOf(err); c != fault.Internal {
		return c
	}
	return ""
}

// maxPause is the longest that can be announced: a day.
const maxPause = 24 * 60 * 60

func (c *capture) pause(ctx context.Context, r Request) error {
	if !(r.For >= 0 && r.For <= maxPause) {
		return fmt.Errorf("pause: %v seconds cannot be announced; 0 to %d can", r.For, maxPause)
	}
	length := time.Duration(r.For * float64(time.Second))
	if p := c.rec.Status().Paused; p != nil && length > 0 && r.Who != "" { // announced anew, from now on
		c.mu.Lock()
		c.longer = time.Now().Add(length)
		c.mu.Unlock()
		return c.rec.Remark(r.Who, fmt.Sprintf("the pause is to last %.0f s more: %s", r.For, r.Why), nil)
	}
	c.mu.Lock()
	c.longer = time.Time{}
	c.mu.Unlock()
	return c.rec.Pause(ctx, r.Who, r.Why, length)
}

// until is when a pause ends as announced, zero when that was not said.
func (c *capture) until(p *record.PauseState) time.Time {
	end := c.longer
	if p.Announced > 0 {
		if t := p.Since.Add(time.Duration(p.Announced * float64(time.Second))); t.After(end) {
			end = t
		}
	}
	return end
}

// mixOf is how channels become the one that is listened to.
func mixOf(used []int, gain []float64) audio.MixOptions {
	o := audio.MixOptions{Channels: used}
	for _, g := range gain {
		if g != 1 {
			o.Gain = gain
		}
	}
	return o
}

// MixFor is how a recording's channels become the one that people listen to, by the channel map that the recording
// keeps (none: all channels as they are). A map that does not fit counts as none, as it does while publishing.
func MixFor(raw json.RawMessage, channels int) audio.MixOptions {
	var m *Map
	if len(raw) > 0 {
		m = &Map{}
		if json.Unmarshal(raw, m) != nil {
			m = nil
		}
	}
	used, gain, _, err := m.fit(channels)
	if err != nil {
		return audio.MixOptions{NoEnergies: true}
	}
	o := mixOf(used, gain)
	o.NoEnergies = true
	return o
}
