package transcribe

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"
)

func mustFile(t *testing.T, path string, eng Engine, o Options) *Transcript {
	t.Helper()
	got, err := File(t.Context(), path, eng, &levelDetector{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func asJSON(t *testing.T, tr *Transcript) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, tr); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkLedger says what is wrong with a coverage ledger.
func checkLedger(t *testing.T, c []Stretch, length float64) {
	t.Helper()
	at := 0.0
	for i, s := range c {
		if s.Start != at || s.End < s.Start {
			t.Fatalf("coverage %d: %g to %g after %g", i, s.Start, s.End, at)
		}
		if i > 0 && s.Kind == c[i-1].Kind && s.Note == c[i-1].Note {
			t.Errorf("coverage %d repeats %s", i, s.Kind)
		}
		at = s.End
	}
	if at != length {
		t.Errorf("coverage ends at %g, the sound at %g", at, length)
	}
}

func TestEveryWordOfAFileArrivesOnceAndInTime(t *testing.T) {
	script := talk(200)
	tr := mustFile(t, writeWAV(t, script), &burstEngine{}, Options{Language: "vi", Model: "fake"})
	got := heardWords(tr)
	if len(got) != len(script) {
		t.Fatalf("%d words of %d", len(got), len(script))
	}
	for i, s := range script {
		if got[i].Text != s.text() || math.Abs(got[i].Start-s.at) > 0.05 {
			t.Errorf("word %d: %q at %.3f s, want %q at %.3f s", i, got[i].Text, got[i].Start, s.text(), s.at)
		}
	}
	if tr.Language != "vi" || tr.Audio.File != "họp.wav" || tr.Audio.SHA256 == "" || len(tr.Flags) != 0 {
		t.Errorf("head: %q %+v %v", tr.Language, *tr.Audio, tr.Flags)
	}
	checkLedger(t, tr.Coverage, tr.Audio.Seconds)
	for i, s := range tr.Segments {
		if i > 0 && s.Start < tr.Segments[i-1].End {
			t.Errorf("segment %s overlaps the one before", s.ID)
		}
	}
}

func TestAStoppedRunResumesToTheSameTranscript(t *testing.T) {
	path := writeWAV(t, talk(60))
	o := Options{Language: "vi", Glossary: []string{"Đảng bộ"}}
	eng := &burstEngine{}
	want := asJSON(t, mustFile(t, path, eng, o))
	for stop := range eng.calls {
		o := o
		o.Checkpoint = t.TempDir() + "/state.json"
		ctx, cancel := context.WithCancel(t.Context())
		half := &burstEngine{before: func(call int, _ Request) error {
			if call == stop {
				cancel()
			}
			return nil
		}}
		part, err := File(ctx, path, half, &levelDetector{}, o)
		if !errors.Is(err, context.Canceled) || part == nil {
			t.Fatalf("stopped at %d: %v", stop, err)
		}
		checkLedger(t, part.Coverage, part.Audio.Seconds)
		o.Resume = true
		rest := &burstEngine{}
		if got := asJSON(t, mustFile(t, path, rest, o)); got != want {
			t.Errorf("stopped at window %d and resumed: another transcript", stop)
		}
		if rest.calls != eng.calls-stop {
			t.Errorf("stopped at window %d: %d decodes to finish, want %d", stop, rest.calls, eng.calls-stop)
		}
	}
}
