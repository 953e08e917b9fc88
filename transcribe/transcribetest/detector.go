package transcribetest

import (
	"context"
	"errors"
	"math"
	"testing"

	"bienban/transcribe"
)

// Detector checks a detector against the contract. speech must hold speech in
// at least a third of its frames.
func Detector(t *testing.T, open func(t *testing.T) transcribe.Detector, speech []float32) {
	d := open(t)
	t.Cleanup(func() {
		for range 2 {
			if err := d.Close(); err != nil {
				t.Errorf("Close, which may be called twice: %v", err)
			}
		}
	})
	whole := func(t *testing.T, pcm []float32) []float32 { return feed(t, d, pcm, len(pcm)) }
	t.Run("answers the same however the stream is cut", func(t *testing.T) {
		want := whole(t, speech)
		if len(want) != len(speech)/transcribe.DetectorFrame {
			t.Fatalf("%d probabilities for %d samples", len(want), len(speech))
		}
		for _, chunk := range []int{1600, transcribe.DetectorFrame, 3200, 777, 7*transcribe.DetectorFrame + 3} {
			same(t, chunk, feed(t, d, speech, chunk), want)
		}
		short := speech[:40*transcribe.DetectorFrame]
		same(t, 1, feed(t, d, short, 101), want[:40])
	})
	t.Run("tells speech from silence", func(t *testing.T) {
		share := func(p []float32) float64 {
			n := 0
			for _, x := range p {
				if x > 0.5 {
					n++
				}
			}
			return float64(n) / float64(len(p))
		}
		if got := share(whole(t, speech)); got < 1.0/3 {
			t.Errorf("speech in %.0f %% of the frames of speech", 100*got)
		}
		for name, pcm := range map[string][]float32{"silence": make([]float32, 5*transcribe.SampleRate), "mains hum": hum(5, 0.01)} {
			if got := share(whole(t, pcm)); got > 0.05 {
				t.Errorf("speech in %.0f %% of the frames of %s", 100*got, name)
			}
		}
	})
	t.Run("Reset forgets a started frame and the sound before", func(t *testing.T) {
		want := whole(t, speech[:8*transcribe.SampleRate])
		if _, err := d.Feed(t.Context(), hum(2.011, 0.5)); err != nil {
			t.Fatal(err)
		}
		same(t, 0, whole(t, speech[:8*transcribe.SampleRate]), want)
	})
	t.Run("a cancelled context ends the call with its error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.Feed(ctx, speech); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		whole(t, speech[:transcribe.SampleRate])
	})
}

// feed resets and feeds pcm in chunks.
func feed(t *testing.T, d transcribe.Detector, pcm []float32, chunk int) []float32 {
	t.Helper()
	if err := d.Reset(t.Context()); err != nil {
		t.Fatalf("Reset: %v", err)
	}
	var out []float32
	for len(pcm) > 0 {
		n := min(chunk, len(pcm))
		p, err := d.Feed(t.Context(), pcm[:n])
		if err != nil {
			t.Fatalf("Feed: %v", err)
		}
		out, pcm = append(out, p...), pcm[n:]
	}
	for i, p := range out {
		if !(p >= 0 && p <= 1) {
			t.Fatalf("frame %d: probability %g", i, p)
		}
	}
	return out
}

func same(t *testing.T, chunk int, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("chunks of %d: %d probabilities, want %d", chunk, len(got), len(want))
		return
	}
	for i := range got {
		if math.Abs(float64(got[i]-want[i])) > 1e-5 {
			t.Errorf("chunks of %d: frame %d is %g, want %g", chunk, i, got[i], want[i])
			return
		}
	}
}

// hum is a 50 Hz tone with a harmonic.
func hum(seconds, level float64) []float32 {
	out := make([]float32, int(seconds*transcribe.SampleRate))
	for i := range out {
		x := 2 * math.Pi * float64(i) / transcribe.SampleRate
		out[i] = float32(level * (math.Sin(50*x) + 0.3*math.Sin(150*x)))
	}
	return out
}
