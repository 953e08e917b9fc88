package check

import (
	"fmt"
	"slices"
	"strings"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// Report is what `check --json` prints.
type Report struct {
	Sentences []Result  `json:"sentences"`
	Findings  []Finding `json:"findings,omitempty"` // where the minutes differ from the meeting, see Against
}

// Result is one sentence's flags; Index counts from 0 within the item's section.
type Result struct {
	Item  string         `json:"item"`
	Index int            `json:"index"`
	Flags []minutes.Flag `json:"flags"`
}

// Blocked says whether any flag blocks.
func (r Report) Blocked() bool {
	if len(r.Findings) > 0 {
		return true
	}
	for _, s := range r.Sentences {
		for _, f := range s.Flags {
			if f.Open() {
				return true
			}
		}
	}
	return false
}

// Check looks at every sentence of m with the evidence of the meeting. It
// changes nothing; flags that m carries already are not looked at.
func Check(m *minutes.Minutes, idx *minutes.Index) Report {
	out := Report{Sentences: []Result{}}
	for _, section := range m.Sections {
		for i, s := range section.Sentences {
			flags := Sentence(s, section.Item, idx)
			if flags == nil {
				flags = []minutes.Flag{}
			}
			out.Sentences = append(out.Sentences, Result{Item: section.Item, Index: i, Flags: flags})
		}
	}
	return out
}

// Sentence checks one sentence of the section of item. It gives no flag for a
// sentence that its evidence bears out.
func Sentence(s minutes.Sentence, item string, idx *minutes.Index) []minutes.Flag {
	c := newCase(s, item, idx)
	c.instructed()
	if c.citations(); len(c.text) > maxSentence {
		c.flag(minutes.FlagUnfounded, "dài hơn một câu", "longer than a sentence")
	} else if len(c.cited) > 0 {
		c.quantities()
		c.votes()
		c.names()
		c.movers()
		if s.Origin != minutes.OriginData {
			c.speaker()
			c.decisions()
			c.resolved()
			c.duties()
			c.negations()
			c.reversed()
			c.counted()
			c.swapped()
			c.spanned()
			c.bounded()
			c.promised()
			c.done()
			c.otherBody()
			c.founded()
		}
	}
	severity := transcribe.Block
	if s.Origin == minutes.OriginPerson {
		severity = transcribe.Info
	}
	for i := range c.flags {
		c.flags[i].Severity = severity
	}
	return c.flags
}

// maxSentence is the longest text, in bytes, that is looked at as one sentence.
// The longest in the cases has 500; ten times that is no sentence, and the work
// grows with its square.
const maxSentence = 5000

// sentenceCase is one sentence beside its evidence.
type sentenceCase struct {
	s        minutes.Sentence
	item     string
	idx      *minutes.Index
	m        *minutes.Meeting
	language string
	vi       bool
	text     string             // the sentence, NFC, spoken figures as digits
	cited    []minutes.Evidence // what it cites
	near     []minutes.Evidence // data of the same item, which counts for what it is about
	proof    string             // the text of cited, one paragraph each
	words    []string           // folded words of text
	flags    []minutes.Flag

	// What several checks ask for, found once.
	named, backed     []minutes.Person
	isNamed, isBacked bool
	split             map[string][]token
}

func newCase(s minutes.Sentence, item string, idx *minutes.Index) *sentenceCase {
	m := idx.Meeting()
	language, _, _ := strings.Cut(m.Language, "-")
	if language == "" {
		language = "vi"
	}
	c := &sentenceCase{s: s, item: item, idx: idx, m: m, language: language, vi: language == "vi", split: map[string][]token{}}
	c.text = lang.Normalize(language, strings.Join(strings.Fields(lang.NFC(s.Text)), " "))
	c.words = lang.Words(c.text)
	return c
}

func (c *sentenceCase) flag(code, vi, en string, args ...any) {
	format := en
	if c.vi {
		format = vi
	}
	text := fmt.Sprintf(format, args...)
	for _, f := range c.flags {
		if f.Code == code && f.Text == text {
			return
		}
	}
	c.flags = append(c.flags, minutes.Flag{Code: code, Text: text, Cites: slices.Clone(c.s.Cites)})
}

// citations resolves what the sentence cites. Evidence of an item that is
// closed to the public may not be used in the record of an open one: it would
// leave the room with a public copy.
func (c *sentenceCase) citations() {
	if len(c.s.Cites) == 0 {
		c.flag(minutes.FlagCitation, "không dẫn nguồn", "cites nothing")
		return
	}
	var proof []string
	for _, id := range c.s.Cites {
		e, ok := c.idx.Get(id)
		if !ok {
			c.flag(minutes.FlagCitation, "không có nguồn %q", "no evidence %q", id)
			continue
		}
		if e.Item != "" && c.item != "" && e.Item != c.item && c.m.ClosedItem(e.Item) && !c.m.ClosedItem(c.item) {
			c.flag(minutes.FlagCitation, "nguồn %q thuộc nội dung họp kín", "%q is of a closed item", id)
			continue
		}
		c.cited = append(c.cited, e)
		proof = append(proof, c.meant(e))
	}
	c.proof = strings.Join(proof, "\n")
	for _, e := range c.idx.ForItem(c.item) {
		if e.Kind == minutes.EvidenceData && c.item != "" && !slices.Contains(c.s.Cites, e.ID) {
			c.near = append(c.near, e)
		}
	}
}

// meant is what evidence says to the meeting: words that speak to a machine
// bear nothing out.
func (c *sentenceCase) meant(e minutes.Evidence) string {
	if e.Kind != minutes.EvidenceSegment {
		return e.Text
	}
	var kept []string
	all := true
	for _, s := range lang.Sentences(c.language, e.Text) {
		if Instructs(s) {
			all = false
		} else {
			kept = append(kept, s)
		}
	}
	if all {
		return e.Text
	}
	return strings.Join(kept, " ")
}

// nearText joins the data of the same item whose id begins with kind.
func (c *sentenceCase) nearText(kinds ...string) string {
	var out []string
	for _, e := range c.near {
		for _, k := range kinds {
			if strings.HasPrefix(e.ID, k+":") {
				out = append(out, e.Text)
			}
		}
	}
	return strings.Join(out, "\n")
}
