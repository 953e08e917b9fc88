package main

import (
	"context"

	"bienban/transcribe"
	"bienban/transcribe/whisper"
)

// speech is what a worker hears with.
type speech struct {
	engine   transcribe.Engine
	detector func() transcribe.Detector
	close    func() error
}

// whisperSpeech starts the speech engine's process.
func (e *env) whisperSpeech(ctx context.Context, model string, cores int) (speech, error) {
	weights, vad, err := e.speechModels(model)
	if err != nil {
		return speech{}, err
	}
	p, err := whisper.Start(ctx, whisper.Options{Model: weights, VAD: vad, Threads: threads(cores)})
	if err != nil {
		return speech{}, err
	}
	return speech{engine: p, detector: p.Detector, close: p.Close}, nil
}
