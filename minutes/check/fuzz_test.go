package check_test

import (
	"testing"

	"bienban/internal/lang"
	"bienban/minutes"
	"bienban/minutes/check"
	"bienban/transcribe"
)

// FuzzSentence: whatever a model writes is looked at without a panic, and what
// repeats its evidence word for word is never called unfounded.
func FuzzSentence(f *testing.F) {
	f.Add("The motion was carried with 7 in favour.", "Seven in favour, one against.", "Helen Fraser", "en")
	f.Add("Có 86 hộ bị ngập.", "Có tám mươi sáu hộ bị ngập.", "Lê Văn An", "vi")
	f.Add("143/143 đại biểu tán thành", "không phải 68 mà là 86?", "", "vi")
	f.Add("Le conseil a voté 12 euros.", "douze euros", "Zoë", "fr")
	f.Fuzz(func(t *testing.T, text, said, name, language string) {
		text, said, name = lang.NFC(text), lang.NFC(said), lang.NFC(name) // as every reader of ours gives it
		m := &minutes.Meeting{Kind: minutes.KindCouncil, Language: language, Agenda: []minutes.AgendaItem{{ID: "1", Title: said}},
			People: []minutes.Person{{Name: name, Title: said}, {Name: "Bo Park", Title: "Clerk"}},
			Votes:  []minutes.Vote{{Item: "1", Subject: text, For: 2, Moved: name}}, Glossary: []string{said}}
		tr := &transcribe.Transcript{Language: language, Segments: []transcribe.Segment{{ID: "a", End: 1, Item: "1", Speaker: name, Text: said}}}
		idx := minutes.NewEvidence(m, tr)
		for _, origin := range []string{minutes.OriginLLM, minutes.OriginData, minutes.OriginPerson} {
			for _, fl := range check.Sentence(minutes.Sentence{Text: text, Cites: []string{"a", "vote:1", "x"}, Origin: origin, Speaker: name}, "1", idx) {
				if fl.Code == "" || fl.Text == "" || (fl.Severity != transcribe.Block) != (origin == minutes.OriginPerson) {
					t.Fatalf("%s: %+v", origin, fl)
				}
			}
		}
		if e, ok := idx.Get("a"); ok {
			for _, fl := range check.Sentence(minutes.Sentence{Text: e.Text, Cites: []string{"a"}, Origin: minutes.OriginLLM}, "1", idx) {
				if fl.Code == minutes.FlagUnfounded || fl.Code == minutes.FlagCitation {
					t.Fatalf("%q is evidence, and flagged %+v", e.Text, fl)
				}
			}
		}
	})
}
