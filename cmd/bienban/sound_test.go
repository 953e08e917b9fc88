package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bienban/audio/record"
	"bienban/transcribe"
)

func TestTheLedgerSaysWhyARecordingIsSilent(t *testing.T) {
	const speech, quiet, paused, gap = transcribe.CoveredSpeech, transcribe.CoveredNonSpeech, transcribe.CoveredPaused, transcribe.CoveredGap
	heard := []transcribe.Stretch{{Start: 0, End: 4, Kind: speech}, {Start: 4, End: 10, Kind: quiet}, {Start: 10, End: 12, Kind: speech}, {Start: 12, End: 20, Kind: quiet}}
	silent := []transcribe.Stretch{
		{Start: 3, End: 5, Kind: paused, Note: "erased"},           // speech before it is what an import filled
		{Start: 3, End: 6, Kind: paused, Note: "closed"},           // what was erased of it stays erased
		{Start: 12, End: 20, Kind: gap, Note: "unplugged"},         // the whole of a silence
		{Start: 13, End: 14, Kind: paused, Note: "within the gap"}, // too late
	}
	want := []transcribe.Stretch{heard[0], {Start: 4, End: 5, Kind: paused, Note: "erased"}, {Start: 5, End: 6, Kind: paused, Note: "closed"},
		{Start: 6, End: 10, Kind: quiet}, heard[2], {Start: 12, End: 20, Kind: gap, Note: "unplugged"}}
	got := withSilences(heard, silent)
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	flags := gapFlags(got, silent)
	if len(flags) != 1 || !flags[0].Open() || !strings.Contains(flags[0].Text, "0:12–0:20 (8.0 s): unplugged") {
		t.Errorf("%+v", flags)
	}
	if f := gapFlags([]transcribe.Stretch{{Start: 12, End: 14, Kind: gap, Note: "unplugged"}}, silent); len(f) != 1 || f[0].Open() {
		t.Errorf("a short gap: %+v", f)
	}
	if f := gapFlags([]transcribe.Stretch{{Start: 12, End: 20, Kind: gap, Note: "not decoded"}}, silent); len(f) != 0 {
		t.Errorf("a gap of the transcript is flagged by package transcribe: %+v", f)
	}
}

func TestARecordingIsAnotherAfterWhatChangesItsSound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dh")
	hallRecording(t, dir)
	id := func() string {
		t.Helper()
		rec, err := record.Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := identityOf(rec)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := id()
	if id() != first {
		t.Error("it is another each time")
	}
	if err := record.CloseStretch(context.Background(), dir, nil, 32000, 36000, "An", "việc riêng"); err != nil {
		t.Fatal(err)
	}
	if id() == first {
		t.Error("a stretch was closed, and it is still the same")
	}
}

func TestAFolderThatIsNoRecordingIsNotTranscribed(t *testing.T) {
	data := t.TempDir()
	hallRecording(t, filepath.Join(data, "dh"))
	code, _, said := cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "transcribe", data)
	if code != exitUsage || !strings.Contains(said, "folder without a recording") {
		t.Errorf("exit %d, %q", code, said)
	}
	broken := filepath.Join(data, "broken")
	if err := os.Mkdir(broken, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, broken, "000001.pcm", make([]byte, 4096))
	code, _, said = cmd(t, nil, "transcribe", broken)
	if code != exitUsage || !strings.Contains(said, "bienban verify "+broken) {
		t.Errorf("exit %d, %q", code, said)
	}
	// A recording is taken: what stops it is only that no model is installed.
	code, _, said = cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "transcribe", filepath.Join(data, "dh"))
	if code != exitFailed || !strings.Contains(said, "bienban models pull base") {
		t.Errorf("exit %d, %q", code, said)
	}
}

// noSpeech is a detector that hears none.
type noSpeech struct{}

func (noSpeech) Feed(_ context.Context, pcm []float32) ([]float32, error) {
	return make([]float32, len(pcm)/transcribe.DetectorFrame), nil
}
func (noSpeech) Reset(context.Context) error { return nil }
func (noSpeech) Close() error                { return nil }

func TestASegmentThatWasRemovedIsAGapAndNoSilence(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dh")
	rec, err := record.Create(dir, record.Options{ID: "dh", Meeting: "Đại hội", Rate: 16000, Channels: 1, Segment: 6 * time.Second}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.AppendWait(t.Context(), make([]float32, 20*16000)); err != nil {
		t.Fatal(err)
	}
	if err := rec.Close(t.Context(), "hết giờ"); err != nil {
		t.Fatal(err)
	}
	heard := func() *transcribe.Transcript {
		t.Helper()
		tr, err := transcribeSound(t.Context(), dir, nil, noSpeech{}, transcribe.Options{Language: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	if tr := heard(); len(tr.Flags) > 0 || len(tr.Coverage) != 1 {
		t.Fatalf("whole: %+v, %+v", tr.Flags, tr.Coverage)
	}
	if err := os.Remove(filepath.Join(dir, "000002.pcm")); err != nil {
		t.Fatal(err)
	}
	tr := heard()
	if c := tr.Coverage; len(c) != 3 || c[1].Kind != transcribe.CoveredGap || c[1].Start != 6 || c[1].End != 12 || c[2].End != 20 {
		t.Errorf("the ledger: %+v", c)
	}
	open := 0
	for _, f := range tr.Flags {
		if f.Open() {
			open++
		}
	}
	if open != 2 { // that it is damaged, and what is missing
		t.Errorf("flags: %+v", tr.Flags)
	}
}
