package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/draft"
)

type draftCmd struct {
	Meeting    string `required:"" help:"The meeting's meeting.yaml." placeholder:"FILE"`
	Transcript string `required:"" help:"Its transcript.json." placeholder:"FILE"`
	LLM        string `name:"llm" default:"none" help:"An OpenAI-compatible URL (http://127.0.0.1:8080/v1), auto for the local one, or none for an extractive draft. The key comes from BIENBAN_LLM_KEY or BIENBAN_LLM_KEY_FILE." placeholder:"URL"`
	LLMModel   string `name:"llm-model" help:"The model to ask that server for." placeholder:"NAME"`
	Output     string `short:"o" help:"Where to write minutes.json; default standard output." placeholder:"FILE"`
}

// Run drafts minutes from a transcript.
func (c *draftCmd) Run(ctx context.Context, e *env) error {
	if err := checkLLM(c.LLM); err != nil {
		return err
	}
	m, t, err := e.readSpoken(c.Meeting, c.Transcript)
	if err != nil {
		return err
	}
	if err := canWrite(c.Output, c.Meeting, c.Transcript); err != nil {
		return err
	}
	llm, stop, err := e.languageModel(ctx, c.LLM, c.LLMModel)
	if err != nil {
		return err
	}
	defer stop()
	mins, err := draft.Draft(ctx, m, t, e.draftOptions(llm))
	if err != nil {
		return err
	}
	if err := e.write(c.Output, func(w io.Writer) error { return minutes.WriteMinutes(w, mins) }); err != nil {
		return err
	}
	if llm != nil {
		e.say("language model: %s", draftedBy(mins))
	}
	return e.review(mins)
}

// draftOptions shows how far a draft is, also while a language model is slow.
func (e *env) draftOptions(llm *draft.LLM) draft.Options {
	if llm != nil {
		llm.Waiting = func(waited time.Duration) {
			e.say("draft: waiting for the language model, %s", clock(waited.Seconds()))
		}
	}
	return draft.Options{LLM: llm, Progress: e.progress("draft").drafted}
}

// review says how much a person must look at.
func (e *env) review(m *minutes.Minutes) error {
	if !m.NeedsPerson() {
		return nil
	}
	e.say("a person must look: %s", openMatters(m))
	return errReview
}

// openMatters counts what blocks the record.
func openMatters(m *minutes.Minutes) string {
	flags, conflicts := 0, 0
	count := func(fs []minutes.Flag) {
		for _, f := range fs {
			if f.Open() {
				flags++
			}
		}
	}
	count(m.Flags)
	for _, s := range m.Sections {
		count(s.Flags)
		for _, t := range s.Sentences {
			count(t.Flags)
		}
	}
	for _, c := range m.Conflicts {
		if c.Resolved == nil {
			conflicts++
		}
	}
	return fmt.Sprintf("%d open flags, %d conflicts", flags, conflicts)
}

func checkLLM(llm string) error {
	if llm == "none" || llm == "auto" {
		return nil
	}
	u, err := url.Parse(llm)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return fault.New(fault.Invalid, "--llm %s: give auto, none or a URL such as http://127.0.0.1:8080/v1", llm)
	}
	return nil
}
