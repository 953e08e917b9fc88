package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/check"
)

type checkCmd struct {
	Meeting    string `required:"" help:"The meeting's meeting.yaml." placeholder:"FILE"`
	Transcript string `required:"" help:"Its transcript.json." placeholder:"FILE"`
	File       string `arg:"" help:"minutes.json"`
	JSON       bool   `name:"json" help:"Print every sentence with its flags as JSON."`
}

// Run checks each sentence against its evidence.
func (c *checkCmd) Run(_ context.Context, e *env) error {
	m, t, err := e.readSpoken(c.Meeting, c.Transcript)
	if err != nil {
		return err
	}
	mins, err := e.readMinutes(c.File)
	if err != nil {
		return err
	}
	// The evidence must be that of the draft: a transcript may come without items and speakers.
	minutes.AssignItems(m, t)
	minutes.AssignSpeakers(m, t)
	findings, err := check.Against(mins, m)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(c.File), err)
	}
	report := check.Check(mins, minutes.NewEvidence(m, t))
	report.Findings = findings
	if c.JSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(report); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	blocked := len(findings)
	if !c.JSON {
		for _, f := range findings {
			fmt.Fprintln(e.stdout, strings.TrimPrefix(f.Item+": "+f.Flag.Code+": "+f.Flag.Text, ": "))
		}
	}
	for _, s := range report.Sentences {
		for _, f := range s.Flags {
			if f.Severity == "block" {
				blocked++
			}
			fmt.Fprintf(&text, "%s, sentence %d: %s: %s\n", s.Item, s.Index+1, f.Code, f.Text)
		}
	}
	if !c.JSON {
		fmt.Fprintf(&text, "%d sentences checked, %d flags block\n", len(report.Sentences), blocked)
		if _, err := text.WriteTo(e.stdout); err != nil {
			return fault.New(fault.Unavailable, "standard output: %w", err)
		}
	}
	if blocked > 0 {
		return errReview
	}
	return nil
}
