//go:build whisper

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bienban/internal/rig"
	"bienban/internal/rig/tape"
	"bienban/models"
	"bienban/transcribe"
)

// TestTwoRoundsOfKnownSoundBecomeTheTextThatIsKnown is the short form of a soak.
func TestTwoRoundsOfKnownSoundBecomeTheTextThatIsKnown(t *testing.T) {
	if testing.Short() {
		t.Skip("real processes")
	}
	catalogue, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	store := models.NewStore(os.Getenv("BIENBAN_MODELS"))
	for _, id := range []string{models.DefaultSpeech, models.DefaultVAD} {
		m, err := catalogue.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Path(t.Context(), m); err != nil {
			t.Skip(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	place, err := rig.Enter(ctx, "soak-test", "", true)
	if err != nil {
		t.Fatal(err)
	}
	defer place.Leave()
	r, err := soak(ctx, settings{hours: 0.2, model: "base"}, place, filepath.Join(place.Dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.report(&b); err != nil {
		t.Errorf("%v\n%s", err, b.String())
	}
	t.Logf("\n%s", b.String())
}

// clean is a result in which nothing is wrong: an hour in which one word is said
// in each speech.
func clean(t *testing.T) *result {
	t.Helper()
	part := tape.Part{Name: "x", PCM: make([]int16, 100*tape.Rate), Result: transcribe.Result{Words: []transcribe.Word{{Text: "biểu", Start: 1, End: 1.5}}}}
	r := &result{tape: tape.New(part), end: 3600 * tape.Rate, took: time.Minute}
	r.tape.Walk(r.end, func(p tape.Placed) {
		if at := float64(p.From) / tape.Rate; p.Speech && int(p.To-p.From) == len(p.PCM) {
			s := transcribe.Segment{Start: at + 1, End: at + 1.5, Text: "biểu"}
			s.Words = append(s.Words, transcribe.Word{Text: "biểu", Start: at + 1, End: at + 1.5})
			r.text.Segments = append(r.text.Segments, s)
		}
	})
	r.text.Coverage = []transcribe.Stretch{{End: 3600, Kind: transcribe.CoveredSpeech}}
	for i := range 100 {
		r.memory = append(r.memory, held{at: int64(i+1) * r.end / 101, bytes: map[string]int64{"serve": 60 << 20}})
	}
	return r
}

func TestEachBoundIsSeenWhenItBreaks(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*result)
		wrong  string
	}{
		"nothing": {func(*result) {}, ""},
		"memory that grows": {func(r *result) {
			for i := range r.memory {
				r.memory[i].bytes["serve"] += int64(i) << 18
			}
		}, "serve grew"},
		"words that drift": {func(r *result) {
			s := &r.text.Segments[len(r.text.Segments)-1]
			s.Words[0].Start += 0.3
			s.Words[0].End += 0.3
		}, "off by 0.30"},
		"a word in the applause": {func(r *result) {
			r.text.Segments[0].Words = append(r.text.Segments[0].Words, transcribe.Word{Text: "cảm ơn", Start: 115, End: 115.5})
		}, "where nobody speaks"},
		"speech without text":     {func(r *result) { r.text.Segments = r.text.Segments[3:] }, "were committed"},
		"an hour that ends early": {func(r *result) { r.text.Coverage[0].End = 3599 }, "ledger ends"},
		"a gap":                   {func(r *result) { r.text.Coverage[0].Kind = transcribe.CoveredGap }, "a gap from"},
	} {
		r := clean(t)
		c.change(r)
		var b bytes.Buffer
		err := r.report(&b)
		if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: %v, want %q\n%s", name, err, c.wrong, b.String())
		}
	}
}
