package draft

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAnswersAreReadAsModelsGiveThem(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []written
	}{
		"as asked":        {`{"sentences":[{"text":"A b.","cites":[1,2]}]}`, []written{{"A b.", []int{1, 2}}}},
		"fenced":          {"```json\n{\"sentences\":[{\"text\":\"A.\",\"cites\":[1]}]}\n```", []written{{"A.", []int{1}}}},
		"words around":    {`Sure: {"sentences":[{"text":"A.","cites":[1]}]} Done.`, []written{{"A.", []int{1}}}},
		"a bare list":     {`[{"text":"A.","cites":[1]}]`, []written{{"A.", []int{1}}}},
		"ids as strings":  {`{"sentences":[{"text":"A.","cites":["1","s2"," 3 "]}]}`, []written{{"A.", []int{1, 2, 3}}}},
		"more keys":       {`{"sentences":[{"text":"A.","cites":[1],"mood":"gay"}],"n":1}`, []written{{"A.", []int{1}}}},
		"cut":             {`{"sentences":[{"text":"A.","cites":[1]},{"text":"B`, []written{{"A.", []int{1}}}},
		"markdown":        {`{"sentences":[{"text":"- **A** b. [1, 2]","cites":[1]}]}`, []written{{"A b.", []int{1}}}},
		"decomposed":      {"{\"sentences\":[{\"text\":\"Ho\u0300a.\",\"cites\":[1]}]}", []written{{"Hòa.", []int{1}}}},
		"one bad of two":  {`{"sentences":[{"text":7,"cites":[1]},{"text":"B.","cites":[2]}]}`, []written{{"B.", []int{2}}}},
		"no cites":        {`{"sentences":[{"text":"A."}]}`, []written{{"A.", nil}}},
		"nothing":         {``, nil},
		"prose":           {`I am sorry.`, nil},
		"another object":  {`{"text":"A."}`, nil},
		"empty sentences": {`{"sentences":[{"text":"  ","cites":[1]}]}`, nil},
		"far too long":    {`{"sentences":[{"text":"` + strings.Repeat("a", maxRunes+1) + `","cites":[1]}]}`, nil},
	} {
		got, err := decode(c.in)
		if (err != nil) != (len(c.want) == 0) {
			t.Errorf("%s: error %v", name, err)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i].text != c.want[i].text || len(got[i].cites) != len(c.want[i].cites) {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"sentences":[{"text":"A.","cites":[1]}]}`, "```json\n[{\"text\":\"A\",\"cites\":[\"1\"]}]```", `{"sentences":[{"text":"A`, `[[[[`, `{"sentences":{}}`, "\x00{"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decode(s)
		if err != nil && len(got) > 0 {
			t.Error("an error with sentences")
		}
		if len(got) > maxSentences {
			t.Errorf("%d sentences", len(got))
		}
		for _, w := range got {
			if w.text == "" || !utf8.ValidString(w.text) || utf8.RuneCountInString(w.text) > maxRunes || strings.ContainsAny(w.text, "\n\r") {
				t.Errorf("not a sentence: %q", w.text)
			}
		}
	})
}
