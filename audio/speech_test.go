package audio_test

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"bienban/audio"

	"pgregory.net/rapid"
)

// synth is a source of any length whose samples come from a function of frame and channel.
type synth struct {
	rate, channels int
	frames, at     int64
	f              func(frame int64, ch int) float32
	end            error // io.EOF when nil
}

func (s *synth) Format() audio.Format {
	return audio.Format{Rate: s.rate, Channels: s.channels, Frames: s.frames, Container: "test", Encoding: "float", Bits: 32}
}

func (s *synth) Close() error { return nil }

func (s *synth) Read(ctx context.Context, dst []float32) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n := int(min(int64(len(dst)/s.channels), s.frames-s.at))
	if n == 0 {
		if s.end != nil {
			return 0, s.end
		}
		return 0, io.EOF
	}
	for i := range n * s.channels {
		dst[i] = s.f(s.at+int64(i/s.channels), i%s.channels)
	}
	s.at += int64(n)
	return n, nil
}

// voice is a rough voice: a buzz in syllables of 200 ms with pauses, between seconds from and to.
func voice(rate int, from, to, pitch float64) func(frame int64) float64 {
	return func(frame int64) float64 {
		s := float64(frame) / float64(rate)
		if s < from || s >= to {
			return 0
		}
		env := math.Max(0, math.Sin(2*math.Pi*2.5*s))
		x := 0.0
		for k := 2.0; k <= 8; k++ {
			x += math.Sin(2*math.Pi*pitch*k*s+k) / k
		}
		return 0.35 * env * x
	}
}

func TestOneChannelPassesUntouched(t *testing.T) {
	for _, rate := range []int{16000, 44100} {
		noise := rand.New(rand.NewPCG(1, 1))
		x := make([]float32, 3*rate+17)
		for i := range x {
			x[i] = float32(noise.Float64()*2 - 1)
		}
		src := &synth{rate: rate, channels: 1, frames: int64(len(x)), f: func(f int64, _ int) float32 { return x[f] }}
		got, rows, end := hear(t, src, audio.MixOptions{})
		if !errors.Is(end, io.EOF) {
			t.Fatal(end)
		}
		same(t, "mono", got, resample(t, rate, audio.SpeechRate, 1, x))
		if want := (len(got) + audio.EnergyHop - 1) / audio.EnergyHop; len(rows) != want {
			t.Errorf("%d rows for %d samples, want %d", len(rows), len(got), want)
		}
		// One channel chosen of several is the same.
		pair := &synth{rate: rate, channels: 2, frames: int64(len(x)), f: func(f int64, c int) float32 { return x[f] * float32(c) }}
		got2, _, _ := hear(t, pair, audio.MixOptions{Channels: []int{1}})
		same(t, "chosen channel", got2, got)
	}
}

func TestIdenticalChannelsMixToThemselves(t *testing.T) {
	v := voice(16000, 0.3, 4, 120)
	one := func(f int64, _ int) float32 { return float32(v(f)) }
	stereo, _, _ := hear(t, &synth{rate: 16000, channels: 2, frames: 80000, f: one}, audio.MixOptions{})
	mono, _, _ := hear(t, &synth{rate: 16000, channels: 1, frames: 80000, f: one}, audio.MixOptions{})
	same(t, "stereo", stereo, mono)
}

// level is the RMS in dB between two times in seconds.
func level(x []float32, from, to float64) float64 {
	sum := 0.0
	x = x[int(from*audio.SpeechRate):int(to*audio.SpeechRate)]
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(len(x))+1e-20)
}

