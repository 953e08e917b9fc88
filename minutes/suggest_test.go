package minutes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bienban/internal/casefile"
	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/transcribe"
)

// agendaCases are the sample meetings and scripts of other kinds whose phrases
// differ from theirs.
func agendaCases(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../internal/casefile/cases/*/meeting.yaml", "testdata/agendas/*/meeting.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) < 5 {
		t.Fatalf("only %d cases", len(out))
	}
	return out
}

func TestSpeechIsFiledUnderItsItem(t *testing.T) {
	for _, path := range agendaCases(t) {
		dir := filepath.Dir(path)
		if name := filepath.Base(dir); name == "council-amendment" || name == "chi-bo-khom" {
			continue // nobody calls some of their items: only marks can part them
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			m, _, err := minutes.ReadMeeting(path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c, err := casefile.Decode(filepath.Base(dir), dir, b)
			if err != nil {
				t.Fatal(err)
			}
			for _, how := range []string{"with speakers", "without speakers", "by sentence"} {
				tr := c.Transcript()
				if how == "by sentence" {
					tr = bySentence(tr)
				}
				// The script gives a whole turn one item, though its first sentence may
				// still close the item before.
				want := map[string]float64{"with speakers": 0.95, "without speakers": 0.95, "by sentence": 0.92}[how]
				items := map[string]string{}
				for i := range tr.Segments {
					s := &tr.Segments[i]
					items[s.ID], s.Item = s.Item, ""
					if how == "without speakers" {
						s.Speaker = ""
					}
				}
				m.Marks = nil
				minutes.AssignItems(m, tr)
				right, wrong := 0, ""
				for _, s := range tr.Segments {
					if s.Item == items[s.ID] {
						right++
					} else {
						wrong += "\n" + s.ID + " filed under " + s.Item + ", is of " + items[s.ID] + ": " + s.Text
					}
				}
				if share := float64(right) / float64(len(tr.Segments)); share < want {
					t.Errorf("%s: %.0f %% of segments right, want %.0f%s", how, 100*share, 100*want, wrong)
				}
			}
		})
	}
}

// bySentence cuts each segment into its sentences, as a recogniser would.
func bySentence(t *transcribe.Transcript) *transcribe.Transcript {
	out := &transcribe.Transcript{Language: t.Language}
	for _, s := range t.Segments {
		list := lang.Sentences(t.Language, s.Text)
		step := (s.End - s.Start) / float64(len(list))
		for i, text := range list {
			c := s
			c.ID, c.Text = fmt.Sprintf("%s.%d", s.ID, i+1), text
			c.Start = s.Start + float64(i)*step
			c.End = c.Start + step
			out.Segments = append(out.Segments, c)
		}
	}
	return out
}

func TestMarksRuleOverWhatWasSaid(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	start, err := minutes.ParseTime("2026-01-01T08:00:00+07:00")
	if err != nil {
		t.Fatal(err)
	}
	later, err := minutes.ParseTime("2026-01-01T08:01:00+07:00")
	if err != nil {
		t.Fatal(err)
	}
	m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: "en", Start: start,
		Agenda: []minutes.AgendaItem{{ID: "1", Title: "A"}, {ID: "2", Title: "B"}},
		Marks:  []minutes.Mark{{T: f(10), Item: "1"}, {T: f(30), Item: "2"}, {At: later, Item: "1"}}}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{
		{ID: "before", Start: 0, End: 9, Text: "Item two."},
		{ID: "first", Start: 9, End: 12, Text: "x"},
		{ID: "across", Start: 25, End: 36, Text: "x"},
		{ID: "given", Start: 40, End: 41, Text: "x", Item: "1"},
		{ID: "back", Start: 61, End: 62, Text: "x"},
	}}
	minutes.AssignItems(m, tr)
	for i, want := range []string{"", "1", "2", "1", "1"} {
		if got := tr.Segments[i].Item; got != want {
			t.Errorf("%s is filed under %q, want %q", tr.Segments[i].ID, got, want)
		}
	}
	if len(tr.Suggestions) != 0 {
		t.Errorf("suggested %v beside marks", tr.Suggestions)
	}
}

func TestASuggestionNamesItsEvidence(t *testing.T) {
	m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: "en",
		Agenda: []minutes.AgendaItem{{ID: "1", Title: "Opening"}, {ID: "2", Title: "Street lights"}}}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{
		{ID: "a", Start: 0, End: 2, Text: "I open the meeting."},
		{ID: "b", Start: 3, End: 9, Text: "Item two, street lights."},
		{ID: "c", Start: 10, End: 12, Text: "They are too dim."},
	}}
	minutes.AssignItems(m, tr)
	if len(tr.Suggestions) != 2 {
		t.Fatalf("suggestions %+v", tr.Suggestions)
	}
	s := tr.Suggestions[1]
	if s.Item != "2" || s.Segment != "b" || s.At != 3 || s.Cue != "Item 2, street lights." || s.Confidence < 0.5 || s.Confidence > 1 {
		t.Errorf("%+v", s)
	}
	if f := tr.Segments[1].Flags; len(f) != 1 || f[0].Code != minutes.FlagSuggested || f[0].Severity != transcribe.Info || len(f[0].Cites) != 1 {
		t.Errorf("flags %+v", f)
	}
	if tr.Segments[2].Item != "2" || len(tr.Segments[2].Flags) != 0 {
		t.Errorf("what follows: %+v", tr.Segments[2])
	}
}

func TestSpeechWithoutACueBelongsNowhere(t *testing.T) {
	m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: "en", Agenda: []minutes.AgendaItem{{ID: "1", Title: "Harbour dues"}}}
	tr := &transcribe.Transcript{Language: "en", Segments: []transcribe.Segment{{ID: "a", Start: 0, End: 2, Text: "Is the microphone on?"}}}
	minutes.AssignItems(m, tr)
	if tr.Segments[0].Item != "" || len(tr.Suggestions) != 0 {
		t.Errorf("filed: %+v", tr)
	}
}
