package form_test

import (
	"encoding/json"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
	"bienban/transcribe"
)

// closedMeeting has an item behind closed doors whose every trace bears the
// word SECRET, and an open one after it.
func closedMeeting() *minutes.Minutes {
	present := 7
	flag := func(code, text string, cites ...string) minutes.Flag {
		return minutes.Flag{Code: code, Severity: transcribe.Block, Text: text, Cites: cites}
	}
	m := minutes.Meeting{
		Kind: "council", Language: "en", Title: "Ordinary meeting", Issuer: "TOWN COUNCIL",
		Delegates: minutes.Delegates{Summoned: 9, Present: 8, Absent: 1},
		Glossary:  []string{"SECRET"},
		Agenda: []minutes.AgendaItem{
			{ID: "1", Title: "Roads"},
			{ID: "P2", Title: "Personnel", Closed: true, Presenter: "SECRET", Planned: "SECRET"},
			{ID: "P2.1", Title: "The post of treasurer", Parent: "P2"},
			{ID: "3", Title: "Budget"},
		},
		Marks: []minutes.Mark{{Item: "1", T: seconds(0)}, {Item: "P2", T: seconds(77)}, {Item: "3", T: seconds(99)}},
		Votes: []minutes.Vote{
			{Item: "1", Subject: "the road", For: 8},
			{Item: "P2", Subject: "SECRET vote", For: 5, Against: 2},
			{Item: "3", Subject: "the budget", For: 6, Against: 1},
		},
		Elections:     []minutes.Election{{Item: "P2.1", Subject: "SECRET", Results: []minutes.Result{{Name: "SECRET", Votes: 1}}}},
		Appointments:  []minutes.Appointment{{Item: "P2", Decision: "SECRET"}},
		Contributions: []minutes.Contribution{{Item: "P2", Person: "SECRET"}},
		Actions:       []minutes.Action{{Item: "P2", Task: "SECRET task", Owner: "SECRET"}, {Item: "3", Task: "Print the budget"}},
		Documents:     []minutes.Document{{Item: "P2", Title: "SECRET paper"}, {Item: "3", Title: "Budget paper"}},
		Notes:         []minutes.Note{{Item: "P2", Text: "SECRET"}, {Text: "SECRET, filed by time only", T: seconds(80)}, {Text: "SECRET, filed by nothing"}, {Text: "open, filed by time only", T: seconds(120)}, {Item: "3", Text: "note on the budget"}},
		AttendanceEvents: []minutes.AttendanceEvent{
			{Item: "P2", Person: "SECRET person", Event: "leave", Present: &present, Reason: "SECRET"},
		},
	}
	return &minutes.Minutes{
		Meeting: m,
		Sections: []minutes.Section{
			{Item: "1", Title: "Roads", Sentences: []minutes.Sentence{{Text: "The road is open.", Cites: []string{"s1"}, Origin: minutes.OriginLLM}}},
			{Item: "P2", Title: "Personnel", Sentences: []minutes.Sentence{{Text: "SECRET sentence.", Cites: []string{"s2"}, Origin: minutes.OriginLLM, Flags: []minutes.Flag{flag("number", "SECRET flag", "s2")}}},
				Votes: []minutes.Vote{m.Votes[1]}, Flags: []minutes.Flag{flag("name", "SECRET")}},
			{Item: "P2.1", Title: "The post of treasurer", Sentences: []minutes.Sentence{{Text: "SECRET below.", Cites: []string{"s3"}, Origin: minutes.OriginLLM}}},
			{Item: "3", Title: "Budget", Sentences: []minutes.Sentence{
				{Text: "The budget was read.", Cites: []string{"s4", "s2", "note:5"}, Origin: minutes.OriginLLM, Flags: []minutes.Flag{flag("name", "SECRET", "s2"), flag("number", "about 6", "s4")}},
				{Text: "SECRET sentence that stands in the wrong item.", Cites: []string{"s2"}, Origin: minutes.OriginLLM},
				{Text: "The budget was adopted by 6 votes to 1.", Cites: []string{"vote:3"}, Origin: minutes.OriginData},
			}},
		},
		Conflicts: []minutes.Conflict{
			{Item: "P2", Text: "SECRET conflict", Cites: []string{"s2"}},
			{Item: "", Text: "SECRET conflict of no item", Cites: []string{"s3"}},
			{Item: "3", Text: "announced 7, recorded 6", Cites: []string{"s4", "vote:3"}},
			{Item: "3", Text: "settled long ago", Resolved: &transcribe.Act{By: "clerk"}},
		},
		Flags: []minutes.Flag{flag("extract", "SECRET extract", "s2"), flag("unfiled", "SECRET Personnel was long"), flag("no_llm", "item P2: SECRET"), flag("no_llm", "drafted without a language model")},
		Evidence: []minutes.Evidence{
			{ID: "s1", Kind: minutes.EvidenceSegment, Item: "1", Text: "the road"},
			{ID: "s2", Kind: minutes.EvidenceSegment, Item: "P2", Text: "SECRET speech"},
			{ID: "s3", Kind: minutes.EvidenceSegment, Item: "P2.1", Text: "SECRET speech"},
			{ID: "s4", Kind: minutes.EvidenceSegment, Item: "3", Text: "the budget"},
			{ID: "s5", Kind: minutes.EvidenceSegment, Text: "SECRET speech that nobody has filed"},
			{ID: "note:2", Kind: minutes.EvidenceNote, Item: "P2", Text: "SECRET"},
			{ID: "note:5", Kind: minutes.EvidenceNote, Item: "3", Text: "note on the budget"},
			{ID: "vote:2", Kind: minutes.EvidenceData, Item: "P2", Text: "SECRET"},
			{ID: "vote:3", Kind: minutes.EvidenceData, Item: "3", Text: "6 to 1"},
			{ID: "agenda:P2", Kind: minutes.EvidenceData, Item: "P2", Text: "SECRET presenter"},
		},
	}
}