func TestTheSpeakingMicrophoneDominatesTheMix(t *testing.T) {
	const rate, seconds = 22050, 20
	a, b := voice(rate, 2, 9, 110), voice(rate, 10, 18, 190)
	noise := rand.New(rand.NewPCG(3, 4))
	hiss := make([]float32, 1<<16)
	for i := range hiss {
		hiss[i] = float32(noise.NormFloat64() * 0.001)
	}
	at := func(f int64, c int) float32 {
		h := float64(hiss[(f*7+int64(c)*1021)&(1<<16-1)])
		late := f - rate/100 // the other microphone hears a voice 10 ms later: 3.4 m
		switch c {
		case 0:
			return float32(a(f) + 0.2*b(late) + h)
		case 1:
			return float32(b(f) + 0.2*a(late) + h)
		case 2: // a dead channel with loud hum and its harmonics
			s := float64(f) / rate
			return float32(0.3*math.Sin(2*math.Pi*50*s) + 0.2*math.Sin(2*math.Pi*350*s) + h)
		}
		return 0 // nothing plugged in
	}
	got, rows, _ := hear(t, &synth{rate: rate, channels: 4, frames: rate * seconds, f: at}, audio.MixOptions{})
	alone := func(v func(int64) float64) []float32 {
		x, _, _ := hear(t, &synth{rate: rate, channels: 1, frames: rate * seconds, f: func(f int64, _ int) float32 { return float32(v(f)) }},
			audio.MixOptions{})
		return x
	}
	for _, tc := range []struct {
		name     string
		want     []float32
		from, to float64
	}{{"first voice", alone(a), 5, 9}, {"second voice", alone(b), 11, 18}} {
		diff := make([]float32, len(got))
		for i := range got {
			diff[i] = got[i] - tc.want[i]
		}
		signal, rest := level(tc.want, tc.from, tc.to), level(diff, tc.from, tc.to)
		t.Logf("%s: %.1f dB, everything else %.1f dB below", tc.name, signal, signal-rest)
		if signal-rest < 20 {
			t.Errorf("%s: everything else is only %.1f dB below it", tc.name, signal-rest)
		}
	}
	if c, _ := audio.Dominant(rows, 5*audio.SpeechRate, 9*audio.SpeechRate, audio.DominantOptions{}); c != 0 {
		t.Errorf("first voice is on channel %d", c)
	}
	if c, _ := audio.Dominant(rows, 11*audio.SpeechRate, 18*audio.SpeechRate, audio.DominantOptions{}); c != 1 {
		t.Errorf("second voice is on channel %d", c)
	}
	if c, _ := audio.Dominant(rows, 18.5*audio.SpeechRate, 20*audio.SpeechRate, audio.DominantOptions{}); c != -1 {
		t.Errorf("the hum at the end is taken for a voice on channel %d", c)
	}
}

func TestMixNeverClips(t *testing.T) {
	noise := rand.New(rand.NewPCG(5, 6))
	f := func(int64, int) float32 { return float32(math.Copysign(1, noise.Float64()-0.5)) }
	for _, o := range []audio.MixOptions{{}, {Gain: []float64{4, 4, 4}}, {Gain: []float64{0, 0.5, 9}, Channels: []int{2}}} {
		got, _, _ := hear(t, &synth{rate: 16000, channels: 3, frames: 40000, f: f}, o)
		for i, v := range got {
			if v > 1.000001 || v < -1.000001 {
				t.Fatalf("%+v: sample %d is %v", o, i, v)
			}
		}
	}
}

// TestSpeechDoesNotCareHowItIsRead: the same samples and rows whatever the caller's buffer.
func TestSpeechDoesNotCareHowItIsRead(t *testing.T) {
	v := voice(22050, 0.05, 1, 140)
	f := func(f int64, c int) float32 { return float32(v(f+int64(c)*40)) / float32(c+1) }
	want, wantRows, _ := hear(t, &synth{rate: 22050, channels: 2, frames: 7001, f: f}, audio.MixOptions{})
	rapid.Check(t, func(t *rapid.T) {
		r, err := audio.NewSpeechReader(&synth{rate: 22050, channels: 2, frames: 7001, f: f}, audio.MixOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got []float32
		var rows []audio.ChannelEnergy
		for {
			buf := make([]float32, rapid.IntRange(1, 3000).Draw(t, "buffer"))
			n, err := r.Read(context.Background(), buf)
			got = append(got, buf[:n]...)
			rows = append(rows, r.Energies()...)
			if err != nil {
				break
			}
		}
		if len(got) != len(want) || len(rows) != len(wantRows) {
			t.Fatalf("%d samples and %d rows, want %d and %d", len(got), len(rows), len(want), len(wantRows))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("sample %d differs", i)
			}
		}
		for i, row := range rows {
			if row.Start != int64(i)*audio.EnergyHop || row.RMS[0] != wantRows[i].RMS[0] || row.RMS[1] != wantRows[i].RMS[1] {
				t.Fatalf("row %d differs", i)
			}
		}
	})
}

