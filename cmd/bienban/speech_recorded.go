//go:build recorded

package main

import (
	"context"
	"math"
	"os"
	"time"

	"bienban/internal/fault"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// recordedEnv names a file of recorded decodes that the worker replays instead
// of asking Whisper: only in programs built for tests (build tag recorded).
const recordedEnv = "BIENBAN_RECORDED"

// paceEnv is how long each of them takes, as the engine would ("50ms").
const paceEnv = "BIENBAN_RECORDED_PACE"

// openSpeech replays recorded decodes.
func (e *env) openSpeech(ctx context.Context, model string, cores int) (speech, error) {
	path := e.getenv(recordedEnv)
	if path == "" {
		return e.whisperSpeech(ctx, model, cores)
	}
	f, err := os.Open(path)
	if err != nil {
		return speech{}, fault.New(fault.Invalid, "%s: %w", recordedEnv, err)
	}
	defer f.Close()
	rec, err := transcribetest.ReadRecording(f)
	if err != nil {
		return speech{}, err
	}
	pace, err := time.ParseDuration("0" + e.getenv(paceEnv))
	if err != nil {
		return speech{}, fault.New(fault.Invalid, "%s: %w", paceEnv, err)
	}
	before := func(transcribe.Request) error { time.Sleep(pace); return nil }
	return speech{engine: rec.Engine(before), detector: func() transcribe.Detector { return loud{} }, close: func() error { return nil }}, nil
}

// canHear says early what a worker will lack.
func (e *env) canHear(model string) error {
	if e.getenv(recordedEnv) != "" {
		return nil
	}
	_, _, err := e.speechModels(model)
	return err
}

// loud is a detector that calls loud frames speech, as where the decodes were
// recorded (internal/hall).
type loud struct{}

func (loud) Feed(ctx context.Context, pcm []float32) ([]float32, error) {
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

func (loud) Reset(ctx context.Context) error { return ctx.Err() }
func (loud) Close() error                    { return nil }
