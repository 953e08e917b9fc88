package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bienban/internal/casefile"
	"bienban/internal/casefile/cases"
	"bienban/internal/fault"
	"bienban/internal/measure"
	"bienban/minutes"
	"bienban/minutes/draft"
	"bienban/minutes/form"
	"bienban/transcribe"
)

// The sample meetings: the first has sound, the second is a script.
const (
	soundCase  = "council-demo"
	scriptCase = "dai-hoi-mau"
)

// demoBudget is how long a language model may take for a meeting's draft: a
// first look must not take a quarter of an hour on a slow machine. What the
// model does not get to is drafted by rule, and says so.
const demoBudget = 2 * time.Minute

type demoCmd struct {
	Case  string `help:"One of the sample meetings, or all. Default: council-demo from its sound into the output folder, then dai-hoi-mau from its script into a folder of its own there." placeholder:"NAME"`
	LLM   string `name:"llm" default:"auto" help:"auto (the local language model when it is installed), none, or an OpenAI-compatible URL." placeholder:"URL"`
	Out   string `default:"bienban-demo" help:"Where transcript.json, minutes.json and minutes.pdf go." placeholder:"DIR"`
	Model string `default:"base" help:"A speech model." placeholder:"NAME"`
	Serve bool   `help:"Instead: open the portal with the sample meetings in it, one of them live, and accounts for each role."`
	Addr  string `default:"127.0.0.1:8080" help:"With --serve: where to listen for browsers, on this machine." placeholder:"HOST:PORT"`
}

// Run takes the sample meetings through the whole main job.
func (c *demoCmd) Run(ctx context.Context, e *env) error {
	if c.Serve {
		return c.serve(ctx, e)
	}
	if err := checkLLM(c.LLM); err != nil {
		return err
	}
	jobs, err := c.jobs()
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := os.MkdirAll(j.dir, 0o755); err != nil {
			return fault.New(fault.Unavailable, "--out %s: %w", c.Out, err)
		}
	}
	llm, stop, err := e.languageModel(ctx, c.LLM, "")
	if err != nil {
		return err
	}
	defer stop()
	if llm != nil {
		llm.Budget = demoBudget
	}
	review := false
	for _, j := range jobs {
		r, err := e.demo(ctx, j, c.Model, llm)
		if err != nil && !errors.Is(err, errReview) {
			return err
		}
		review = review || err != nil
		r.print(e.stdout)
	}
	if review {
		return errReview
	}
	return nil
}

// job is one sample meeting and the folder for what comes of it.
type job struct{ name, dir string }

func (c *demoCmd) jobs() ([]job, error) {
	switch c.Case {
	case "":
		return []job{{soundCase, c.Out}, {scriptCase, filepath.Join(c.Out, scriptCase)}}, nil
	case "all":
		var all []job
		for _, name := range cases.Names() {
			all = append(all, job{name, filepath.Join(c.Out, name)})
		}
		return all, nil
	}
	if !contains(cases.Names(), c.Case) {
		return nil, fault.New(fault.Invalid, "--case %s: no such sample meeting; there are %s", c.Case, strings.Join(cases.Names(), ", "))
	}
	return []job{{c.Case, c.Out}}, nil
}

// demo runs one meeting and writes what comes of it.
func (e *env) demo(ctx context.Context, j job, model string, llm *draft.LLM) (*report, error) {
	script, err := cases.Case(j.name)
	if err != nil {
		return nil, err
	}
	m, _, err := minutes.DecodeMeeting(j.name+"/meeting.yaml", cases.Meeting(j.name))
	if err != nil {
		return nil, err
	}
	r := &report{title: m.Title, dir: j.dir}
	fmt.Fprintf(e.stdout, "\n%s: %s\n", j.name, m.Title)

	started := time.Now()
	t, err := e.demoTranscript(ctx, j.name, script, m, model, r)
	if err != nil {
		return nil, err
	}
	r.stage("transcribe", started)
	if err := e.write(filepath.Join(j.dir, "transcript.json"), func(w io.Writer) error { return transcribe.WriteJSON(w, t) }); err != nil {
		return nil, err
	}

	started = time.Now()
	mins, err := draft.Draft(ctx, m, t, e.draftOptions(llm))
	if err != nil {
		return nil, err
	}
	r.stage("draft", started)
	r.llm = draftedBy(mins)
	if err := e.write(filepath.Join(j.dir, "minutes.json"), func(w io.Writer) error { return minutes.WriteMinutes(w, mins) }); err != nil {
		return nil, err
	}

	started = time.Now()
	for _, format := range []string{"txt", "pdf"} {
		var text strings.Builder
		if err := form.Export(&text, mins, form.Options{Format: format, Copy: form.Public}); err != nil {
			return nil, err
		}
		if format == "txt" {
			r.facts = measure.Facts(script.Language, text.String(), script.Titles, script.Facts, script.Forbidden)
		}
		path := filepath.Join(j.dir, "minutes."+format)
		if err := e.write(path, func(w io.Writer) error { _, err := io.WriteString(w, text.String()); return err }); err != nil {
			return nil, err
		}
	}
	r.stage("export", started)
	r.items, r.open = len(mins.Sections), openMatters(mins)
	if mins.NeedsPerson() {
		return r, errReview
	}
	return r, nil
}

