package draft_test

import (
	"os"
	"testing"
	"time"

	"bienban/minutes"
	"bienban/minutes/draft"
)

// With a server at hand: BIENBAN_TEST_LLM=http://127.0.0.1:8080 go test -run RealModel -v
func TestARealModelLosesNoFactOfAnyCase(t *testing.T) {
	url := os.Getenv("BIENBAN_TEST_LLM")
	if url == "" {
		t.Skip("BIENBAN_TEST_LLM names no server")
	}
	for _, name := range caseNames(t) {
		t.Run(name, func(t *testing.T) {
			m, c := load(t, name)
			start := time.Now()
			out := mustDraft(t, m, c, draft.Options{LLM: &draft.LLM{BaseURL: url}})
			took := time.Since(start)
			s := score(t, c, out)
			origins := map[string]int{}
			for _, sec := range out.Sections {
				for _, f := range sec.Flags {
					t.Logf("item %s: %s: %s", sec.Item, f.Code, f.Text)
				}
				for _, x := range sec.Sentences {
					origins[x.Origin]++
					why := ""
					for _, f := range x.Flags {
						why += " <" + f.Text + ">"
					}
					if x.Origin != minutes.OriginData {
						t.Logf("%-7s %s%s", x.Origin, x.Text, why)
					}
				}
			}
			for _, f := range out.Flags {
				t.Logf("whole: %s: %s", f.Code, f.Text)
			}
			t.Logf("%s: facts %.0f %%, %d forbidden, %v, %s", name, 100*s.Recall(), len(s.Forbidden), origins, took.Round(100*time.Millisecond))
		})
	}
}
