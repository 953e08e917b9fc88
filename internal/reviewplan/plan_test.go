package reviewplan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"bienban/internal/reviewplan"
	"bienban/minutes"
	"bienban/minutes/desk"
	"bienban/transcribe"
)

func TestKeysAreCountedAsTelexNeedsThem(t *testing.T) {
	for text, want := range map[string]int{"an": 2, "đồng": 2 + 3 + 2, "Đồng": 3 + 3 + 2, "Hòa": 2 + 2 + 1, "nghị quyết": 5 + 1 + 7, "": 0} {
		if got := reviewplan.Typed(text); got != want {
			t.Errorf("%q takes %d keys, want %d", text, got, want)
		}
	}
}

func TestWordsAreSelectedByAsFewKeysAsThePageNeeds(t *testing.T) {
	for _, c := range []struct{ selected, from, to, want int }{
		{4, 4, 5, 0},               // it is the one
		{3, 4, 5, 2}, {5, 4, 5, 2}, // Ctrl and an arrow
		{4, 4, 7, 4}, {6, 4, 7, 4}, // Ctrl, Shift and two arrows, to either side
		{8, 4, 7, 3 + 4},
	} {
		if got := reviewplan.SelectKeys(c.selected, c.from, c.to); got != c.want {
			t.Errorf("%+v: %d keys", c, got)
		}
	}
}

func said(texts ...string) (all []transcribe.Segment) {
	at := 0.0
	for i, text := range texts {
		g := transcribe.Segment{ID: fmt.Sprintf("s%d", i+1), Start: at, Text: text}
		for _, w := range strings.Fields(text) {
			g.Words = append(g.Words, transcribe.Word{Text: w, Start: at, End: at + 0.4, P: 0.9})
			at += 0.4
		}
		g.End = at
		all = append(all, g)
	}
	return all
}

func TestAPlanNamesWhatIsWrongAndNothingElse(t *testing.T) {
	s := &desk.State{People: []desk.Person{{Person: minutes.Person{Name: "Lê Quốc Khánh"}}}}
	s.Head.Language = "vi"
	want := said("Mời đồng chí Lê Quốc Khánh lên", "Tôi xin báo cáo kết quả", "Cảm ơn đồng chí Lê Quốc Khánh", "Khóm Bến Đò xa", "qua Bến Đò")
	heard := said("Mời đồng chí Lê Quốc Khách lên", "Tôi xin cáo kiết quà ra", "Cảm ơn đồng chí Lê Quốc Khách", "Khóm Bến Đo xa", "qua Bến Đo")
	var got []string
	for _, p := range reviewplan.Plan(rand.New(rand.NewPCG(1, 1)), heard, want, s.Names()) {
		got = append(got, fmt.Sprintf("%s %d-%d %q name=%v again=%q", p.Segment, p.From, p.To, p.Text, p.Name, p.Again))
	}
	if !reflect.DeepEqual(got, []string{
		`s1 5-6 "Lê Quốc Khánh" name=true again=""`, // and s3 by the same key
		`s2 1-1 "báo" name=false again=""`,
		`s2 3-6 "kết quả" name=false again=""`,
		`s4 2-3 "Đò" name=false again="Đo"`, // and s5 by one key more
	}) {
		t.Errorf("planned:\n%s", strings.Join(got, "\n"))
	}
	if p := reviewplan.Plan(rand.New(rand.NewPCG(1, 1)), want, want, s.Names()); len(p) > 0 {
		t.Errorf("in a text without errors: %+v", p)
	}
}

func TestANameIsMisheardTheSameWayEveryTime(t *testing.T) {
	var texts []string
	for range 200 {
		texts = append(texts, "xin mời Lê Quốc Khánh, phát biểu")
	}
	heard := reviewplan.Spoil(rand.New(rand.NewPCG(3, 3)), said(texts...), 0.3, []string{"Lê Quốc Khánh"})
	forms := map[string]bool{}
	for _, g := range heard {
		if len(g.Words) != len(strings.Fields(g.Text)) {
			t.Fatalf("%q has %d words with times", g.Text, len(g.Words))
		}
		if i := strings.Index(g.Text, "Lê Quốc "); i >= 0 {
			forms[strings.Fields(g.Text[i:])[2]] = true
		}
	}
	if len(forms) != 2 || !forms["Khánh,"] {
		t.Errorf("the name was heard as %v", forms)
	}
}
