package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bienban/internal/casefile/cases"
	modelcat "bienban/models"
	"bienban/transcribe"
	"bienban/transcribe/whisper"
)

// cmd runs the command line as a shell would and gives what it said.
func cmd(t *testing.T, vars map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	defer heed() // a capture outlives its terminal; what this process starts later must not
	var out, errs bytes.Buffer
	code = run(context.Background(), args, env{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(k string) string { return vars[k] },
	})
	return code, out.String(), errs.String()
}

// heed takes back that signals are ignored, which children inherit. They must be caught for that: signal.Reset and
// signal.Stop leave them ignored.
func heed() { signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP, syscall.SIGPIPE) }

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// wavHeader is a WAV of 16-bit silence that claims the given channels.
func wavHeader(channels uint16, frames int) []byte {
	data := make([]byte, frames*2*int(max(channels, 1)))
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+len(data)))
	b.WriteString("WAVEfmt ")
	for _, v := range []any{uint32(16), uint16(1), channels, uint32(16000), uint32(16000 * 2 * int(channels)), 2 * channels, uint16(16), []byte("data"), uint32(len(data)), data} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

const goodMeeting = `kind: council
language: en
title: Ordinary meeting
issuer: TOWN COUNCIL
start: 2026-03-12T18:30:00+00:00
end: 2026-03-12T19:30:00+00:00
delegates: {summoned: 9, present: 8, absent: 1}
people:
  - {name: Ann Lee, title: Mayor, role: chair}
  - {name: Tom Day, title: Clerk, role: secretary}
agenda:
  - {id: "1", title: Opening}
`

func TestBadInputIsOneClearLineAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	meeting := func(name, text string) string { return write(t, dir, name+".yaml", []byte(text)) }
	transcript := write(t, dir, "transcript.json", []byte(`{"language":"en","segments":[{"start":0,"end":2,"text":"Good evening."}]}`))
	good := meeting("good", goodMeeting)
	sound := write(t, dir, "good.wav", wavHeader(1, 16000))
	minutesFile := filepath.Join(dir, "minutes.json")
	if code, _, said := cmd(t, nil, "draft", "--meeting", good, "--transcript", transcript, "-o", minutesFile); code != exitDone && code != exitReview {
		t.Fatalf("the good meeting was not drafted: %d %s", code, said)
	}
	flac := cases.Sound("council-demo")
	none := map[string]string{"BIENBAN_MODELS": t.TempDir()}
	draftOf := func(name, text string) []string {
		return []string{"draft", "--meeting", meeting(name, text), "--transcript", transcript}
	}
	with := func(line string) string { return goodMeeting + line + "\n" }

	for _, c := range []struct {
		name string
		args []string
		says []string // each must stand in the line
	}{
		{"no such recording", []string{"transcribe", filepath.Join(dir, "none.wav")}, []string{"none.wav", "no such file"}},
		{"an empty recording", []string{"transcribe", write(t, dir, "empty.wav", nil)}, []string{"empty.wav"}},
		{"a text named .wav", []string{"transcribe", write(t, dir, "text.wav", []byte("hello, this is no sound at all\n"))}, []string{"text.wav"}},
		{"a FLAC without a whole frame", []string{"transcribe", write(t, dir, "short.flac", flac[:600])}, []string{"short.flac"}},
		{"no channels", []string{"transcribe", write(t, dir, "zero.wav", wavHeader(0, 100))}, []string{"zero.wav", "channels"}},
		{"a folder", []string{"transcribe", dir}, []string{"folder"}},
		{"an unknown speech model", []string{"transcribe", sound, "--model", "huge"}, []string{"huge", "base"}},
		{"a model for something else", []string{"transcribe", sound, "--model", "silero"}, []string{"silero", "vad", "speech"}},
		{"an unknown language", []string{"transcribe", sound, "--language", "xx"}, []string{"--language xx"}},
		{"an impossible number of threads", []string{"transcribe", sound, "--threads=-3"}, []string{"--threads -3"}},
		{"live in another format", []string{"transcribe", sound, "--live", "--format", "srt"}, []string{"--live", "jsonl"}},
		{"an unknown format of transcripts", []string{"transcribe", sound, "--format", "doc"}, []string{"doc", "srt"}},
		{"an unknown format of minutes", []string{"export", minutesFile, "--format", "odt"}, []string{"odt", "pdf"}},
		{"an unknown form", []string{"export", minutesFile, "--format", "pdf", "--form", "mau-x"}, []string{"mau-x", "council-en"}},
		{"a form of another kind", []string{"export", minutesFile, "--format", "pdf", "--form", "party-2026"}, []string{"party-2026", "council"}},
		{"an unknown copy", []string{"export", minutesFile, "--copy", "secret"}, []string{"secret", "public"}},
		{"an unknown flag", []string{"draft", "--fast"}, []string{"--fast"}},
		{"no LLM URL", []string{"draft", "--meeting", good, "--transcript", transcript, "--llm", "gpt"}, []string{"--llm gpt", "none"}},
		{"an unknown model to pull", []string{"models", "pull", "whale"}, []string{"whale", "base"}},
		{"an unknown sample meeting", []string{"demo", "--case", "x", "--out", filepath.Join(dir, "out")}, []string{"--case x", "council-demo"}},

		{"an unknown key", draftOf("key", with("chairman: Ann Lee")), []string{"key.yaml:13", "chairman"}},
		{"not UTF-8", draftOf("latin", with("venue: \"caf\xe9\"")), []string{"latin.yaml", "UTF-8"}},
		{"an unknown agenda item", draftOf("item", with(`votes: [{item: "9", subject: x, for: 1, against: 0, abstain: 0}]`)), []string{"item.yaml:13", "votes", `"9"`}},
		{"an unknown person", draftOf("person", with(`votes: [{item: "1", subject: x, moved: Bob Ray, for: 1, against: 0, abstain: 0}]`)), []string{"person.yaml:13", "Bob Ray"}},
		{"a duplicate id", draftOf("twice", with(`  - {id: "1", title: Again}`)), []string{"twice.yaml:13", `"1"`}},
		{"two chairs", draftOf("chairs", strings.Replace(goodMeeting, "role: secretary", "role: chair", 1)), []string{"chairs.yaml", "chair"}},
		{"votes above presence", draftOf("votes", with(`votes: [{item: "1", subject: x, for: 7, against: 2, abstain: 0}]`)), []string{"votes.yaml:13", "9", "8"}},
		{"more present than summoned", draftOf("present", strings.Replace(goodMeeting, "present: 8", "present: 10", 1)), []string{"present.yaml", "10", "9"}},
		{"a bad time", draftOf("time", strings.Replace(goodMeeting, "2026-03-12T18:30:00+00:00", "yesterday", 1)), []string{"time.yaml:5", "yesterday"}},
		{"an unknown kind", draftOf("kind", strings.Replace(goodMeeting, "kind: council", "kind: party", 1)), []string{"kind.yaml:1", "party"}},
		{"an empty meeting file", draftOf("nothing", ""), []string{"nothing.yaml"}},
		{"a secret meeting", draftOf("secret", with("secrecy: secret")), []string{"secret"}},
		{"a transcript that is none", []string{"draft", "--meeting", good, "--transcript", write(t, dir, "bad.json", []byte("{"))}, []string{"bad.json"}},
		{"minutes that are none", []string{"export", write(t, dir, "bad-minutes.json", []byte(`{"meeting": 3}`))}, []string{"bad-minutes.json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out")
			args := c.args
			if a := args[0]; a == "transcribe" || a == "draft" || a == "export" {
				args = append(args, "-o", output)
			}
			code, stdout, stderr := cmd(t, none, args...)
			if code != exitUsage {
				t.Errorf("exit %d, want %d; it said: %s", code, exitUsage, stderr)
			}
			if n := strings.Count(strings.TrimSpace(stderr), "\n"); n != 0 {
				t.Errorf("it took %d lines to say: %s", n+1, stderr)
			}
			for _, want := range c.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("it says %q, which does not name %q", strings.TrimSpace(stderr), want)
				}
			}
			if stdout != "" {
				t.Errorf("it printed %q", stdout)
			}
			left, err := os.ReadDir(filepath.Dir(output))
			if err != nil || len(left) != 0 {
				t.Errorf("it left %v behind (%v)", left, err)
			}
		})
	}
}

