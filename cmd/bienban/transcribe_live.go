package main

import (
	"context"
	"errors"
	"os"

	"bienban/audio"
	"bienban/internal/fault"
	"bienban/transcribe/live"
)

// playLive plays a recording as if it were heard now and prints what the live
// path makes of it, an event a line, as it comes (docs/design.md section 7).
func (e *env) playLive(ctx context.Context, r recording, output string) error {
	o := live.PlayOptions{Realtime: true, Options: live.Options{Language: r.language}}
	if r.meeting != nil {
		o.Glossary, o.Channels = r.meeting.GlossaryTerms(), namesByChannel(r.meeting)
		if o.Language == "" {
			o.Language = r.meeting.Language
		}
	}
	engine, err := e.startEngine(ctx, r.model, r.threads)
	if err != nil {
		return err
	}
	defer engine.Close()
	src, err := openSound(ctx, r.file)
	if err != nil {
		return err
	}
	defer src.Close()
	out := e.stdout
	if output != "" && output != "-" {
		// Not by a temporary file: a live transcript is read while it grows.
		f, err := os.Create(output)
		if err != nil {
			return fault.New(fault.Unavailable, "%s: cannot be written: %w", output, err)
		}
		defer f.Close()
		out = f
	}
	err = live.Play(ctx, src, engine, engine.Detector(), o, func(ev live.Event) error { return live.WriteEvent(out, ev) })
	var damage *audio.DamageError
	if errors.As(err, &damage) {
		e.say("%v", err)
		return errReview
	}
	return err
}
