package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryFormThatComesWithTheProgramLoads(t *testing.T) {
	forms, err := Forms()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]Form{}
	for _, f := range forms {
		byName[f.Name] = f
		if f.About == "" || f.Source == "" {
			t.Errorf("%s does not say what it is for and where it comes from", f.Name)
		}
	}
	party, ok := byName["party-2026"]
	if !ok || !party.For("dai-hoi") || party.For("council") || party.In("2026-05-26") || !party.In("2026-05-27") {
		t.Errorf("party-2026: %v %v", party.Kinds, party.ValidFrom)
	}
	if council, ok := byName["council-en"]; !ok || !council.In("1990-01-01") || !council.For("council") {
		t.Errorf("council-en: %v", council.Kinds)
	}
	for l, want := range map[string]string{"vi": "vi", "en": "en", "fr": "en", "": "en"} {
		f, err := Plain(l)
		if err != nil {
			t.Fatal(err)
		}
		if f.Language != want {
			t.Errorf("plain words for %q are in %s", l, f.Language)
		}
	}
}

func partyForm(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("forms", "party-2026.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAFaultOfAFormIsNamedWithItsLine(t *testing.T) {
	good := partyForm(t)
	lineOf := func(part string) int { return 1 + strings.Count(good[:strings.Index(good, part)], "\n") }
	for _, c := range []struct{ name, old, new, want string }{
		{"an unknown key", "about: ", "abuot: ", "field abuot not found"},
		{"no name", "name: party-2026", "name: ", "name: a form needs a name"},
		{"an unknown kind", "kinds: [dai-hoi, bch, btv, chi-bo]\nvalid", "kinds: [dai-hoi, party]\nvalid", `kinds.1: "party" is not one of dai-hoi`},
		{"no day", "valid_from: 2026-05-27", "valid_from: 27/5/2026", `"27/5/2026" is not a day: write it as 2026-05-27`},
		{"a style that is missing", "  page_number: ", "  page_nomber: ", "styles: the style page_number is missing"},
		{"a size out of range", "{size: 16, line: 22", "{size: 160, line: 200", "styles.title: size must be 4 to 72 points, not 160"},
		{"a pitch below the size", "{size: 16, line: 22", "{size: 16, line: 12", "styles.title: line must be at least the size 16"},
		{"an unknown alignment", "upper: true, align: center, before: 24", "upper: true, align: middle, before: 24", `styles.title: align must be one of left, center, right, justify, not "middle"`},
		{"columns that do not fit", "columns: [77, 88]", "columns: [77, 87]", "page.columns: the columns are 164 mm together, the text is 165 mm wide"},
		{"no room for text", "left: 30, right: 15", "left: 100, right: 100", "page.margins: less than 50 × 100 mm"},
		{"an unknown placeholder", `text: "Số {number}"`, `text: "Số {nomber}"`, "head.left.2: {nomber} is not known here"},
		{"an unknown style of a line", "style: place_date, level", "style: date, level", `head.right.1: no such style: "date"`},
		{"an unknown switch", "level: last, switch: place_date", "level: last, switch: place", "head.right.1: no such switch: place"},
		{"a default that is no value", "default: ủy", "default: ý", `switches.spelling: the default "ý" is not one of its values`},
		{"an unknown role", "people: [superior]", "people: [boss]", `people.0: "boss" is not one of chair`},
		{"a side that is none", "side: left, roles: [head-secretary, secretary, clerk], authority: \"T/M", "side: middle, roles: [secretary], authority: \"T/M", `signers.0.side: "middle" is not a side`},
		{"an unknown number", `"{roman}- "`, `"{latin}- "`, "numbering.0: {latin} is not known here: use one of {n}, {roman}, {letter}, {path}"},
		{"kinds without members", "bch: ủy viên, btv", "btv", "members: say what those who vote are called at the kind bch"},
		{"an unknown label", "  vote_text:", "  vote_txt:", "labels.vote_txt: no such label"},
		{"a label with another's placeholder", `actions_due: "Thời hạn"`, `actions_due: "Thời hạn {owner}"`, "labels.actions_due: {owner} is not known here"},
		{"a symbol of an unknown kind", "symbols: {dai-hoi:", "symbols: {daihoi:", `symbols: "daihoi" is not one of`},
		{"a wrong type", "size: [210, 297]", "size: wide", "cannot unmarshal"},
		{"broken YAML", "kinds: [dai-hoi,", "kinds: [[dai-hoi,", "line"},
		{"a second document", "language: vi\n", "language: vi\n---\nname: x\n", "a second document follows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(good, c.old) == 0 {
				t.Fatalf("the form holds no %q", c.old)
			}
			_, err := Parse("party.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "party.yaml: ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want %q", err, c.want)
			}
		})
	}
	_, err := Parse("party.yaml", []byte(strings.Replace(good, "{size: 16, line: 22", "{size: 160, line: 200", 1)))
	if want := fmt.Sprintf("party.yaml: line %d: ", lineOf("  title:  ")); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
	if _, err := Parse("empty.yaml", nil); err == nil || !strings.Contains(err.Error(), "the file is empty") {
		t.Errorf("error %v", err)
	}
}

func TestFillPutsValuesInPlaceAndOnce(t *testing.T) {
	got := Fill("{a} và {b}, {c}", map[string]string{"a": "{b}", "b": "2"})
	if got != "{b} và 2, {c}" {
		t.Errorf("Fill = %q", got)
	}
}

func TestFontsAreTheCallersToChange(t *testing.T) {
	a := LiberationSerif()
	a.Regular[0] = 0xFF
	if b := LiberationSerif(); b.Regular[0] == 0xFF {
		t.Error("a change of one copy is seen in the next")
	}
}

func FuzzParseNeverPanicsAndGivesOnlyWholeForms(f *testing.F) {
	f.Add(partyForm(f))
	f.Add("name: x\nlanguage: vi\n")
	f.Add("{")
	f.Add("labels: {vote: '{for}'}\nhead: {left: [{text: '{x}'}]}")
	f.Fuzz(func(t *testing.T, s string) {
		form, err := Parse("f.yaml", []byte(s))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		for _, name := range styles {
			if form.Styles[name].Size < 4 {
				t.Errorf("the style %s is not whole", name)
			}
		}
	})
}
