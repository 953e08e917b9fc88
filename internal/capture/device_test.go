package capture

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"bienban/audio/alarm"
	"bienban/audio/device"
	"bienban/audio/record"
)

var mixer = record.Format{Rate: 16000, Channels: 2, Bits: 16}

func has(s Status, k alarm.Kind) bool {
	return slices.ContainsFunc(s.Alarms, func(a alarm.Alarm) bool { return a.Kind == k })
}

func TestAnUnpluggedMixerIsFoundAgainAndTheGapIsMarked(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	p.blocks <- block{frames: ramp(0, 320, 2)}
	h.until(func(s Status) bool { return s.State == Recording && s.Captured > 0 })
	p.set(mixer, "not there")
	p.blocks <- block{err: errUnplugged}
	st := h.until(func(s Status) bool { return s.State == Reconnecting && has(s, alarm.Device) })
	if st.Gaps != 1 || st.Levels != nil {
		t.Errorf("%+v", st)
	}
	<-p.opened
	p.set(mixer, "")
	<-p.opened
	p.blocks <- block{frames: ramp(320, 320, 2)}
	h.until(func(s Status) bool { return s.State == Recording && s.Captured >= 0.04 && !has(s, alarm.Device) })
	h.stop()
	gaps := opened(t, h.dir).Gaps()
	if len(gaps) != 1 || gaps[0].From != 320 || !strings.Contains(gaps[0].Reason, "pulled out") || gaps[0].To <= gaps[0].From {
		t.Fatalf("gaps: %+v", gaps)
	}
	s := all(t, h.dir)
	if !slices.Equal(s[:640], ramp(0, 320, 2)) || !slices.Equal(s[2*gaps[0].To:], ramp(320, 320, 2)) {
		t.Error("the audio around the gap is not what was captured")
	}
	if rep := verified(t, h.dir); rep.AudioSeconds != 0.04 {
		t.Errorf("%+v", rep)
	}
}

func TestAMixerThatComesBackWithAnotherFormatIsGoneOnWith(t *testing.T) {
	t.Parallel()
	for _, f := range []record.Format{{Rate: 48000, Channels: 2, Bits: 16}, {Rate: 16000, Channels: 1, Bits: 16}, {Rate: 44100, Channels: 4, Bits: 24}} {
		p := newPlug(mixer)
		h := start(t, Config{Source: p.source()})
		p.blocks <- block{frames: ramp(0, 320, 2)}
		h.until(func(s Status) bool { return s.Captured > 0 })
		p.set(f, "")
		p.blocks <- block{err: errUnplugged}
		<-p.opened
		<-p.opened
		n := f.Rate / 50
		p.blocks <- block{frames: ramp(0, n, f.Channels)}
		st := h.until(func(s Status) bool { return s.Captured >= 0.0399 })
		if st.Record.Format != f {
			t.Errorf("%+v, not %+v", st.Record.Format, f)
		}
		h.stop()
		if rep := verified(t, h.dir); rep.Segments != 2 || rep.AudioSeconds < 0.0399 || rep.AudioSeconds > 0.0401 {
			t.Errorf("%+v", rep)
		}
	}
}

func TestFramesThatTheDeviceDroppedAreCountedAndMarked(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source()})
	p.blocks <- block{frames: ramp(0, 320, 2)}
	p.blocks <- block{frames: ramp(500, 320, 2), lost: 180}
	st := h.until(func(s Status) bool { return s.Captured >= 0.04 && has(s, alarm.Lost) })
	if st.Overflows != 1 || st.Record.Lost != 180 {
		t.Errorf("%d overflows of %d frames", st.Overflows, st.Record.Lost)
	}
	h.stop()
	gaps := opened(t, h.dir).Gaps()
	if len(gaps) != 1 || gaps[0].Kind != record.KindOverflow || gaps[0].From != 320 || gaps[0].To != 500 {
		t.Fatalf("%+v", gaps)
	}
	if s := all(t, h.dir); len(s) != 820*2 || !slices.Equal(s[1000:], ramp(500, 320, 2)) {
		t.Errorf("%d samples, or others than were captured", len(s))
	}
}

func TestAMixerThatIsNotThereAtTheStartIsSaidAndNothingIsMade(t *testing.T) {
	t.Parallel()
	p := newPlug(mixer)
	p.set(mixer, "never seen")
	root := t.TempDir()
	_, err := Run(context.Background(), Config{Root: root, Meeting: "m", Source: p.source()})
	if !errors.Is(err, device.ErrUnknown) {
		t.Errorf("%v", err)
	}
	if found, _ := record.Find(context.Background(), root, nil); len(found) > 0 {
		t.Errorf("it left %v", found)
	}
}

func TestARecordingThatWasCutOffWaitsForItsMixer(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	dir := root + "/m"
	rec, err := record.Create(dir, record.Options{ID: "m", Meeting: "m", Rate: 16000, Channels: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Append(ramp(0, 3200, 2)); err != nil {
		t.Fatal(err)
	}
	if err := rec.Pause(context.Background(), "An", "kín", 0); err != nil { // no clean end is written below
		t.Fatal(err)
	}
	// What a kill leaves is what lies there now, under no lock.
	cut := t.TempDir()
	copySegments(t, dir, cut+"/m")
	if err := rec.Close(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	p := newPlug(mixer)
	p.set(mixer, "not there yet")
	h := start(t, Config{Root: cut, Source: p.source()})
	st := h.until(func(s Status) bool { return has(s, alarm.Device) })
	if st.State != Paused || st.Pause.Who != "An" {
		t.Errorf("a closed part is not gone on with: %+v", st)
	}
	p.set(mixer, "")
	<-p.opened
	if err := h.client().Resume(context.Background(), "An", ""); err != nil {
		t.Fatal(err)
	}
	p.blocks <- block{frames: ramp(3200, 320, 2)}
	h.until(func(s Status) bool { return s.State == Recording && s.Captured > 0 })
	h.stop()
	if rep := verified(t, h.dir); rep.AudioSeconds != 0.22 {
		t.Errorf("%+v", rep)
	}
}
