package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bienban/internal/capture"
	"bienban/internal/hall"
)

// idleEvery is how often it is looked whether all halls are quiet.
const idleEvery = 5 * time.Second

// complete makes the second pass of a recording whose live text is done: one at
// a time, in a process that lets everything else go first.
func (s *server) complete(ctx context.Context, r hall.Recording) {
	model := s.c.Second
	if model == "same" {
		model = s.c.Model
	}
	if s.c.NoWorker || model == "none" || model == "" || r.Length <= 0 || !s.unheard(ctx, r) {
		return
	}
	s.idle.Lock()
	defer s.idle.Unlock()
	for { // nothing may slow down what is being recorded
		running, err := capture.Running(ctx, filepath.Join(s.data, capture.Folder))
		if err == nil && len(running) == 0 {
			break
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(idleEvery):
		}
	}
	if err := s.secondPass(ctx, r, model); err != nil && ctx.Err() == nil {
		s.e.log("warn", fmt.Sprintf("second pass of %s: %s; the live text stays", r.ID, oneLine(err)))
	}
}

// unheard says whether a recording has no second pass yet, or sound that was brought since the last one.
func (s *server) unheard(ctx context.Context, r hall.Recording) bool {
	if r.Adopted == hall.LayerLive {
		return true
	}
	name, err := hall.SecondName(filepath.Join(s.data, capture.Folder, r.ID))
	if err != nil || !strings.HasPrefix(r.Adopted, hall.LayerSecond) {
		return false // a person has chosen
	}
	layers, err := s.store.LayersOf(ctx, r.ID)
	return err == nil && !slices.Contains(layers, name)
}

func (s *server) secondPass(ctx context.Context, r hall.Recording, model string) error {
	dir := filepath.Join(s.data, secondDir)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	out := filepath.Join(dir, r.ID+".json")
	m, err := s.meeting(ctx, r.Meeting)
	if err != nil {
		return err
	}
	args := []string{"worker", "--pipe", "--second", filepath.Join(s.data, capture.Folder, r.ID), "--output", out, "--model", model,
		"--threads", strconv.Itoa(s.c.Threads), "--language", r.Language}
	for _, w := range m.Glossary {
		args = append(args, "--words="+w)
	}
	cmd := s.self(args...)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	cmd.Stderr = s.e.stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := context.AfterFunc(ctx, func() { _ = pipe.Close() })
	defer ended()
	if err := cmd.Wait(); err != nil {
		return err
	}
	l, err := hall.ReadLayer(out)
	if err != nil {
		return err
	}
	if err := hall.TakeLayer(ctx, s.store, l, "bienban"); err != nil {
		return err
	}
	s.bus.Send(hall.EventSubject(r.ID), nil)
	s.e.say("second pass of %s is stored, with model %s", r.ID, model)
	return os.Remove(out)
}
