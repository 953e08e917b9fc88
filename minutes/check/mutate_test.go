package check_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"bienban/internal/casefile"
	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/minutes/check"
	"bienban/minutes/draft"
)

// TestEverySentenceOfADraftPassesAndItsCorruptionsDoNot drafts the cases by
// rule, so that there are a hundred sentences nobody wrote for this test, and
// changes each figure, name and negation of every third.
func TestEverySentenceOfADraftPassesAndItsCorruptionsDoNot(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "..", "internal", "casefile", "cases", "*"))
	more, err2 := filepath.Glob(filepath.Join("..", "testdata", "agendas", "*"))
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	sentences, alarms := 0, 0
	tried, caught := map[string]int{}, map[string]int{}
	for _, dir := range append(dirs, more...) {
		m, _, err := minutes.ReadMeeting(filepath.Join(dir, "meeting.yaml"))
		if err != nil {
			continue // a file beside the cases
		}
		c, err := casefile.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		tr := c.Transcript()
		mins, err := draft.Draft(context.Background(), m, tr, draft.Options{})
		if err != nil {
			t.Fatal(err)
		}
		idx := minutes.NewEvidence(m, tr)
		for _, section := range mins.Sections {
			for _, s := range section.Sentences {
				sentences++
				if flags := check.Sentence(s, section.Item, idx); len(flags) > 0 {
					alarms++
					t.Logf("false alarm: %s %q: %v", c.Name, s.Text, flags)
					continue
				}
				if sentences%3 != 0 {
					continue // every third is corrupted: the test must stay quick
				}
				s.Origin = minutes.OriginLLM
				if s.Speaker != "" {
					s.Speaker = ""
				}
				for kind, texts := range corrupted(m, s.Text) {
					for _, x := range texts {
						b := s
						b.Text = x
						tried[kind]++
						if flags := check.Sentence(b, section.Item, idx); len(flags) > 0 {
							caught[kind]++
						} else {
							t.Logf("missed (%s): %s %q cites %v", kind, c.Name, x, b.Cites)
						}
					}
				}
			}
		}
	}
	all, found := 0, 0
	for kind, n := range tried {
		all, found = all+n, found+caught[kind]
		t.Logf("%s: %d of %d found", kind, caught[kind], n)
	}
	if all < 80 || 100*found < 97*all {
		t.Errorf("%d of %d corruptions found, want 97 in a hundred", found, all)
	}
	if sentences < 100 || alarms > sentences/50 {
		t.Errorf("%d false alarms in %d sentences", alarms, sentences)
	}
}

// corrupted changes one thing at a time.
func corrupted(m *minutes.Meeting, text string) map[string][]string {
	out := map[string][]string{}
	for _, q := range lang.Quantities(m.Language, text) {
		if q.Weak || strings.Contains(m.Title, q.Text) {
			continue
		}
		for i := q.Start; i < q.End; i++ {
			if c := text[i]; c >= '1' && c <= '9' {
				out["figure"] = append(out["figure"], text[:i]+string('0'+(c-'0')%9+1)+text[i+1:])
				break
			}
		}
	}
	for i, p := range m.People {
		if other := m.People[(i+1)%len(m.People)]; strings.Contains(text, p.Name) && !strings.Contains(text, other.Name) {
			out["name"] = append(out["name"], strings.Replace(text, p.Name, other.Name, 1))
		}
	}
	for _, n := range []string{"không ", "chưa ", " not"} {
		if strings.Count(text, n) == 1 && !strings.Contains(text, "tán thành") && !strings.Contains(text, "biểu quyết") {
			out["negation"] = append(out["negation"], strings.Replace(text, n, "", 1))
		}
	}
	return out
}
