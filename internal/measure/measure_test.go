package measure_test

import (
	"math"
	"testing"

	"bienban/internal/measure"
)

func TestWordErrorsAreCountedByKind(t *testing.T) {
	for _, c := range []struct {
		language, ref, heard string
		want                 measure.Errors
	}{
		{"en", "the motion is carried", "The motion is carried.", measure.Errors{Reference: 4}},
		{"vi", "hòa bình", "hoà bình!", measure.Errors{Reference: 2}},
		{"en", "a b c d", "a x c", measure.Errors{Substituted: 1, Deleted: 1, Reference: 4}},
		{"en", "a b", "a b c", measure.Errors{Inserted: 1, Reference: 2}},
		{"en", "fifty four thousand dollars", "$54,000", measure.Errors{Reference: 1}},
		{"vi", "hai tỷ một trăm triệu đồng", "2,1 tỷ đồng", measure.Errors{Reference: 3}},
		{"vi", "không tán thành", "tán thành", measure.Errors{Deleted: 1, Reference: 3}},
		{"en", "", "x", measure.Errors{Inserted: 1}},
	} {
		if got := measure.WER(c.language, c.ref, c.heard); got != c.want {
			t.Errorf("WER(%q, %q) = %+v, want %+v", c.ref, c.heard, got, c.want)
		}
	}
}

func TestSpellingsOfOneWordAreWrongOnlyStrictly(t *testing.T) {
	ref, heard := "Those in favour, Mister Osei?", "Those in favor, Mr. Osei?"
	if got := measure.WER("en", ref, heard); got.Rate() != 0 {
		t.Errorf("WER %+v, want none wrong", got)
	}
	if got, want := measure.StrictWER("en", ref, heard), (measure.Errors{Substituted: 2, Reference: 5}); got != want {
		t.Errorf("StrictWER %+v, want %+v", got, want)
	}
	if got := measure.StrictWER("en", "fifty four thousand dollars", "$54,000"); got.Rate() != 0 {
		t.Errorf("StrictWER of a number in digits: %+v", got)
	}
}

func TestCharacterErrorsIgnoreBlanks(t *testing.T) {
	got := measure.CER("vi", "một hai", "mộthai")
	if got.Rate() != 0 {
		t.Errorf("CER rate = %v, want 0", got.Rate())
	}
	if r := measure.CER("en", "abcd", "abxd").Rate(); math.Abs(r-0.25) > 1e-9 {
		t.Errorf("CER rate = %v, want 0.25", r)
	}
}

func TestFactsMatchWholeFiguresInAnyHouseStyle(t *testing.T) {
	titles := map[string]string{"1": "Báo cáo", "2": "Thảo luận"}
	one := func(s string) []measure.Fact { return []measure.Fact{{Item: "1", All: []string{s}}} }
	for _, c := range []struct {
		language, text, fact string
		want                 bool
	}{
		{"vi", "có 12 400 dân", "12.400", true},
		{"vi", "có 12400 dân", "12.400", true},
		{"vi", "tăng 12,4 lần", "12.400", false},
		{"en", "about 12,400 people", "12400", true},
		{"en", "about 12.4 people", "12,400", false},
		{"vi", "có 1143 đại biểu", "143", false},
		{"vi", "có 143 đại biểu", "143", true},
		{"vi", "lúc 07 giờ 30", "7 giờ 30", true},
		{"vi", "trước ngày 09/7/2026", "ngày 9 tháng 7 năm 2026", true},
		{"vi", "trước ngày 30 tháng 9 năm 2025.", "30/9/2025", true},
		{"en", "before 30 June 2026", "June 30", true},
		{"en", "before June 30, 2026", "30 June", true},
		{"en", "costs $210 a week", "$210", true},
		{"en", "costs $2100 a week", "$210", false},
		{"vi", "tăng 9,5 % mỗi năm", "9,5%", true},
		{"vi", "hoà giải", "hòa giải", true},
		{"en", "at 6:30 pm", "6:30", true},
		{"en", "it was disapproved", "approved", false},
		{"en", "For: 7; against: 1", "For: 7", true},
	} {
		s := measure.Facts(c.language, "Báo cáo\n"+c.text+"\nThảo luận\nxong\n", titles, one(c.fact), nil)
		if got := len(s.Found) == 1; got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.fact, c.text, got, c.want)
		}
	}
}

func TestAFactCountsOnlyUnderItsItemButAForbiddenStringAnywhere(t *testing.T) {
	titles := map[string]string{"1": "Báo cáo", "2": "Thảo luận"}
	s := measure.Facts("vi", "Báo cáo\ncó 86 hộ\nThảo luận\ncó 68 hộ\n", titles,
		[]measure.Fact{{Item: "2", Any: []string{"86 hộ", "87 hộ"}}}, []measure.Fact{{Item: "1", Any: []string{"68 hộ"}}})
	if len(s.Missing) != 1 || s.Recall() != 0 {
		t.Errorf("a fact of another item counted: %+v", s)
	}
	if len(s.Forbidden) != 1 {
		t.Errorf("a forbidden string was not seen: %+v", s)
	}
}
