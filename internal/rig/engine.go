package rig

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"bienban/transcribe/whisper"
)

// Engine starts the program's engine process with a speech model of its store, as
// the program itself does. threads 0: as many as the engine takes by itself.
func Engine(ctx context.Context, program, model string, threads int) (*whisper.Process, error) {
	path := func(model string) (string, error) {
		out, err := exec.CommandContext(ctx, program, "models", "path", model).Output()
		if err != nil {
			return "", fmt.Errorf("%s models path %s: %w: run make models", program, model, err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	weights, err := path(model)
	if err != nil {
		return nil, err
	}
	vad, err := path("silero")
	if err != nil {
		return nil, err
	}
	return whisper.Start(ctx, whisper.Options{Command: []string{program, "engine"}, Model: weights, VAD: vad, Threads: threads})
}
