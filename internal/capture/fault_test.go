package capture

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/durable/durabletest"
	"bienban/internal/inhibit"
)

// twin is a file system that a test can break. Its folders are made on the machine, too: sockets live there.
func twin(t *testing.T) (*durabletest.FS, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), Folder)
	if err := os.MkdirAll(filepath.Join(root, "m"), 0o755); err != nil {
		t.Fatal(err)
	}
	return durabletest.New(), root
}

func TestADiskThatFillsIsWarnedOfAndEndsTheRecordingWhole(t *testing.T) {
	t.Parallel()
	fs, root := twin(t)
	fs.Limit(40 << 20)
	p := newPlug(mixer)
	h := start(t, Config{Root: root, FS: fs, Source: p.source()})
	frames := ramp(0, 320*50, 2)
	for i := range 50 {
		p.blocks <- block{frames: frames[i*640 : (i+1)*640]}
	}
	st := h.until(func(s Status) bool { return s.Durable >= 1 && has(s, alarm.Disk) })
	if st.Disk.Seconds <= 0 || st.Disk.Seconds > 600 {
		t.Errorf("%+v", st.Disk)
	}
	fs.Limit(32 << 20)
	full := h.client()
	var last Status
	go func() {
		for range 200 { // the hall goes on talking
			p.blocks <- block{frames: make([]float32, 640)}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	_ = full.Watch(context.Background(), func(s Status) error { last = s; return nil })
	select {
	case <-h.done:
	case <-time.After(deadline):
		t.Fatal("capture does not end")
	}
	if !errors.Is(h.err, record.ErrDiskFull) || last.State != Ended || !has(last, alarm.Full) {
		t.Errorf("%v, %+v", h.err, last.Alarms)
	}
	rep, err := record.Verify(context.Background(), h.dir, fs)
	if err != nil || !rep.Whole || !rep.Closed || rep.AudioSeconds < 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestADiskThatSyncsSlowlyCostsNoFrame(t *testing.T) {
	t.Parallel()
	fs, root := twin(t)
	fs.SlowSync(200 * time.Millisecond)
	p := newPlug(mixer)
	h := start(t, Config{Root: root, FS: fs, Source: p.source()})
	frames := ramp(0, 320*200, 2)
	for i := range 200 {
		p.blocks <- block{frames: frames[i*640 : (i+1)*640]}
	}
	st := h.until(func(s Status) bool { return s.Captured >= 3.99 })
	h.stop()
	if st.Record.Lost != 0 {
		t.Errorf("%d frames were lost", st.Record.Lost)
	}
	rec, err := record.Open(h.dir, fs)
	if err != nil {
		t.Fatal(err)
	}
	src, err := rec.Source(record.SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	got := make([]float32, len(frames)+2)
	n := 0
	for n < len(frames) {
		k, err := src.Read(context.Background(), got[n:])
		if err != nil {
			t.Fatal(err)
		}
		n += 2 * k
	}
	if !slices.Equal(got[:n], frames) {
		t.Error("the recording is not what was captured")
	}
}

func TestADiskThatRefusesIsAnAlarmAndNothingIsLost(t *testing.T) {
	t.Parallel()
	fs, root := twin(t)
	p := newPlug(mixer)
	h := start(t, Config{Root: root, FS: fs, Source: p.source()})
	for i := range 20 {
		p.blocks <- block{frames: ramp(320*i, 320, 2)}
	}
	h.until(func(s Status) bool { return s.Durable >= 0.4 })
	fs.Fail("sync", slices.Repeat([]error{errors.New("input/output error")}, 3)...)
	for i := range 80 {
		p.blocks <- block{frames: ramp(6400+320*i, 320, 2)}
	}
	st := h.until(func(s Status) bool { return s.Durable >= 2 })
	if st.Record.Failures == 0 || st.Record.Lost != 0 {
		t.Errorf("%+v", st.Record)
	}
	h.stop()
	if rep, err := record.Verify(context.Background(), h.dir, fs); err != nil || !rep.Whole || rep.AudioSeconds != 2 {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestSamplesThatAreNoNumbersAreCountedAndSaid(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	s := ramp(0, 320, 2)
	s[5], s[9] = float32(math.NaN()), float32(math.Inf(1))
	p.blocks <- block{frames: s}
	h.until(func(s Status) bool { return s.Captured > 0 })
	res := h.stop()
	if res.Damage == nil || !strings.Contains(res.Damage.Error(), "2 samples") {
		t.Errorf("%v", res.Damage)
	}
	if rep := verified(t, h.dir); rep.BadSamples != 2 {
		t.Errorf("%+v", rep)
	}
}

func TestNoiseOffsetAndDeadChannelsAreAlarms(t *testing.T) {
	t.Parallel()
	f := record.Format{Rate: 16000, Channels: 4, Bits: 16}
	p := newPlug(f)
	h := start(t, Config{Source: p.source()})
	frames := make([]float32, 1280)
	for i := range 320 {
		frames[4*i] = float32(1 - 2*(i/3%2)) // one bit
		frames[4*i+1] = 0.3 + float32(i%50)/500
		frames[4*i+3] = float32(i%100)/300 - 0.15
	}
	for range 11 * 50 {
		p.blocks <- block{frames: frames}
	}
	st := h.until(func(s Status) bool { return s.Captured >= 10.99 && has(s, alarm.Dead) })
	got := map[alarm.Kind]int{}
	for _, a := range st.Alarms {
		got[a.Kind] = a.Channel
	}
	if len(got) != 3 || got[alarm.OneBit] != 1 || got[alarm.Offset] != 2 || got[alarm.Dead] != 3 {
		t.Errorf("%v", st.Alarms)
	}
}

func TestTwoRunsOfOneMeetingCannotBothRecord(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	p.blocks <- block{frames: ramp(0, 320, 2)}
	h.until(func(s Status) bool { return s.Captured > 0 })
	q := newPlug(mixer)
	_, err := Run(context.Background(), Config{Root: filepath.Dir(h.dir), Meeting: "m", Source: q.source()})
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("%v", err)
	}
	if len(q.opened) > 0 {
		t.Error("it opened the device that the other has")
	}
}

func TestABatteryThatRunsDownIsAnAlarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"AC/type": "Mains", "AC/online": "0", "BAT0/type": "Battery", "BAT0/status": "Discharging", "BAT0/capacity": "12"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Machine: inhibit.Options{PowerDir: dir}})
	st := h.until(func(s Status) bool { return has(s, alarm.Mains) && has(s, alarm.Battery) && has(s, alarm.Sleep) })
	if st.Power.Charge != 12 || st.Awake.Held || st.Awake.Reason == "" {
		t.Errorf("%+v, %+v", st.Power, st.Awake)
	}
}

func TestACopyOnTheRecordingsOwnDriveIsAnAlarm(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Mirror: filepath.Join(t.TempDir(), "not", "mounted")})
	p.blocks <- block{frames: ramp(0, 320, 2)}
	st := h.until(func(s Status) bool { return has(s, alarm.OneDrive) })
	if !st.OneDrive || has(st, alarm.Mirror) {
		t.Errorf("%+v", st)
	}
	h.stop()
	without := start(t, Config{Source: newPlug(mixer).source()})
	if st := without.until(func(s Status) bool { return s.Seconds >= 0 }); st.OneDrive || has(st, alarm.OneDrive) {
		t.Errorf("without a mirror: %+v", st)
	}
}
