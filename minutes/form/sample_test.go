package form_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"

	"bienban/minutes"
)

// draft makes minutes out of the turns of a case: what was said, as if a
// drafter had taken it over, with its evidence.
func draft(t testing.TB, name string, m *minutes.Meeting) *minutes.Minutes {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "internal", "casefile", "cases", name, "meeting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Turns []struct{ Item, Speaker, Text string } `yaml:"turns"`
	}
	if err := yaml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	out := &minutes.Minutes{Meeting: *m}
	for _, a := range m.Agenda {
		s := minutes.Section{Item: a.ID, Title: a.Title, Closed: a.Closed}
		for i, turn := range c.Turns {
			if turn.Item != a.ID {
				continue
			}
			id := fmt.Sprintf("s%d", i+1)
			s.Sentences = append(s.Sentences, minutes.Sentence{Text: turn.Text, Cites: []string{id}, Origin: minutes.OriginExtract, Speaker: turn.Speaker})
			out.Evidence = append(out.Evidence, minutes.Evidence{ID: id, Kind: minutes.EvidenceSegment, Item: a.ID, Speaker: turn.Speaker, Text: turn.Text})
		}
		out.Sections = append(out.Sections, s)
	}
	return out
}
