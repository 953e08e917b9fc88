package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnOutputNeverOverwritesAnInput(t *testing.T) {
	dir := t.TempDir()
	sound := write(t, dir, "hall.wav", wavHeader(1, 16000))
	meeting := write(t, dir, "meeting.yaml", []byte(goodMeeting))
	transcript := write(t, dir, "transcript.json", []byte(`{"language":"en","segments":[{"start":0,"end":2,"text":"Good evening."}]}`))
	mins := filepath.Join(dir, "minutes.json")
	if code, _, said := cmd(t, nil, "draft", "--meeting", meeting, "--transcript", transcript, "-o", mins); code != exitDone && code != exitReview {
		t.Fatalf("the meeting was not drafted: %d %s", code, said)
	}
	link := filepath.Join(dir, "other-name.wav")
	if err := os.Symlink(sound, link); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"the recording":              {"transcribe", sound, "-o", sound},
		"the recording by a link":    {"transcribe", sound, "-o", link},
		"the meeting, transcribing":  {"transcribe", sound, "--meeting", meeting, "-o", meeting},
		"the transcript":             {"draft", "--meeting", meeting, "--transcript", transcript, "-o", transcript},
		"the meeting":                {"draft", "--meeting", meeting, "--transcript", transcript, "-o", meeting},
		"the minutes":                {"export", mins, "--format", "txt", "-o", mins},
		"a folder instead of a file": {"export", mins, "--format", "txt", "-o", dir},
		"a folder that is not there": {"export", mins, "--format", "txt", "-o", filepath.Join(dir, "none", "x.txt")},
	} {
		t.Run(name, func(t *testing.T) {
			out := args[len(args)-1]
			before, _ := os.ReadFile(out)
			code, _, said := cmd(t, nil, args...)
			if code != exitUsage || strings.Count(said, "\n") != 1 || !strings.Contains(said, filepath.Base(out)) || strings.Contains(said, ".bienban-") {
				t.Errorf("exit %d, said %q", code, said)
			}
			if after, _ := os.ReadFile(out); string(after) != string(before) {
				t.Error("it was overwritten")
			}
		})
	}
}

func TestWhatIsNoMinutesFileIsNotExported(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"{}", `{"language":"en","segments":[{"start":0,"end":2,"text":"Good evening."}]}`} {
		file := write(t, dir, "other.json", []byte(text))
		if code, out, said := cmd(t, nil, "export", file); code != exitUsage || out != "" || !strings.Contains(said, "other.json") {
			t.Errorf("%s: exit %d, wrote %d bytes, said %q", text, code, len(out), said)
		}
	}
}

// full is a disk on which nothing has room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAReportThatCannotBeWrittenIsAFailure(t *testing.T) {
	dir := t.TempDir()
	meeting := write(t, dir, "meeting.yaml", []byte(goodMeeting))
	transcript := write(t, dir, "transcript.json", []byte(`{"language":"en","segments":[{"start":0,"end":2,"text":"Good evening."}]}`))
	mins := filepath.Join(dir, "minutes.json")
	if code, _, said := cmd(t, nil, "draft", "--meeting", meeting, "--transcript", transcript, "-o", mins); code != exitDone && code != exitReview {
		t.Fatalf("the meeting was not drafted: %d %s", code, said)
	}
	var errs strings.Builder
	code := run(context.Background(), []string{"check", "--meeting", meeting, "--transcript", transcript, mins},
		env{stdin: strings.NewReader(""), stdout: full{}, stderr: &errs, getenv: func(string) string { return "" }})
	if code != exitFailed || !strings.Contains(errs.String(), "no space left") {
		t.Errorf("exit %d, said %q", code, errs.String())
	}
}
