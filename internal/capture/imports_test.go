package capture_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/audio/record"
	"bienban/internal/capture"
	"bienban/internal/fault"
)

func TestASoundFileBecomesARecordingOfTheMeeting(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join("..", "casefile", "cases", "council-demo", "audio.flac")
	i := capture.Imports{Root: root}
	for range 2 { // twice is two recordings
		if err := i.Import(t.Context(), "Đại hội", "", capture.ImportSource{File: file, Name: "máy ghi âm.flac", Who: "Lê Thị Cúc"}); err != nil {
			t.Fatal(err)
		}
	}
	dirs, err := filepath.Glob(filepath.Join(root, "*-import-*"))
	if err != nil || len(dirs) != 2 {
		t.Fatalf("%v, %v", dirs, err)
	}
	for _, dir := range dirs {
		rec, err := record.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := rec.Info(); got.Meeting != "Đại hội" || rec.End() < 120*int64(rec.Base()) || rec.Live() {
			t.Errorf("%s: %+v, %d frames", dir, got, rec.End())
		}
		if rep, err := record.Verify(t.Context(), dir, nil); err != nil || !rep.Whole {
			t.Errorf("%s: %+v, %v", dir, rep, err)
		}
	}
}

func TestWhatIsNoSoundBecomesNoRecording(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(t.TempDir(), "a.wav")
	if err := os.WriteFile(file, []byte(strings.Repeat("no sound ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	i := capture.Imports{Root: root}
	if err := i.Import(t.Context(), "m", "", capture.ImportSource{File: file, Name: "a.wav", Who: "x"}); err == nil || fault.CodeOf(err) == fault.Internal {
		t.Errorf("%v", err)
	}
	if dirs, err := filepath.Glob(filepath.Join(root, "*-import-*", "*.pcm")); err != nil || len(dirs) > 0 {
		t.Errorf("%v, %v", dirs, err)
	}
	if err := i.Import(t.Context(), "m", "none", capture.ImportSource{File: file, Name: "a.wav", Who: "x"}); err == nil {
		t.Error("gaps of a recording that is not there were filled")
	}
}
