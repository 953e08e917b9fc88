package meter_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"bienban/audio/meter"
)

// measure runs frames through a meter in pieces of a size.
func measure(t *testing.T, rate, channels, piece int, frames []float32) []meter.Levels {
	t.Helper()
	m, err := meter.New(rate, channels)
	if err != nil {
		t.Fatal(err)
	}
	var all []meter.Levels
	for len(frames) > 0 {
		n := min(piece*channels, len(frames))
		m.Add(frames[:n], func(l meter.Levels) { all = append(all, l) })
		frames = frames[n:]
	}
	return all
}

// signal makes seconds of one channel from a function of time.
func signal(rate int, seconds float64, f func(t float64) float64) []float32 {
	s := make([]float32, int(float64(rate)*seconds))
	for i := range s {
		s[i] = float32(f(float64(i) / float64(rate)))
	}
	return s
}

func sine(hz, amp float64) func(float64) float64 {
	return func(t float64) float64 { return amp * math.Sin(2*math.Pi*hz*t) }
}

func noise(amp float64) func(float64) float64 {
	r := rand.New(rand.NewPCG(1, 2))
	return func(float64) float64 { return amp * (2*r.Float64() - 1) }
}

func sum(fs ...func(float64) float64) func(float64) float64 {
	return func(t float64) (v float64) {
		for _, f := range fs {
			v += f(t)
		}
		return v
	}
}

func TestLevelsComeTenTimesASecondAtEveryRate(t *testing.T) {
	for _, rate := range []int{8000, 11025, 16000, 44100, 48000, 96000} {
		all := measure(t, rate, 1, 317, signal(rate, 3, sine(440, 0.5)))
		if len(all) != 30 {
			t.Errorf("%d Hz: %d times in 3 s", rate, len(all))
			continue
		}
		if last := all[29]; last.At != int64(3*rate) {
			t.Errorf("%d Hz: the last ends at frame %d", rate, last.At)
		}
	}
}

func TestASineHasItsPeakAndItsRMS(t *testing.T) {
	for _, l := range measure(t, 48000, 1, 960, signal(48000, 1, sine(1000, 0.5))) {
		c := l.Channels[0]
		if math.Abs(c.Peak+6.0) > 0.11 || math.Abs(c.RMS+9.0) > 0.11 {
			t.Fatalf("peak %v, RMS %v, not -6 and -9", c.Peak, c.RMS)
		}
		if c.Clipped != 0 || c.Dead || c.OneBit || c.Hum != 0 || c.Bad != 0 || math.Abs(c.DC) > 1e-4 {
			t.Fatalf("a clean tone has %+v", c)
		}
	}
}

