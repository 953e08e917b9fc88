package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"bienban/internal/hall"
	"bienban/internal/sqlstore"
	"bienban/transcribe"
)

func TestASecondPassThatIsKilledIsMadeAgain(t *testing.T) {
	t.Parallel()
	m := newMachine(t, 60*time.Millisecond)
	s := m.serve("--second", "same", "--meeting", "walter-creek", "--input", mixer)
	n := pid(t, s.until(t, `second pass of walter-creek begins, process (\d+)`))
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.until(t, `a second pass has failed and is tried again; .* recording=walter-creek try=1 in=2s error=signal: killed`)
	s.until(t, `second pass of walter-creek is stored`)
	if code := s.stop(t); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	// Serve, started again, has nothing to make.
	s = m.serve("--second", "same")
	s.until(t, complete)
	s.stop(t)
	if strings.Contains(s.all(), "second pass of walter-creek begins") {
		t.Errorf("it is made twice:\n%s", s.all())
	}
	store, err := sqlstore.Open(t.Context(), filepath.Join(m.data, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	layers, err := store.LayersOf(t.Context(), "walter-creek")
	if err != nil || !slices.Equal(layers, []string{"live", "second"}) {
		t.Errorf("layers %v, %v", layers, err)
	}
	if r, err := store.Recording(t.Context(), "walter-creek"); err != nil || r.Adopted != "second" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWhatASecondPassWroteAndNobodyCouldStoreIsNotMadeAgain(t *testing.T) {
	t.Parallel()
	m := newMachine(t, 0)
	wav := rampWAV(t, m.data, 16000, 1, 24000)
	if code, _, said := cmd(t, nil, "capture", "--meeting", "m", "--input", wav, "--data", m.data); code != exitDone {
		t.Fatal(said)
	}
	store, err := sqlstore.Open(t.Context(), filepath.Join(m.data, storeFile))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	left := hall.Layer{Recording: "m", Name: hall.LayerSecond, Model: "base", Segments: []transcribe.Segment{{End: 1, Text: "đã nghe"}}, Coverage: []hall.Cover{{To: 24000, Kind: transcribe.CoveredSpeech}}}
	file := filepath.Join(m.data, secondDir, "m.json")
	for _, err := range []error{
		store.StartRecording(t.Context(), hall.Recording{ID: "m", Meeting: "m", Started: time.Now()}),
		store.AcceptFinal(t.Context(), hall.Final{Recording: "m", Epoch: 1, To: 24000}),
		store.EndRecording(t.Context(), "m", 24000),
		os.MkdirAll(filepath.Dir(file), 0o750), hall.WriteLayer(file, left),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := m.serve("--second", "same")
	s.until(t, `second pass of m is stored`)
	s.stop(t)
	tr, err := store.Transcript(t.Context(), "m", "")
	if err != nil || tr.Speech() != "đã nghe\n" && tr.Speech() != "đã nghe" || strings.Contains(s.all(), "second pass of m begins") {
		t.Errorf("%q, %v\n%s", tr.Speech(), err, s.all())
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("its file is left")
	}
}

func TestAModelOfTheSecondPassThatIsNotThereIsSaidAtTheStart(t *testing.T) {
	code, _, said := cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--second", "nothere")
	if code != exitUsage || !strings.Contains(said, "--second: ") || !strings.Contains(said, "nothere") || strings.Count(said, "\n") != 1 {
		t.Errorf("exit %d: %s", code, said)
	}
}
