package audio_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os/exec"
	"strconv"
	"testing"

	"bienban/audio"

	"pgregory.net/rapid"
)

func resample(t testing.TB, from, to, channels int, in []float32) []float32 {
	t.Helper()
	r, err := audio.NewResampler(from, to, channels)
	if err != nil {
		t.Fatal(err)
	}
	return r.Flush(r.Process(nil, in))
}

func tone(hz, rate float64, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(0.9 * math.Sin(2*math.Pi*hz/rate*float64(i)))
	}
	return x
}

// rms leaves out the ends, where a tone that starts and stops is no tone.
func rms(x []float32) float64 {
	x = x[len(x)/4 : len(x)*3/4]
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(x)))
}

var rates = []int{8000, 11025, 22050, 24000, 32000, 44099, 44100, 48000, 88200, 96000, 192000}

func TestResamplerStopBand(t *testing.T) {
	worst := math.Inf(-1)
	for _, from := range rates {
		if from <= audio.SpeechRate {
			continue
		}
		in := float64(from)
		for hz := 8000.0; hz < in/2; hz += in/2/25 + 13 {
			x := tone(hz, in, from/10)
			db := 20 * math.Log10(rms(resample(t, from, audio.SpeechRate, 1, x))/rms(x))
			if db > -80 {
				t.Errorf("from %d Hz a tone of %.0f Hz comes through at %.1f dB", from, hz, db)
			}
			worst = math.Max(worst, db)
		}
	}
	t.Logf("stop-band: %.1f dB at worst", worst)
	if math.IsInf(worst, 0) {
		t.Fatal("nothing measured")
	}
}

func TestResamplerPassesSpeechWithoutRippleOrDelay(t *testing.T) {
	for _, from := range rates {
		top := 0.9 * math.Min(8000, float64(from)/2)
		for hz := 40.0; hz <= top; hz += top / 13 {
			x := tone(hz, float64(from), from/8)
			got := resample(t, from, audio.SpeechRate, 1, x)
			want := tone(hz, audio.SpeechRate, len(got))
			worst := 0.0
			for i := len(got) / 4; i < len(got)*3/4; i++ {
				worst = math.Max(worst, math.Abs(float64(got[i]-want[i])))
			}
			// Amplitude and phase at once: any delay, ripple or image would show here.
			if worst > 2e-4 {
				t.Errorf("from %d Hz a tone of %.0f Hz is off by %.2g", from, hz, worst)
			}
		}
	}
}

func TestResampledLengthIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(append([]int{1000, 16000, 191999}, rates...)).Draw(t, "from")
		to := rapid.SampledFrom([]int{8000, 16000, 48000}).Draw(t, "to")
		ch := rapid.IntRange(1, 3).Draw(t, "channels")
		n := rapid.IntRange(0, 3000).Draw(t, "frames")
		r, err := audio.NewResampler(from, to, ch)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // a flushed resampler is as good as new
			got := r.Flush(r.Process(nil, make([]float32, n*ch)))
			if want := int(math.Floor(float64(n)*float64(to)/float64(from)+0.5)) * ch; len(got) != want {
				t.Fatalf("%d frames from %d to %d Hz became %d samples, want %d", n, from, to, len(got), want)
			}
		}
	})
}

func TestResamplerDoesNotCareHowInputIsCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(append([]int{16000}, rates...)).Draw(t, "from")
		ch := rapid.IntRange(1, 3).Draw(t, "channels")
		in := make([]float32, ch*rapid.IntRange(1, 2500).Draw(t, "frames"))
		for i := range in {
			in[i] = float32(math.Sin(float64(i * i % 9973))) // any broad signal
		}
		whole, _ := audio.NewResampler(from, audio.SpeechRate, ch)
		want := whole.Flush(whole.Process(nil, in))
		r, _ := audio.NewResampler(from, audio.SpeechRate, ch)
		var got []float32
		for rest := in; len(rest) > 0; {
			n := min(len(rest), ch*rapid.IntRange(0, 700).Draw(t, "chunk"))
			got = r.Process(got, rest[:n])
			rest = rest[n:]
		}
		got = r.Flush(got)
		if len(got) != len(want) {
			t.Fatalf("%d samples, want %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("sample %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}

func TestResamplerRefusesWhatItCannotDo(t *testing.T) {
	for _, tc := range [][3]int{{0, 16000, 1}, {16000, 0, 1}, {999, 16000, 1}, {16000, 768001, 1}, {16000, 8000, 0}, {16000, 8000, 33}, {-1, -1, -1}} {
		if _, err := audio.NewResampler(tc[0], tc[1], tc[2]); err == nil {
			t.Errorf("%v: no error", tc)
		}
	}
}

// TestResamplerAgreesWithSox compares a sweep within both pass-bands, sample by sample.
func TestResamplerAgreesWithSox(t *testing.T) {
	sox, err := exec.LookPath("sox")
	if err != nil {
		t.Skip("sox is not installed")
	}
	for _, from := range []int{8000, 22050, 44100, 48000, 96000} {
		t.Run(fmt.Sprintf("from %d Hz", from), func(t *testing.T) {
			x := make([]float32, 2*from)
			top := 0.85 * math.Min(8000, float64(from)/2)
			for i := range x {
				s := float64(i) / float64(from) // seconds, of 2
				fade := math.Min(1, math.Min(s, 2-s)*20)
				x[i] = float32(0.5 * fade * math.Sin(2*math.Pi*top*s*s/4)) // 0 to top
			}
			var raw bytes.Buffer
			_ = binary.Write(&raw, binary.LittleEndian, x)
			args := []string{"-D", "-t", "f32", "-r", strconv.Itoa(from), "-c", "1", "-", "-t", "f32", "-", "rate", "-v", "16000"}
			cmd := exec.Command(sox, args...)
			cmd.Stdin = &raw
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("sox: %v", err)
			}
			want := make([]float32, len(out)/4)
			_ = binary.Read(bytes.NewReader(out), binary.LittleEndian, want)
			got := resample(t, from, audio.SpeechRate, 1, x)
			if d := len(got) - len(want); d < -1 || d > 1 {
				t.Fatalf("%d samples, sox makes %d", len(got), len(want))
			}
			var signal, diff float64
			for i := range min(len(got), len(want)) {
				signal += float64(want[i]) * float64(want[i])
				diff += math.Pow(float64(got[i]-want[i]), 2)
			}
			db := 10 * math.Log10(diff/signal)
			t.Logf("difference %.1f dB", db)
			if db > -80 {
				t.Errorf("differs from sox by %.1f dB, want less than -80 dB", db)
			}
		})
	}
}

func BenchmarkResample(b *testing.B) {
	for _, from := range []int{8000, 44100, 48000, 96000} {
		b.Run(strconv.Itoa(from), func(b *testing.B) {
			in := tone(440, float64(from), from)
			r, err := audio.NewResampler(from, audio.SpeechRate, 1)
			if err != nil {
				b.Fatal(err)
			}
			out := make([]float32, 0, audio.SpeechRate+100)
			seconds := 0
			for b.Loop() {
				out = r.Process(out[:0], in)
				seconds++
			}
			b.ReportMetric(float64(seconds)/b.Elapsed().Seconds(), "x-real-time")
		})
	}
}
