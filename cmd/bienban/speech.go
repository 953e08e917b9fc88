package main

import (
	"context"
	"time"

	"bienban/transcribe"
	"bienban/transcribe/whisper"
)

// speech is what a worker hears with.
type speech struct {
	engine   transcribe.Engine
	detector func() transcribe.Detector
	close    func() error
}

// hangAfter is after how long a worker's window is taken for hung: the longest
// live one, 12 s, takes two to three seconds with a model that can keep up, and
// a hall's text waits meanwhile. A machine that is only slow is found out by the
// second try (whisper.Options).
const hangAfter = 30 * time.Second

// whisperSpeech starts the speech engine's process.
func (e *env) whisperSpeech(ctx context.Context, model string, cores int) (speech, error) {
	if !whisper.Built {
		return speech{}, whisper.ErrNotBuilt
	}
	weights, vad, err := e.speechModels(ctx, model)
	if err != nil {
		return speech{}, err
	}
	p, err := whisper.Start(ctx, whisper.Options{Model: weights, VAD: vad, Threads: threads(cores), HangAfter: hangAfter, Log: e.logger()})
	if err != nil {
		return speech{}, err
	}
	return speech{engine: p, detector: p.Detector, close: p.Close}, nil
}
