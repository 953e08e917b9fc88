package capture

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"bienban/audio"
	"bienban/audio/alarm"
	"bienban/audio/record"
	"bienban/internal/bus"
	"bienban/internal/bus/membus"
	"bienban/internal/fault"
)

// published reads what a bus has of a recording, to its end.
func published(t *testing.T, b *membus.Bus, name string) []bus.Chunk {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	r, err := b.ReadAudio(ctx, name, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []bus.Chunk
	for {
		c, err := r.Next(ctx)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("after %d chunks: %v", len(all), err)
		}
		all = append(all, c.Clone())
	}
}

// mix is what a worker must hear of a stretch of frames.
func mix(t *testing.T, rate, channels int, frames []float32, o audio.MixOptions) []int16 {
	t.Helper()
	sr, err := audio.NewSpeechReader(&memory{audio.Format{Rate: rate, Channels: channels}, frames}, o)
	if err != nil {
		t.Fatal(err)
	}
	var s []int16
	buf := make([]float32, 1000)
	for {
		n, err := sr.Read(context.Background(), buf)
		for _, v := range buf[:n] {
			s = append(s, sample(v))
		}
		if err != nil {
			return s
		}
	}
}

type memory struct {
	f    audio.Format
	rest []float32
}

func (m *memory) Format() audio.Format { return m.f }
func (m *memory) Close() error         { return nil }
func (m *memory) Read(_ context.Context, dst []float32) (int, error) {
	n := copy(dst, m.rest)
	m.rest = m.rest[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n / m.f.Channels, nil
}

// tones is a signal that survives resampling and differs by channel.
func tones(rate, channels, frames, first int) []float32 {
	var s []float32
	for i := first; i < first+frames; i++ {
		for c := range channels {
			v := 0.3 / float64(c+1) * math.Sin(2*math.Pi*float64(300+170*c)*float64(i)/float64(rate))
			s = append(s, float32(math.Round(v*(1<<15)))/(1<<15))
		}
	}
	return s
}

func sound(all []bus.Chunk) (s []int16) {
	for _, c := range all {
		s = append(s, c.PCM...)
	}
	return s
}

func same(t *testing.T, what string, got, want []int16) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d samples, not %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: sample %d is %d, not %d", what, i, got[i], want[i])
			return
		}
	}
}

func TestTheMixIsPublishedWithEachChannelsEnergy(t *testing.T) {
	t.Parallel()
	for _, f := range []record.Format{{Rate: 16000, Channels: 1, Bits: 16}, {Rate: 48000, Channels: 3, Bits: 16}, {Rate: 44100, Channels: 2, Bits: 16}} {
		b := membus.New(membus.Options{}).Connect()
		p := newPlug(f)
		h := start(t, Config{Source: p.source(), Bus: b})
		n := f.Rate / 50
		frames := tones(f.Rate, f.Channels, 60*n, 0)
		for i := range 60 {
			p.blocks <- block{frames: frames[i*n*f.Channels : (i+1)*n*f.Channels]}
			if i%10 == 9 { // a chunk is whole: it must come before there is more
				h.until(func(s Status) bool { return s.Bus != nil && s.Bus.Published > float64(i+1)/50-0.15 })
			}
		}
		h.stop()
		all := published(t, b, "m")
		same(t, "the mix", sound(all), mix(t, f.Rate, f.Channels, frames, audio.MixOptions{}))
		last := all[len(all)-1]
		if last.Kind != bus.End || last.First != 19200 {
			t.Errorf("it ends with %v at %d", last.Kind, last.First)
		}
		for _, c := range all[1 : len(all)-2] {
			if len(c.Energies) != f.Channels || math.Abs(math.Sqrt(float64(c.Energies[0]))-0.212) > 0.02 {
				t.Fatalf("energies %v", c.Energies)
			}
		}
		if len(all) < 5 {
			t.Errorf("only %d chunks: it was not published as it came", len(all))
		}
		_ = b.Close()
	}
}