// draftedBy names the language model of a draft, or says why there was none.
func draftedBy(m *minutes.Minutes) string {
	if m.Drafted != nil && m.Drafted.LLM != "" {
		return m.Drafted.LLM
	}
	for _, f := range m.Flags {
		if f.Code == minutes.FlagNoLLM {
			if m.Meeting.Language == string(english) { // the report is in English, the flag in the minutes' language
				return "none: " + f.Text
			}
		}
	}
	return "none (drafted by rule; minutes.json says why)"
}

// demoTranscript hears the meeting where it has sound, and reads its script
// aloud in figures where it has none.
func (e *env) demoTranscript(ctx context.Context, name string, script *casefile.Case, m *minutes.Meeting, model string, r *report) (*transcribe.Transcript, error) {
	sound := cases.Sound(name)
	if sound == nil {
		t := script.Transcript()
		if n := len(t.Segments); n > 0 {
			r.seconds = t.Segments[n-1].End
		}
		r.from = "its script (no sound)"
		return t, nil
	}
	dir, err := os.MkdirTemp("", "bienban-demo-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "mixer.flac")
	if err := os.WriteFile(path, sound, 0o644); err != nil {
		return nil, err
	}
	t, err := e.transcribe(ctx, recording{file: path, meeting: m, model: model})
	if err != nil {
		return nil, err
	}
	r.from = fmt.Sprintf("%d microphones, Whisper %s", t.Audio.Channels, model)
	r.seconds = t.Audio.Seconds
	r.wer = measure.WER(script.Language, script.Text(), t.Speech())
	return t, nil
}

// report is what demo tells at the end of a meeting.
type report struct {
	title, dir, from, llm string
	seconds               float64
	stages                []stage
	wer                   measure.Errors
	facts                 measure.Score
	items                 int
	open                  string
}

type stage struct {
	name string
	took time.Duration
}

func (r *report) stage(name string, started time.Time) {
	r.stages = append(r.stages, stage{name, time.Since(started)})
}

func (r *report) print(w io.Writer) {
	fmt.Fprintf(w, "  heard from     %s\n", r.from)
	fmt.Fprintf(w, "  length         %s\n", clock(r.seconds))
	for _, s := range r.stages {
		fmt.Fprintf(w, "  %-14s %.1f s (%.3f × real time)\n", s.name, s.took.Seconds(), s.took.Seconds()/max(r.seconds, 0.001))
	}
	if r.wer.Reference > 0 {
		fmt.Fprintf(w, "  word errors    %.1f %% of %d words\n", 100*r.wer.Rate(), r.wer.Reference)
	}
	fmt.Fprintf(w, "  language model %s\n", r.llm)
	fmt.Fprintf(w, "  agenda items   %d\n", r.items)
	fmt.Fprintf(w, "  facts found    %d of %d\n", len(r.facts.Found), len(r.facts.Found)+len(r.facts.Missing))
	for _, f := range r.facts.Missing {
		fmt.Fprintf(w, "                 not found: %s\n", f)
	}
	for _, f := range r.facts.Forbidden {
		fmt.Fprintf(w, "                 must not stand there: %s\n", f)
	}
	fmt.Fprintf(w, "  for a person   %s\n", r.open)
	fmt.Fprintf(w, "  minutes        %s\n", filepath.Join(r.dir, "minutes.pdf"))
}
