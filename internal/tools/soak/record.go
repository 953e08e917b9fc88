package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"bienban/audio"
	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/transcribe"
	"bienban/transcribe/live"
)

// record asks the speech model what it hears in the sample, live, and writes it
// where soak reads it.
func record(ctx context.Context, place *rig.Place, model string) error {
	engine, err := rig.Engine(ctx, place.Program, model, 0)
	if err != nil {
		return err
	}
	defer engine.Close()
	sound := place.Sample("audio.flac")
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
	out := place.Tape()
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
