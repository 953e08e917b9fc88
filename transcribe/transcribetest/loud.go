package transcribetest

import (
	"context"
	"math"

	"bienban/transcribe"
)

// Loud is a detector that calls loud frames speech. It stands in for Silero, which
// is another process, where decodes are replayed that were recorded with it.
type Loud struct{}

// Feed implements transcribe.Detector.
func (Loud) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
	var out []float32
	for ; len(pcm) >= transcribe.DetectorFrame; pcm = pcm[transcribe.DetectorFrame:] {
		var sum float64
		for _, v := range pcm[:transcribe.DetectorFrame] {
			sum += float64(v) * float64(v)
		}
		p := float32(0.02)
		if math.Sqrt(sum/transcribe.DetectorFrame) > 0.01 {
			p = 0.95
		}
		out = append(out, p)
	}
	return out, ctx.Err()
}

// Reset implements transcribe.Detector.
func (Loud) Reset(ctx context.Context) error { return ctx.Err() }

// Close implements transcribe.Detector.
func (Loud) Close() error { return nil }