func seconds(s float64) *float64 { return &s }

func TestAPublicCopyKeepsOfAClosedItemItsNumberAndTitleInEveryFormat(t *testing.T) {
	for _, format := range []string{form.Text, form.HTML, form.JSON, form.PDF} {
		got := string(export(t, closedMeeting(), form.Options{Format: format}))
		if format == form.PDF {
			got = readPDF(t, []byte(got)).str()
		}
		for _, leak := range []string{"SECRET", "5 in favour", "77"} {
			if strings.Contains(got, leak) {
				t.Errorf("%s: the public copy holds %q:\n%s", format, leak, got)
			}
		}
		for _, want := range []string{"Personnel", "The post of treasurer", "Budget", "adopted by 6 votes to 1", "announced 7, recorded 6"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the public copy lacks %q:\n%s", format, want, got)
			}
		}
		full := string(export(t, closedMeeting(), form.Options{Format: format, Copy: form.Full}))
		if format == form.PDF {
			full = readPDF(t, []byte(full)).str()
		}
		mark := "INTERNAL"
		if format == form.JSON {
			mark = `"copy": "full"`
		}
		for _, want := range []string{"SECRET sentence.", "SECRET vote", mark} {
			if !strings.Contains(full, want) {
				t.Errorf("%s: the full copy lacks %q", format, want)
			}
		}
	}
}

func TestAPublicCopyCountsWhatIsLeftAnew(t *testing.T) {
	var m minutes.Minutes
	if err := json.Unmarshal(export(t, closedMeeting(), form.Options{Format: form.JSON}), &m); err != nil {
		t.Fatal(err)
	}
	if n := len(m.Meeting.Votes); n != 2 || m.Meeting.Votes[1].Subject != "the budget" {
		t.Fatalf("%d votes: %+v", n, m.Meeting.Votes)
	}
	s := m.Sections[3].Sentences
	if len(s) != 2 || s[1].Cites[0] != "vote:2" {
		t.Errorf("sentences %+v", s)
	}
	if got := strings.Join(s[0].Cites, " "); got != "s4 note:2" {
		t.Errorf("cites %q, want s4 note:2", got)
	}
	ids := ""
	for _, e := range m.Evidence {
		ids += e.ID + " "
	}
	if ids != "s1 s4 note:2 vote:2 " {
		t.Errorf("evidence %q", ids)
	}
	// A percentage must not change because an event of a closed item is gone.
	if v := m.Meeting.Votes[1]; v.Present != 7 {
		t.Errorf("the budget's vote has %d present, want the 7 that were left", v.Present)
	}
	if !m.Sections[1].Closed || !m.Sections[2].Closed || len(m.Sections[1].Sentences) != 0 {
		t.Errorf("closed sections %+v", m.Sections[1:3])
	}
	if len(m.Flags) == 0 || !strings.Contains(m.Flags[0].Text, "without a language model") {
		t.Errorf("flags %+v", m.Flags)
	}
}

func TestTheCopyIsReadBackByTheProgram(t *testing.T) {
	for _, m := range []*minutes.Minutes{sample(t, "dai-hoi-mau"), sample(t, "council-demo"), closedMeeting()} {
		for _, c := range []string{form.Public, form.Full} {
			b := export(t, m, form.Options{Format: form.JSON, Copy: c})
			if _, err := minutes.DecodeMinutes("minutes.json", b); err != nil && !strings.Contains(err.Error(), "people") {
				t.Errorf("%s: %v", c, err)
			}
		}
	}
}

func TestExportChangesNothingOfTheMinutes(t *testing.T) {
	m := closedMeeting()
	before, _ := json.Marshal(m)
	for _, format := range []string{form.Text, form.HTML, form.JSON, form.PDF} {
		export(t, m, form.Options{Format: format})
		export(t, m, form.Options{Format: format, Copy: form.Full})
	}
	if after, _ := json.Marshal(m); string(after) != string(before) {
		t.Errorf("the minutes changed:\n%s\n%s", before, after)
	}
}
