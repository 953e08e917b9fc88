//go:build recorded

package main

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"bienban/internal/fault"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
	"bienban/transcribe/transcribetest"
)

// openSpeech replays recorded decodes.
func (e *env) openSpeech(ctx context.Context, model string, cores int) (speech, error) {
	path := e.getenv(rig.Recorded)
	if path == "" {
		return e.whisperSpeech(ctx, model, cores)
	}
	pace, err := paceOf(e.getenv(rig.Pace))
	if err != nil {
		return speech{}, err
	}
	out := speech{detector: func() transcribe.Detector { return transcribetest.Loud{} }, close: func() error { return nil }}
	if e.getenv(rig.Detector) == "silero" {
		if out, err = e.whisperSpeech(ctx, model, cores); err != nil {
			return speech{}, err
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return speech{}, fault.New(fault.Invalid, "%s: %w", rig.Recorded, err)
	}
	if tape.IsFile(data) {
		t, err := tape.Open(ctx, path, data)
		if err != nil {
			return speech{}, fault.New(fault.Invalid, "%s: %w", rig.Recorded, err)
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
			return nil, fault.New(fault.Invalid, "%s: %w", rig.Pace, err)
		}
		return func(r transcribe.Request) error {
			time.Sleep(time.Duration(factor * float64(len(r.PCM)) / transcribe.SampleRate * float64(time.Second)))
			return nil
		}, nil
	}
	d, err := time.ParseDuration("0" + text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %w", rig.Pace, err)
	}
	return func(transcribe.Request) error { time.Sleep(d); return nil }, nil
}

// canHear says early what a worker will lack.
func (e *env) canHear(ctx context.Context, model string) error {
	if e.getenv(rig.Recorded) != "" {
		return nil
	}
	_, _, err := e.speechModels(ctx, model)
	return err
}