func TestPausesGapsAndOverflowsAreOnTheBusInTheirPlaces(t *testing.T) {
	t.Parallel()
	b := membus.New(membus.Options{}).Connect()
	defer b.Close()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Bus: b, Map: &Map{Channels: []Channel{{Channel: 2, Gain: 1, Ignore: true}}}})
	ctx := context.Background()
	give := func(first, blocks int) {
		for i := range blocks {
			p.blocks <- block{frames: tones(16000, 2, 320, first+320*i)}
		}
	}
	heard := func(seconds float64) { h.until(func(s Status) bool { return s.Captured > seconds-0.001 }) }
	give(0, 30)
	heard(0.6)
	if err := h.client().Pause(ctx, "An", "", 0); err != nil {
		t.Fatal(err)
	}
	give(0, 60)
	heard(1.8)
	if err := h.client().Resume(ctx, "An", ""); err != nil {
		t.Fatal(err)
	}
	give(9600, 20)
	p.blocks <- block{lost: 1000, frames: tones(16000, 2, 320, 20000)}
	give(20320, 9)
	heard(2.4)
	p.blocks <- block{err: errUnplugged}
	<-p.opened
	<-p.opened
	give(30000, 10)
	heard(2.6)
	h.stop()
	rec := opened(t, h.dir)
	pause, gaps := rec.Pauses()[0], rec.Gaps()
	kinds := map[bus.Kind]int64{}
	at := int64(0)
	for _, c := range published(t, b, "m") {
		if c.First != at {
			t.Fatalf("a chunk at %d, not %d", c.First, at)
		}
		at = c.End()
		kinds[c.Kind] += c.Frames
	}
	if at != rec.End() || kinds[bus.Paused] != pause.To-pause.From || len(gaps) != 2 ||
		kinds[bus.Gap] != gaps[0].To-gaps[0].From+gaps[1].To-gaps[1].From || kinds[bus.Audio] != 70*320 {
		t.Errorf("%v of %d, pause %+v, gaps %+v", kinds, rec.End(), pause, gaps)
	}
	want := tones(16000, 2, 70*320, 0)
	var ch []int16
	for i := range 30 * 320 {
		ch = append(ch, sample(want[2*i]))
	}
	same(t, "before the pause", sound(published(t, b, "m"))[:9600], ch)
}

func TestABusThatIsAwayDelaysNothingAndGetsEverythingLater(t *testing.T) {
	t.Parallel()
	hub := membus.New(membus.Options{})
	hub.Stop()
	b := hub.Connect()
	defer b.Close()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Bus: b})
	frames := tones(16000, 2, 100*320, 0)
	for i := range 100 {
		p.blocks <- block{frames: frames[i*640 : (i+1)*640]}
	}
	st := h.until(func(s Status) bool { return s.Durable >= 2 && s.Bus.Failures > 0 })
	if st.Bus.Lag < 1.9 || st.Bus.Error == "" || st.Record.Waiting > 0 {
		t.Errorf("%+v", st.Bus)
	}
	said := func(s Status) bool {
		return slices.ContainsFunc(s.Alarms, func(a alarm.Alarm) bool { return a.Kind == alarm.Bus })
	}
	h.until(said)
	hub.Start()
	h.until(func(s Status) bool { return s.Bus.Lag < 0.5 && s.Bus.Error == "" && s.Bus.Away == 0 && !said(s) })
	h.stop()
	same(t, "the mix", sound(published(t, b, "m")), mix(t, 16000, 2, frames, audio.MixOptions{}))
}

// emptied is a bus whose disk is lost when it is told to fail.
type emptied struct {
	*membus.Bus
	fail atomic.Bool
}

func (e *emptied) PublishAudio(ctx context.Context, c bus.Chunk) error {
	if e.fail.Swap(false) {
		if err := e.DropAudio(ctx, c.Recording); err != nil {
			return err
		}
		return fault.New(fault.Unavailable, "it is gone")
	}
	return e.Bus.PublishAudio(ctx, c)
}

