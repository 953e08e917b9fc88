package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bienban/internal/casefile"
	"bienban/internal/casefile/cases"
	"bienban/internal/measure"
	"bienban/minutes"
	"bienban/transcribe"
)

// drafts scores minutes drafted from the script of every case.
func drafts(ctx context.Context, o options, llm string) error {
	fmt.Printf("\n## Drafts, language model: %s\n\n| case | facts | forbidden | conflicts | sentences | without a cite | flags that block | words kept | s |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", llm)
	for _, name := range cases.All() {
		c, err := cases.Case(name)
		if err != nil {
			return err
		}
		if err := draftRow(ctx, o, llm, c); err != nil {
			return err
		}
	}
	return nil
}

func draftRow(ctx context.Context, o options, llm string, c *casefile.Case) error {
	transcript := filepath.Join(o.dir, c.Name+".transcript.json")
	var b bytes.Buffer
	if err := transcribe.WriteJSON(&b, c.Transcript()); err != nil {
		return err
	}
	if err := os.WriteFile(transcript, b.Bytes(), 0o600); err != nil {
		return err
	}
	meeting := filepath.Join(caseDir, c.Name, "meeting.yaml")
	draft := filepath.Join(o.dir, c.Name+".minutes.json")
	started := time.Now()
	if _, err := command(ctx, o.bin, "draft", "--meeting", meeting, "--transcript", transcript, "--llm", llm, "-o", draft); err != nil {
		return err
	}
	took := time.Since(started)
	txt, err := command(ctx, o.bin, "export", draft, "--format", "txt", "--copy", "full")
	if err != nil {
		return err
	}
	m, err := minutes.ReadMinutes(draft)
	if err != nil {
		return err
	}
	s := measure.Facts(c.Language, string(txt), c.Titles, c.Facts, c.Forbidden)
	sentences, uncited, blocked := 0, 0, 0
	text := ""
	for _, section := range m.Sections {
		for _, t := range section.Sentences {
			sentences++
			text += " " + t.Text
			if len(t.Cites) == 0 {
				uncited++
			}
			for _, f := range t.Flags {
				if f.Open() {
					blocked++
				}
			}
		}
	}
	fmt.Printf("| %s | %d/%d | %d | %d/%d | %d | %d | %d | %.0f %% | %.1f |\n", c.Name,
		len(s.Found), len(s.Found)+len(s.Missing), len(s.Forbidden), len(m.Conflicts), len(c.Conflicts), sentences, uncited, blocked,
		100*float64(len(text))/float64(max(len(c.Text()), 1)), took.Seconds())
	for _, f := range s.Missing {
		fmt.Fprintf(os.Stderr, "eval: %s: not found: %s\n", c.Name, f)
	}
	for _, f := range s.Forbidden {
		fmt.Fprintf(os.Stderr, "eval: %s: must not stand there: %s\n", c.Name, f)
	}
	return nil
}
