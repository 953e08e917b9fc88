//go:build !recorded

package main

import (
	"context"

	"bienban/transcribe/whisper"
)

// openSpeech starts the speech engine.
func (e *env) openSpeech(ctx context.Context, model string, cores int) (speech, error) {
	return e.whisperSpeech(ctx, model, cores)
}

// canHear says early what a worker will lack.
func (e *env) canHear(ctx context.Context, model string) error {
	if !whisper.Built {
		return whisper.ErrNotBuilt
	}
	_, _, err := e.speechModels(ctx, model)
	return err
}
