package draft_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/casefile"
	"bienban/internal/measure"
	"bienban/minutes"
	"bienban/minutes/draft"
	"bienban/transcribe"
)

const cases = "../../internal/casefile/cases"

// load reads a sample meeting and its script.
func load(tb testing.TB, name string) (*minutes.Meeting, *casefile.Case) {
	tb.Helper()
	m, _, err := minutes.ReadMeeting(filepath.Join(cases, name, "meeting.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	c, err := casefile.Read(filepath.Join(cases, name))
	if err != nil {
		tb.Fatal(err)
	}
	return m, c
}

func caseNames(tb testing.TB) []string {
	tb.Helper()
	list, err := os.ReadDir(cases)
	if err != nil {
		tb.Fatal(err)
	}
	var names []string
	for _, e := range list {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// txt is the minutes as their text form has them: a title on a line of its own, then its sentences.
func txt(out *minutes.Minutes) string {
	var b strings.Builder
	for _, s := range out.Sections {
		b.WriteString(s.Title + "\n")
		for _, x := range s.Sentences {
			b.WriteString(x.Text + "\n")
		}
	}
	return b.String()
}

func mustDraft(tb testing.TB, m *minutes.Meeting, c *casefile.Case, o draft.Options) *minutes.Minutes {
	tb.Helper()
	out, err := draft.Draft(context.Background(), m, c.Transcript(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// score fails the test on a missing fact or a forbidden string.
func score(tb testing.TB, c *casefile.Case, out *minutes.Minutes) measure.Score {
	tb.Helper()
	s := measure.Facts(c.Language, txt(out), c.Titles, c.Facts, c.Forbidden)
	for _, f := range s.Missing {
		tb.Errorf("%s: fact missing: %s", c.Name, f)
	}
	for _, f := range s.Forbidden {
		tb.Errorf("%s: forbidden string: %s", c.Name, f)
	}
	return s
}

func TestEveryCaseDraftedByRuleHoldsItsFactsAndNothingForbidden(t *testing.T) {
	for _, name := range caseNames(t) {
		t.Run(name, func(t *testing.T) {
			m, c := load(t, name)
			out := mustDraft(t, m, c, draft.Options{})
			score(t, c, out)
			if testing.Verbose() {
				t.Log("\n" + txt(out))
			}
			if len(out.Sections) != len(m.Agenda) {
				t.Errorf("%d sections for %d items", len(out.Sections), len(m.Agenda))
			}
			for _, s := range out.Sections {
				for _, x := range s.Sentences {
					for _, f := range x.Flags {
						if f.Severity == transcribe.Block {
							t.Errorf("%s: %q is flagged %s: %s", s.Item, x.Text, f.Code, f.Text)
						}
					}
					if len(x.Cites) == 0 {
						t.Errorf("a sentence cites nothing: %q", x.Text)
					}
				}
			}
		})
	}
}