func TestDamageComesThroughAfterAllThatWasRead(t *testing.T) {
	damage := &audio.DamageError{Path: "x", Frame: 4800, Reason: "cut"}
	for _, ch := range []int{1, 3} {
		src := &synth{rate: 48000, channels: ch, frames: 4800, f: func(int64, int) float32 { return 0.1 }, end: damage}
		got, rows, end := hear(t, src, audio.MixOptions{})
		if !errors.Is(end, error(damage)) || len(got) != 1600 || len(rows) != 10 {
			t.Errorf("%d channels: %d samples, %d rows, then %v", ch, len(got), len(rows), end)
		}
	}
}

func TestCancelledReadSaysSoAndCanGoOn(t *testing.T) {
	r, err := audio.NewSpeechReader(&synth{rate: 16000, channels: 1, frames: 9000, f: func(int64, int) float32 { return 0 }}, audio.MixOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	buf := make([]float32, 10000)
	if n, err := r.Read(ctx, buf); n != 0 || !errors.Is(err, context.Canceled) {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := r.Read(context.Background(), buf); n != 9000 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
}

func TestMixOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	src := &synth{rate: 16000, channels: 2, frames: 1, f: func(int64, int) float32 { return 0 }}
	for _, o := range []audio.MixOptions{{Channels: []int{2}}, {Channels: []int{-1}}, {Channels: []int{0, 0}}, {Channels: []int{}}, {Gain: []float64{1}}} {
		if _, err := audio.NewSpeechReader(src, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

// TestThreeHoursTakeNoMoreMemoryThanThreeMinutes streams 3 h of one channel, and 5 minutes of
// four through the mixer and the resampler. Heap is what counts: a streaming reader holds its buffers and nothing else.
func TestThreeHoursTakeNoMoreMemoryThanThreeMinutes(t *testing.T) {
	table := make([]float32, 4096)
	for i := range table {
		table[i] = float32(math.Sin(float64(i) * 0.1))
	}
	for _, tc := range []struct{ rate, channels, seconds int }{{16000, 1, 3 * 3600}, {8000, 4, 300}} {
		if raceDetector {
			tc.seconds /= 20 // it makes each step ten times slower; the run without it has the full length
		}
		src := &synth{rate: tc.rate, channels: tc.channels, frames: int64(tc.seconds * tc.rate),
			f: func(f int64, c int) float32 { return table[(f+int64(c)*31)&4095] }}
		r, err := audio.NewSpeechReader(src, audio.MixOptions{})
		if err != nil {
			t.Fatal(err)
		}
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		levels := audio.NewLevels(tc.channels)
		buf := make([]float32, 1<<16)
		start, most, total := heap(), uint64(0), int64(0)
		for i := 0; ; i++ {
			n, err := r.Read(context.Background(), buf)
			levels.Add(r.Energies())
			total += int64(n)
			if i%500 == 0 {
				most = max(most, heap())
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				break
			}
		}
		if want := int64(tc.seconds * audio.SpeechRate); total != want {
			t.Errorf("%+v: %d samples, want %d", tc, total, want)
		}
		grown := int64(most) - int64(start)
		t.Logf("%+v: heap grew by %.2f MB", tc, float64(grown)/1e6)
		if grown > 10e6 {
			t.Errorf("%+v: heap grew by %.1f MB, want at most 10", tc, float64(grown)/1e6)
		}
	}
}

func TestPositionsMapExactlyOverHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := audio.Position{Rate: rapid.IntRange(audio.MinRate, audio.MaxRate).Draw(t, "rate")}
		s := rapid.Int64Range(0, 100*3600*audio.SpeechRate).Draw(t, "sample")
		f := p.Source(s)
		if f*audio.SpeechRate < s*int64(p.Rate) || (f > 0 && (f-1)*audio.SpeechRate >= s*int64(p.Rate)) {
			t.Fatalf("sample %d is not first heard at frame %d", s, f)
		}
		if p.Rate >= audio.SpeechRate && p.Speech(f) != s {
			t.Fatalf("sample %d, frame %d, sample %d", s, f, p.Speech(f))
		}
		if p.SpeechLen(f) < p.Speech(f) {
			t.Fatalf("%d frames are %d samples, but the last starts at %d", f, p.SpeechLen(f), p.Speech(f))
		}
	})
	p := audio.Position{Rate: 44100}
	if got := p.Source(16000 * 3600 * 10); got != 44100*3600*10 {
		t.Errorf("10 h are %d frames", got)
	}
	if p.Speech(-1) != 0 || p.Seconds(44100) != 1 {
		t.Error("positions before the start or seconds are off")
	}
}