func TestAMissingModelNamesTheCommandThatGetsIt(t *testing.T) {
	sound := write(t, t.TempDir(), "good.wav", wavHeader(1, 16000))
	code, _, said := cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "transcribe", sound)
	want := "bienban models pull base"
	if !whisper.Built { // a model would be of no use to it
		want = "built without speech recognition"
	}
	if code != exitFailed || !strings.Contains(said, want) || !whisper.Built && strings.Contains(said, "pull") {
		t.Errorf("exit %d, said %q", code, said)
	}
}

func TestAWrongFormInTheMeetingIsSaidBeforeAnythingIsDone(t *testing.T) {
	dir := t.TempDir()
	sound := write(t, dir, "good.wav", wavHeader(1, 16000))
	for line, want := range map[string]string{
		"form: party-1950\n":             "meeting.form: unknown form \"party-1950\"",
		"switches: {two_sided: maybe}\n": "meeting.switches.two_sided: \"maybe\"",
	} {
		meeting := write(t, dir, "meeting.yaml", []byte(goodMeeting+line))
		code, _, said := cmd(t, map[string]string{"BIENBAN_MODELS": t.TempDir()}, "transcribe", sound, "--meeting", meeting)
		if code != exitUsage || !strings.Contains(said, meeting) || !strings.Contains(said, want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s: exit %d, said %q", line, code, said)
		}
	}
}

func TestAFolderThatMayNotBeWrittenFailsBeforeTheWork(t *testing.T) {
	if os.Getuid() == 0 {
		dropPrivileges(t)
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	sound := write(t, t.TempDir(), "good.wav", wavHeader(1, 16000))
	code, _, said := cmd(t, nil, "transcribe", sound, "-o", filepath.Join(dir, "t.json"))
	if code != exitFailed || !strings.Contains(said, "permission denied") {
		t.Errorf("exit %d, said %q", code, said)
	}
}

func TestMessagesAreJSONForMachines(t *testing.T) {
	code, _, said := cmd(t, nil, "--log", "json", "transcribe", "none.wav")
	if code != exitUsage || said != "{\"level\":\"error\",\"text\":\"none.wav: no such file\"}\n" {
		t.Errorf("exit %d, said %q", code, said)
	}
}

func TestHelpNamesEveryCommand(t *testing.T) {
	code, out, _ := cmd(t, nil, "--help")
	if code != exitDone {
		t.Errorf("exit %d", code)
	}
	for _, name := range []string{"demo", "transcribe", "draft", "check", "export", "models", "capture", "verify", "live", "doctor", "version"} {
		if !strings.Contains(out, name) {
			t.Errorf("--help does not name %s", name)
		}
	}
	if strings.Contains(out, "engine") {
		t.Error("--help shows the engine's own process")
	}
}

func TestScriptedMeetingsBecomeMinutesThroughTheCommandLine(t *testing.T) {
	for _, name := range cases.All() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			script, err := cases.Case(name)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := transcribe.WriteJSON(&b, script.Transcript()); err != nil {
				t.Fatal(err)
			}
			meeting := write(t, dir, "meeting.yaml", cases.Meeting(name))
			transcript := write(t, dir, "transcript.json", b.Bytes())
			draft := filepath.Join(dir, "minutes.json")
			code, _, said := cmd(t, nil, "draft", "--meeting", meeting, "--transcript", transcript, "-o", draft)
			want := exitDone
			if len(script.Conflicts) > 0 {
				want = exitReview
			}
			if code != want {
				t.Fatalf("draft: exit %d, want %d: %s", code, want, said)
			}
			for _, format := range []string{"txt", "html", "json"} {
				if code, out, said := cmd(t, nil, "export", draft, "--format", format); code != want || out == "" {
					t.Errorf("export %s: exit %d: %s", format, code, said)
				}
			}
			if code, _, said := cmd(t, nil, "check", "--meeting", meeting, "--transcript", transcript, draft); code != exitDone {
				t.Errorf("check of our own draft: exit %d: %s", code, said)
			}
		})
	}
}

