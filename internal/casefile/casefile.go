// Package casefile reads the part of a test case's meeting.yaml that only a
// test may see: what is said, what minutes must say of it, and what they must
// not (internal/casefile/cases/README.md).
//
// What drafts minutes never imports it; demo and eval do, to speak a script
// and to score the result.
package casefile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/internal/measure"
	"bienban/transcribe"
)

// Case is a scripted meeting.
type Case struct {
	Name      string
	Dir       string
	Language  string
	Titles    map[string]string // agenda item id → title
	Turns     []Turn
	Facts     []measure.Fact
	Forbidden []measure.Fact
	Conflicts []Conflict
}

// Turn is what one person says in one go.
type Turn struct {
	Item    string   `yaml:"item"`
	Speaker string   `yaml:"speaker"`
	Text    string   `yaml:"text"`
	T       *float64 `yaml:"t"` // seconds, when the script fixes it
}

// Conflict is one that must be flagged.
type Conflict struct {
	Item     string `yaml:"item"`
	Kind     string `yaml:"kind"`
	Spoken   string `yaml:"spoken"`
	Recorded string `yaml:"recorded"`
}

// Read reads DIR/meeting.yaml.
func Read(dir string) (*Case, error) {
	path := filepath.Join(dir, "meeting.yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: no such case: %w", path, err)
	}
	return Decode(filepath.Base(dir), dir, b)
}

// Decode reads a case from the bytes of its meeting.yaml.
func Decode(name, dir string, b []byte) (*Case, error) {
	var f struct {
		Language string `yaml:"language"`
		Agenda   []struct {
			ID    string `yaml:"id"`
			Title string `yaml:"title"`
		} `yaml:"agenda"`
		Turns     []Turn         `yaml:"turns"`
		Facts     []measure.Fact `yaml:"facts"`
		Forbidden []measure.Fact `yaml:"forbidden"`
		Conflicts []Conflict     `yaml:"conflicts"`
	}
	if err := yaml.Unmarshal(b, &f); err != nil {
		return nil, fault.New(fault.Invalid, "%s: %w", name, err)
	}
	c := &Case{Name: name, Dir: dir, Language: f.Language, Titles: map[string]string{},
		Turns: f.Turns, Facts: f.Facts, Forbidden: f.Forbidden, Conflicts: f.Conflicts}
	if c.Language == "" {
		c.Language = "vi"
	}
	for _, item := range f.Agenda {
		c.Titles[item.ID] = lang.NFC(item.Title)
	}
	return c, nil
}

// Text is all that is said, for a word error rate.
func (c *Case) Text() string {
	texts := make([]string, len(c.Turns))
	for i, t := range c.Turns {
		texts[i] = t.Text
	}
	return strings.Join(texts, " ")
}

// How fast people speak in a script, and how long they pause between turns
// (internal/casefile/cases/README.md).
const (
	vietnameseRate = 3.6 // syllables a second
	englishRate    = 2.4 // words a second
	pause          = 0.8 // seconds
)

// Transcript speaks the script: one segment a turn, with its speaker and item.
func (c *Case) Transcript() *transcribe.Transcript {
	rate := englishRate
	if c.Language == "vi" {
		rate = vietnameseRate
	}
	t := &transcribe.Transcript{Language: c.Language, Model: "script"}
	at := 0.0
	for i, turn := range c.Turns {
		if turn.T != nil {
			at = *turn.T
		}
		end := at + float64(len(strings.Fields(turn.Text)))/rate
		t.Segments = append(t.Segments, transcribe.Segment{
			ID: fmt.Sprintf("s%d", i+1), Start: round(at), End: round(end),
			Speaker: lang.NFC(turn.Speaker), Item: turn.Item, Text: lang.NFC(turn.Text),
		})
		at = end + pause
	}
	return t
}

// round keeps milliseconds: more would claim a precision that a script has not.
func round(seconds float64) float64 { return float64(int(seconds*1000+0.5)) / 1000 }
