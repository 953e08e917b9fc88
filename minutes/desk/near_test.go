package desk_test

import (
	"fmt"
	"testing"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/desk"
)

func people(names ...string) *desk.State {
	s := &desk.State{}
	for _, n := range names {
		s.People = append(s.People, desk.Person{Person: minutes.Person{Name: n}})
	}
	return s
}

func TestWordsThatAreNearlyAKnownNameAreFound(t *testing.T) {
	t.Parallel()
	vi := people("Lê Quốc Khánh", "Nguyễn Thị Hiền", "Phạm Thị Mỹ Duyên", "Lê An")
	vi.Head.Language = "vi"
	vi.Glossary = []string{"khu phố Bến Đò", "OCOP"}
	en := people("Daniel Osei", "Priya Nair", "Margaret Walsh")
	en.Head.Language = "en"
	for _, c := range []struct {
		what, text, want string
		s                *desk.State
	}{
		{"a letter, and punctuation", "Mời đồng chí Lê Quốc Khách, Bí thư.", "[Lê Quốc Khách→Lê Quốc Khánh]", vi},
		{"a mark only", "Đồng chí Nguyễn Thị Hiến nói", "[Nguyễn Thị Hiến→Nguyễn Thị Hiền]", vi},
		{"a term of the glossary", "tại Khu phố Bến Đo", "[Khu phố Bến Đo→khu phố Bến Đò]", vi},
		{"twice in one line", "Lê Quốc Khanh và Lê Quốc Thánh", "[Lê Quốc Khanh→Lê Quốc Khánh Lê Quốc Thánh→Lê Quốc Khánh]", vi},
		{"a last name by itself", "I call on Mr Osai now. Walch?", "[Osai→Osei]", en},
		{"possessive", "That is Priya Nayr's motion", "[Priya Nayr→Priya Nair]", en},

		{"the name itself", "Đồng chí lê quốc khánh, Lê Quốc Khánh", "[]", vi},
		{"tone placed elsewhere", "Hòa", "[]", people("Trần Hoà Bình")},
		{"words of every day that sound like it", "trong lễ ăn mừng và lê quốc khách", "[]", vi},
		{"another name", "Trần Quốc Toản và Lê Văn Tám", "[]", vi},
		{"a sentence between", "Đó là Lê. Quốc Khánh là ngày lễ", "[]", vi},
		{"two names as near", "Nguyễn Văn Ha", "[]", people("Nguyễn Văn Hà", "Nguyễn Văn Hạ")},
		{"nobody is known", "Lê Quốc Khách", "[]", people()},
		{"no words", "  ", "[]", vi},
	} {
		var got []string
		for _, n := range c.s.Names().Near(c.text) {
			got = append(got, n.Was+"→"+n.Now)
		}
		if s := fmt.Sprint(got); s != c.want {
			t.Errorf("%s: in %q found %s, want %s", c.what, c.text, s, c.want)
		}
	}
}

func TestANameIsPutRightEverywhereInOneActAndTakenBackInOne(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.say("Mời chị Hiềm.", "Hiềmm và Hiềm, Hiềm", "không ai", "Chị Hiềm nói")
	base := r.s.Seq
	r.do(desk.KindText, desk.TextChanged{SegmentRef: ref("s4"), Text: "Chị Hiềm nói rằng"})
	out, err := r.send("act-replace-00001", "hai", desk.Roles{desk.Secretary}, desk.KindReplaced, base, desk.WordsReplaced{SegmentsNamed: named("s1", "s2", "s3", "s4"), Was: "Hiềm", Now: "Hiền"})
	if err != nil || out.Conflict != nil {
		t.Fatal(out, err)
	}
	if got, want := fmt.Sprint(show(r.sheet())), "[s1: Mời chị Hiền. s2: Hiềmm và Hiền, Hiền s3: không ai s4: Chị Hiền nói rằng]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if h := r.sheet().Heard; h["s1"] != "Mời chị Hiềm." || len(h) != 3 {
		t.Errorf("the machine heard %v", h)
	}
	r.do(desk.KindUndo, desk.Undo{Act: "act-replace-00001"})
	if got, want := fmt.Sprint(show(r.sheet())), "[s1: Mời chị Hiềm. s2: Hiềmm và Hiềm, Hiềm s3: không ai s4: Chị Hiềm nói rằng]"; got != want {
		t.Errorf("taken back: %s, want %s", got, want)
	}
	wantCode(t, "words that stand nowhere", r.fails(desk.KindReplaced, desk.WordsReplaced{SegmentsNamed: named("s1"), Was: "Hòa", Now: "Hoa"}), fault.Invalid)
	wantCode(t, "by nothing", r.fails(desk.KindReplaced, desk.WordsReplaced{SegmentsNamed: named("s1"), Was: "Hiềm"}), fault.Invalid)
}

func TestANameThatAPersonLookedAtIsNotAskedAboutAgain(t *testing.T) {
	t.Parallel()
	r := meeting(t)
	r.do(desk.KindPerson, desk.PersonSet{Person: desk.Person{Person: minutes.Person{Name: "Lê Quốc Khánh"}}})
	r.say("Mời Lê Quốc Khách", "Lê Quốc Khánh")
	r.do(desk.KindFlags, desk.FlagsResolved{SegmentsNamed: named("s1", "s2"), Code: desk.FlagNear, Reason: "một người khác"})
	if l := r.sheet().Looked; !l["s1"] || len(l) != 1 {
		t.Errorf("looked at %v", l)
	}
	r.do(desk.KindUndo, desk.Undo{Act: r.last()})
	if l := r.sheet().Looked; len(l) != 0 {
		t.Errorf("taken back, looked at %v", l)
	}
}