func TestTheScriptedSampleMeetingBecomesAWholeRecord(t *testing.T) {
	dir := t.TempDir()
	code, out, said := cmd(t, nil, "demo", "--case", "dai-hoi-mau", "--llm", "none", "--out", dir)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, said)
	}
	for _, want := range []string{"facts found    22 of 22", "agenda items   8", "language model none", filepath.Join(dir, "minutes.pdf")} {
		if !strings.Contains(out, want) {
			t.Errorf("the report does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "must not stand there") {
		t.Errorf("a forbidden string stands in the minutes:\n%s", out)
	}
	for _, name := range []string{"transcript.json", "minutes.json", "minutes.pdf"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	pdf, err := os.ReadFile(filepath.Join(dir, "minutes.pdf"))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("minutes.pdf is no PDF (%v)", err)
	}
}

// fakeServer puts a llama-server on PATH that ends at once.
func fakeServer(t *testing.T) (models string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "llama-server"), []byte("#!/bin/sh\necho boom >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	dir := t.TempDir()
	catalogue, err := modelcat.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m, err := catalogue.Find(modelcat.DefaultLanguage)
	if err != nil {
		t.Fatal(err)
	}
	// A file of the right size, noted as read and found right, is an installed
	// model; sparse, it costs no disk.
	path := filepath.Join(dir, m.File)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(m.Size); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, m.File+".checked", fmt.Appendf(nil, "%s %d %d\n", m.SHA256, info.Size(), info.ModTime().UnixNano()))
	return dir
}

func TestADamagedLanguageModelLosesNoDraft(t *testing.T) {
	models := fakeServer(t)
	files, err := filepath.Glob(filepath.Join(models, "*.gguf"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.Truncate(files[0], 1000); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	meeting := write(t, dir, "good.yaml", []byte(goodMeeting))
	transcript := write(t, dir, "transcript.json", []byte(`{"language":"en","segments":[{"start":0,"end":2,"item":"1","text":"The meeting is open."}]}`))
	code, out, said := cmd(t, map[string]string{"BIENBAN_MODELS": models}, "draft", "--meeting", meeting, "--transcript", transcript, "--llm", "auto")
	if code != exitDone || !strings.Contains(said, "damaged") || !strings.Contains(out, "sections") {
		t.Errorf("exit %d, said %q, wrote %q", code, said, out)
	}
}

func TestALanguageModelThatDiesAtOnceLosesNoDraft(t *testing.T) {
	models := fakeServer(t)
	dir := t.TempDir()
	meeting := write(t, dir, "good.yaml", []byte(goodMeeting))
	transcript := write(t, dir, "transcript.json", []byte(`{"language":"en","segments":[{"start":0,"end":2,"item":"1","text":"The meeting is open."}]}`))
	draft := filepath.Join(dir, "minutes.json")
	code, _, said := cmd(t, map[string]string{"BIENBAN_MODELS": models}, "draft", "--meeting", meeting, "--transcript", transcript, "--llm", "auto", "-o", draft)
	if code != exitDone || !strings.Contains(said, "drafting without a language model") {
		t.Errorf("exit %d, said %q", code, said)
	}
	if _, err := os.Stat(draft); err != nil {
		t.Error(err)
	}
}

func TestDemoRefusesAFolderThatIsAFile(t *testing.T) {
	file := write(t, t.TempDir(), "out", []byte("x"))
	code, _, said := cmd(t, nil, "demo", "--case", "dai-hoi-mau", "--llm", "none", "--out", file)
	if code != exitFailed || !strings.Contains(said, "--out") {
		t.Errorf("exit %d, said %q", code, said)
	}
	b, err := os.ReadFile(file)
	if err != nil || string(b) != "x" {
		t.Errorf("the file was changed: %q %v", b, err)
	}
}
