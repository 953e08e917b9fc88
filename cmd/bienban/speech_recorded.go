//go:build recorded

package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// Variables of programs built for tests (build tag recorded); internal/rig sets
// them.
const (
	// recordedEnv names a file of recorded decodes that the worker replays instead
	// of asking Whisper: of windows (transcribetest) or of a tape (rig/tape).
	recordedEnv = "BIENBAN_RECORDED"
	// paceEnv is how long each of them takes, as the engine would: "50ms", or
	// "2x": twice as long as its sound.
	paceEnv = "BIENBAN_RECORDED_PACE"
	// detectorEnv chooses between a detector by loudness and the real one ("silero").
	detectorEnv = "BIENBAN_RECORDED_DETECTOR"
)

// openSpeech replays recorded decodes.
func (e *env) openSpeech(ctx context.Context, model string, cores int) (speech, error) {
	path := e.getenv(recordedEnv)
	if path == "" {
		return e.whisperSpeech(ctx, model, cores)
	}
	pace, err := paceOf(e.getenv(paceEnv))
	if err != nil {
		return speech{}, err
	}
	out := speech{detector: func() transcribe.Detector { return loud{} }, close: func() error { return nil }}
	if e.getenv(detectorEnv) == "silero" {
		if out, err = e.whisperSpeech(ctx, model, cores); err != nil {
			return speech{}, err
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return speech{}, fault.New(fault.Invalid, "%s: %w", recordedEnv, err)
	}
	if tape.IsFile(data) {
		t, err := tape.Open(ctx, path, data)
		if err != nil {
			return speech{}, fault.New(fault.Invalid, "%s: %w", recordedEnv, err)
		}
		known := tape.NewByHeart(t)
		known.Before = pace
		out.engine = known
		return out, nil
	}
	rec, err := transcribetest.ReadRecording(bytes.NewReader(data))
	if err != nil {
		return speech{}, err
	}
	out.engine = rec.Engine(pace)
	return out, nil
}

// paceOf waits as long as a decode takes.
func paceOf(text string) (func(transcribe.Request) error, error) {
	if share, ok := strings.CutSuffix(text, "x"); ok {
		factor, err := strconv.ParseFloat(share, 64)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s: %w", paceEnv, err)
		}
		return func(r transcribe.Request) error {
			time.Sleep(time.Duration(factor * float64(len(r.PCM)) / transcribe.SampleRate * float64(time.Second)))
			return nil
		}, nil
	}
	d, err := time.ParseDuration("0" + text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %w", paceEnv, err)
	}
	return func(transcribe.Request) error { time.Sleep(d); return nil }, nil
}

// canHear says early what a worker will lack.
func (e *env) canHear(ctx context.Context, model string) error {
	if e.getenv(recordedEnv) != "" {
		return nil
	}
	_, _, err := e.speechModels(ctx, model)
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