func TestFaultsOfAChannelAreSeen(t *testing.T) {
	lsb := 1.0 / (1 << 15)
	flip := func(a, b float64) func(float64) float64 {
		r := rand.New(rand.NewPCG(3, 4))
		return func(float64) float64 {
			if r.IntN(2) == 0 {
				return a
			}
			return b
		}
	}
	clip := func(t float64) float64 { return max(-1, min(1, 3*math.Sin(2*math.Pi*200*t))) }
	voice := sum(sine(180, 0.1), sine(361, 0.08), noise(0.05))
	wobble := func(t float64) float64 { return 0.3 * math.Sin(2*math.Pi*120*t+3*math.Sin(2*math.Pi*2*t)) }
	for _, c := range []struct {
		name string
		f    func(float64) float64
		want func(meter.Channel) bool
	}{
		{"silence is dead", func(float64) float64 { return 0 }, func(c meter.Channel) bool { return c.Dead && c.Peak == meter.Floor && !c.OneBit }},
		{"16-bit dither is dead", func(float64) float64 { return math.Round(noise(1)(0)) * lsb }, func(c meter.Channel) bool { return c.Dead }},
		{"a preamplifier's noise is not", noise(0.0003), func(c meter.Channel) bool { return !c.Dead && c.RMS < -70 }},
		{"a constant is dead, with an offset", func(float64) float64 { return 0.1 }, func(c meter.Channel) bool { return c.Dead && math.Abs(c.DC-0.1) < 1e-6 && !c.OneBit }},
		{"clipping", clip, func(c meter.Channel) bool { return c.Clipped > 100 && !c.OneBit }},
		{"a peak that just fits does not clip", sine(6000, 1), func(c meter.Channel) bool { return c.Clipped == 0 }},
		{"an offset under a voice", sum(voice, func(float64) float64 { return 0.2 }), func(c meter.Channel) bool { return math.Abs(c.DC-0.2) < 0.01 && c.RMS < -14 }},
		{"noise of one bit", flip(0, lsb), func(c meter.Channel) bool { return c.OneBit && c.Dead }},
		{"noise of one bit at full scale", flip(-1, 1), func(c meter.Channel) bool { return c.OneBit }},
		{"hum of 50 Hz", sum(sine(50, 0.02), noise(0.001)), func(c meter.Channel) bool { return c.Hum == 50 && math.Abs(c.HumLevel+37) < 0.5 }},
		{"hum of 60 Hz with harmonics", sum(sine(60, 0.01), sine(120, 0.01), sine(180, 0.005), noise(0.002)), func(c meter.Channel) bool { return c.Hum == 60 }},
		{"a voice is no hum", voice, func(c meter.Channel) bool { return c.Hum == 0 }},
		{"a voice near a harmonic is none", wobble, func(c meter.Channel) bool { return c.Hum == 0 }},
		{"noise is no hum", noise(0.1), func(c meter.Channel) bool { return c.Hum == 0 && !c.OneBit && c.Clipped == 0 }},
		{"hum that nobody hears is none", sine(50, 0.0003), func(c meter.Channel) bool { return c.Hum == 0 }},
	} {
		for _, rate := range []int{16000, 44100, 48000} {
			t.Run(fmt.Sprintf("%s at %d Hz", c.name, rate), func(t *testing.T) {
				all := measure(t, rate, 1, rate/50, signal(rate, 2, c.f))
				if got := all[len(all)-1].Channels[0]; !c.want(got) {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

func TestHumStaysWhileSomebodySpeaksOverIt(t *testing.T) {
	const rate = 16000
	f := func(t float64) float64 {
		v := 0.02 * math.Sin(2*math.Pi*50*t)
		if t > 2 && t < 4 {
			v += 0.2 * math.Sin(2*math.Pi*233*t)
		}
		if t > 6 {
			return 0.001 * math.Sin(2*math.Pi*700*t)
		}
		return v
	}
	all := measure(t, rate, 1, 320, signal(rate, 9, f))
	for i, want := range map[int]int{5: 0, 15: 50, 30: 50, 55: 50, 85: 0} {
		if got := all[i].Channels[0].Hum; got != want {
			t.Errorf("at %.1f s: hum %d, not %d", float64(i)/10, got, want)
		}
	}
}

func TestSamplesThatAreNoNumbersAreCountedAndHarmNothing(t *testing.T) {
	s := signal(16000, 2, sine(440, 0.5))
	s[100], s[101], s[20000] = float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))
	bad := 0
	for _, l := range measure(t, 16000, 1, 160, s) {
		c := l.Channels[0]
		bad += c.Bad
		if math.IsNaN(c.RMS) || math.IsNaN(c.Peak) || math.IsNaN(c.DC) || c.Peak > -5.9 || c.Hum != 0 {
			t.Fatalf("%+v", c)
		}
	}
	if bad != 3 {
		t.Errorf("%d samples are no numbers, not 3", bad)
	}
}

func TestTheResultDoesNotDependOnHowFramesAreCut(t *testing.T) {
	const channels = 3
	r := rand.New(rand.NewPCG(5, 6))
	s := make([]float32, 44100*2*channels)
	for i := range s {
		s[i] = float32(r.Float64()*2.2 - 1.1)
	}
	want := measure(t, 44100, channels, 44100, s)
	for _, piece := range []int{1, 7, 882, 4411} {
		if got := measure(t, 44100, channels, piece, s); !reflect.DeepEqual(got, want) {
			t.Errorf("pieces of %d frames give other levels", piece)
		}
	}
}

func TestWhatCannotBeMeasuredIsRefused(t *testing.T) {
	for _, c := range [][2]int{{0, 1}, {48000, 0}, {-1, 2}} {
		if m, err := meter.New(c[0], c[1]); err == nil || m != nil {
			t.Errorf("%d Hz and %d channels were taken", c[0], c[1])
		}
	}
}

func BenchmarkThirtyTwoChannels(b *testing.B) {
	m, err := meter.New(48000, 32)
	if err != nil {
		b.Fatal(err)
	}
	s := make([]float32, 960*32)
	for i := range s {
		s[i] = float32(i%100) / 200
	}
	b.SetBytes(int64(4 * len(s)))
	for b.Loop() {
		m.Add(s, func(meter.Levels) {})
	}
}
