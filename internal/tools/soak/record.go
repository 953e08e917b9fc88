package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"bienban/audio"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
	"bienban/transcribe/live"
	"bienban/transcribe/whisper"
)

// sampleSound is the sample's sound, from the module's folder.
const sampleSound = "internal/casefile/cases/council-demo/audio.flac"

// record asks the speech model what it hears in the sample, live, and writes it
// where soak reads it.
func record(ctx context.Context, s settings, module string) error {
	path := func(model string) (string, error) {
		out, err := exec.CommandContext(ctx, s.bin, "models", "path", model).Output()
		if err != nil {
			return "", fmt.Errorf("%s models path %s: %w: run make models", s.bin, model, err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	weights, err := path(s.model)
	if err != nil {
		return err
	}
	vad, err := path("silero")
	if err != nil {
		return err
	}
	engine, err := whisper.Start(ctx, whisper.Options{Command: []string{s.bin, "engine"}, Model: weights, VAD: vad})
	if err != nil {
		return err
	}
	defer engine.Close()
	sound := filepath.Join(module, filepath.FromSlash(sampleSound))
	src, err := audio.Open(ctx, sound)
	if err != nil {
		return err
	}
	defer src.Close()
	heard := transcribe.Result{Language: "en", NoSpeech: 0.02, AvgLogProb: -0.2}
	var text []string
	err = live.Play(ctx, src, engine, engine.Detector(), live.PlayOptions{Options: live.Options{Language: "en", NoProvisional: true}}, func(e live.Event) error {
		for _, seg := range e.Segments {
			if seg.Struck {
				continue
			}
			for _, w := range seg.Words {
				heard.Words = append(heard.Words, transcribe.Word{Text: w.Text, Start: w.Start, End: w.End, P: w.P})
			}
			text = append(text, seg.Text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	heard.Text = strings.Join(text, " ")
	out := filepath.Join(module, filepath.FromSlash(heardFile))
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	beside, err := filepath.Rel(filepath.Dir(out), sound)
	if err != nil {
		return err
	}
	if err := tape.Write(f, filepath.ToSlash(beside), heard); err != nil {
		return err
	}
	return f.Close()
}