func TestABusThatComesBackWithLessThanItHadGetsTheRecordingAgain(t *testing.T) {
	t.Parallel()
	b := &emptied{Bus: membus.New(membus.Options{}).Connect()}
	defer b.Close()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Bus: b})
	frames := tones(16000, 2, 100*320, 0)
	give := func(from, to int) {
		for i := from; i < to; i++ {
			p.blocks <- block{frames: frames[i*640 : (i+1)*640]}
		}
	}
	give(0, 50)
	h.until(func(s Status) bool { return s.Bus != nil && s.Bus.Published > 0.8 })
	b.fail.Store(true)
	give(50, 100)
	h.until(func(s Status) bool { return s.Bus.Published > 1.8 })
	h.stop()
	if b.fail.Load() {
		t.Fatal("nothing was lost, so nothing was tested")
	}
	all := published(t, b.Bus, "m")
	if all[0].First != 0 {
		t.Errorf("the bus begins at %d", all[0].First)
	}
	same(t, "the mix", sound(all), mix(t, 16000, 2, frames, audio.MixOptions{}))
}

func TestABusThatStaysAwayDoesNotKeepCaptureFromEnding(t *testing.T) {
	t.Parallel()
	hub := membus.New(membus.Options{})
	hub.Stop()
	b := hub.Connect()
	defer b.Close()
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Bus: b})
	for i := range 15 {
		p.blocks <- block{frames: ramp(320*i, 320, 2)}
	}
	h.until(func(s Status) bool { return s.Captured > 0.29 })
	begun := time.Now()
	if res := h.stop(); math.Abs(res.Captured-0.3) > 1e-9 {
		t.Errorf("%+v", res)
	}
	if d := time.Since(begun); d > deadline {
		t.Errorf("it took %v", d)
	}
	if rep := verified(t, h.dir); !rep.Closed {
		t.Errorf("%+v", rep)
	}
	if !slices.Contains(h.said, "the bus does not answer: it lacks 0.3 s of m, which its folder has") {
		t.Errorf("said %q", h.said)
	}
}

func TestACaptureThatWasKilledPublishesFromWhereTheBusEnds(t *testing.T) {
	t.Parallel()
	b := membus.New(membus.Options{}).Connect()
	defer b.Close()
	ctx := context.Background()
	// A recording of 2 s that was cut off, of which the bus has 0.7 s.
	frames := tones(16000, 1, 32000, 0)
	first := t.TempDir()
	rec, err := record.Create(first, record.Options{ID: "m", Meeting: "m", Rate: 16000, Channels: 1,
		Now: func() time.Time { return time.Now().Add(-time.Minute) }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close(ctx, "")
	if err := rec.Append(frames); err != nil {
		t.Fatal(err)
	}
	if err := rec.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	copySegments(t, first, root+"/m")
	want := mix(t, 16000, 1, frames, audio.MixOptions{})
	if err := b.PublishAudio(ctx, bus.Chunk{Recording: "m", First: 0, Frames: 11200, PCM: want[:11200]}); err != nil {
		t.Fatal(err)
	}
	p := newPlug(record.Format{Rate: 16000, Channels: 1, Bits: 16})
	h := start(t, Config{Root: root, Source: p.source(), Bus: b})
	p.blocks <- block{frames: tones(16000, 1, 320, 40000)}
	h.until(func(s Status) bool { return s.Captured > 0 })
	h.stop()
	all := published(t, b, "m")
	same(t, "what the first had", sound(all)[:32000], want)
	gap := false
	for _, c := range all {
		gap = gap || c.Kind == bus.Gap && c.First == 32000 && c.Frames > 59*16000 && c.Frames < 90*16000
	}
	if !gap {
		t.Error("the time between the captures is not on the bus")
	}
}

func TestStatusGoesToTheBusForWhoListens(t *testing.T) {
	t.Parallel()
	b := membus.New(membus.Options{}).Connect()
	defer b.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	l, err := b.Listen(ctx, Subject("m"), 16)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlug(mixer)
	h := start(t, Config{Source: p.source(), Bus: b})
	for range 20 {
		p.blocks <- block{frames: tones(16000, 2, 320, 0)}
	}
	for {
		n, err := l.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var s Status
		if err := json.Unmarshal(n.Data, &s); err != nil {
			t.Fatal(err)
		}
		if s.Recording == "m" && s.Levels != nil && len(s.Levels.Channels) == 2 {
			break
		}
	}
	h.stop()
}
