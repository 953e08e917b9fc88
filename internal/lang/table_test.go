package lang

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

type phrase struct{ spoken, written string }

// phrases reads a table of spoken<TAB>written<TAB>note; "=" means unchanged.
func phrases(t *testing.T, language string) []phrase {
	t.Helper()
	data, err := os.ReadFile("testdata/" + language + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []phrase
	for line := range strings.SplitSeq(strings.Trim(string(data), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("line %q has %d fields, not 3", line, len(fields))
		}
		if fields[1] == "=" {
			fields[1] = fields[0]
		}
		out = append(out, phrase{fields[0], fields[1]})
	}
	return out
}

func TestSpokenPhrasesAreWrittenInHouseStyle(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		same, changed := 0, 0
		for _, p := range phrases(t, language) {
			out, changes := Rewrite(language, p.spoken)
			if out != p.written {
				t.Errorf("%s: %q\n  became %q\n     not %q", language, p.spoken, out, p.written)
			}
			checkChanges(t, p.spoken, out, changes)
			if again := Normalize(language, out); again != out {
				t.Errorf("%s: %q is not stable: %q", language, out, again)
			}
			if nfd := Normalize(language, norm.NFD.String(p.spoken)); nfd != out {
				t.Errorf("%s: %q decomposed became %q", language, p.spoken, nfd)
			}
			if p.spoken == p.written {
				same++
			} else {
				changed++
			}
		}
		if same < 40 || changed < 110 {
			t.Errorf("%s: %d phrases stay, %d change: the table has shrunk", language, same, changed)
		}
	}
}

func TestSpokenAndWrittenPhrasesHoldTheSameFigures(t *testing.T) {
	for _, language := range []string{"vi", "en"} {
		table := phrases(t, language)
		for _, p := range table {
			if a, b := firm(language, p.spoken), firm(language, p.written); strings.Join(a, " ") != strings.Join(b, " ") {
				t.Errorf("%s: %q holds %v, but %q holds %v", language, p.spoken, a, p.written, b)
			}
		}
		t.Run(language+" in any order", func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var spoken, written []string
				link := rapid.SampledFrom([]string{". ", ", ", "\n"}).Draw(t, "link")
				for range rapid.IntRange(1, 5).Draw(t, "n") {
					p := rapid.SampledFrom(table).Draw(t, "phrase")
					spoken, written = append(spoken, p.spoken), append(written, p.written)
				}
				in, want := strings.Join(spoken, link), strings.Join(written, link)
				a, b := firm(language, in), firm(language, want)
				if link != ", " && strings.Join(a, " ") != strings.Join(b, " ") {
					t.Fatalf("%q holds %v, but %q holds %v", in, a, want, b)
				}
				if out := Normalize(language, in); link != ", " && out != want {
					t.Fatalf("%q became %q, not %q", in, out, want)
				}
			})
		})
	}
}

func TestFiguresOfADecomposedTextKeepTheirPlaces(t *testing.T) {
	for _, p := range phrases(t, "vi") {
		given := norm.NFD.String(p.spoken) + "\xff"
		composed := Quantities("vi", p.spoken)
		found := Quantities("vi", given)
		if len(found) != len(composed) {
			t.Errorf("%q: %d figures composed, %d decomposed", p.spoken, len(composed), len(found))
			continue
		}
		for i, q := range found {
			if q.Text != given[q.Start:q.End] || NFC(q.Text) != composed[i].Text || !utf8.ValidString(q.Text) {
				t.Errorf("%q: %q decomposed is %q", p.spoken, composed[i].Text, q.Text)
			}
		}
	}
}
