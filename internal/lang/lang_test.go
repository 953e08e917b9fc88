package lang

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

func TestFoldIgnoresTonePlacementCaseAndBlanks(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"Hoà Thành", "hòa  thành"}, {"KHOẺ", "khỏe"}, {"Thuý", "thúy"}, {"Uỷ ban", "Ủy ban"}, {"thủy", "thuỷ"},
		{norm.NFD.String("Hoà"), "Hòa"}, {"\tmột\u00a0hai\n", "một hai"}, {"xoá, hoạ.", "xóa, họa."},
	} {
		if Fold(c.a) != Fold(c.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q", c.a, Fold(c.a), c.b, Fold(c.b))
		}
	}
	for _, s := range []string{"hoàn", "suýt", "huỳnh", "quý", "quỳ", "quỹ", "toàn", "khoẻn", "thuyền"} {
		if Fold(s) != s {
			t.Errorf("Fold(%q) = %q: only open syllables without qu vary", s, Fold(s))
		}
	}
	if Fold("hóa") == Fold("hòa") || Fold("hoa") == Fold("hòa") {
		t.Error("folding lost a tone")
	}
}

func TestFoldPlainDropsMarksAndBars(t *testing.T) {
	for in, want := range map[string]string{
		"Đặng Minh Tuấn": "dang minh tuan", "HOÀ": "hoa", "Nguyễn Thị Ưu": "nguyen thi uu", "Café": "cafe",
	} {
		if got := FoldPlain(in); got != want {
			t.Errorf("FoldPlain(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestWordsLeaveOutPunctuation(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"Thưa Đại hội, có 12.400 dân (9,5%)!", []string{"thưa", "đại", "hội", "có", "12.400", "dân", "9,5"}},
		{"Don’t — it's thirty-two.", []string{"don't", "it's", "thirty", "two"}},
		{"hoà", []string{"hòa"}},
		{" … ", nil}, {"", nil},
	} {
		if got := Words(c.in); !slices.Equal(got, c.want) {
			t.Errorf("Words(%q) = %q, not %q", c.in, got, c.want)
		}
	}
}

func TestSentencesEndWhereReadersEndThem(t *testing.T) {
	for _, c := range []struct {
		language, in string
		want         []string
	}{
		{"vi", "Xin cảm ơn. Tăng 9.5% và 12.400 dân! Đúng không?", []string{"Xin cảm ơn.", "Tăng 9.5% và 12.400 dân!", "Đúng không?"}},
		{"vi", "UBND TP. Cà Mau họp. Xong.", []string{"UBND TP. Cà Mau họp.", "Xong."}},
		{"vi", "Mời ThS. Lê An phát biểu.", []string{"Mời ThS. Lê An phát biểu."}},
		{"vi", "1. Khai mạc\n2. Bế mạc", []string{"1. Khai mạc", "2. Bế mạc"}},
		{"vi", "Đó là năm 2025. Sau đó đại hội kết thúc.", []string{"Đó là năm 2025.", "Sau đó đại hội kết thúc."}},
		{"vi", "Ông nói: “Tôi đồng ý.” Mọi người vỗ tay…", []string{"Ông nói: “Tôi đồng ý.”", "Mọi người vỗ tay…"}},
		{"en", "Mr. Osei reports. The vote is 7.5 to 1. Done.", []string{"Mr. Osei reports.", "The vote is 7.5 to 1.", "Done."}},
		{"en", "We met at 9 a.m. on Monday. See No. 5. It closed at 7 p.m. Thank you.", []string{"We met at 9 a.m. on Monday.", "See No. 5.", "It closed at 7 p.m.", "Thank you."}},
		{"en", "J. R. Smith moved. Any objection? No. Carried.", []string{"J. R. Smith moved.", "Any objection?", "No.", "Carried."}},
		{"en", "no stop at the end", []string{"no stop at the end"}},
		{"en", "", nil},
		{"de", "Eins. Zwei.", []string{"Eins.", "Zwei."}},
	} {
		if got := Sentences(c.language, c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q\n  split as %q\n      not %q", c.language, c.in, got, c.want)
		}
	}
}

func TestFiguresHaveOneCanonicalValue(t *testing.T) {
	for _, c := range []struct{ language, in, want string }{
		{"vi", "2,1 tỷ đồng", "money:2100000000VND"},
		{"vi", "hai tỷ một trăm triệu đồng", "money:2100000000VND"},
		{"vi", "2.100.000.000 đồng", "money:2100000000VND"},
		{"vi", "2 tỷ 100 triệu đồng", "money:2100000000VND"},
		{"vi-VN", "ngày 30/9/2025", "date:2025-09-30"},
		{"vi", "ngày 30 tháng 9 năm 2025", "date:2025-09-30"},
		{"vi", "ba mươi tháng chín năm hai nghìn không trăm hai mươi lăm", "date:2025-09-30"},
		{"vi", "09/7/2026", "date:2026-07-09"}, {"vi", "30.9.2025", "date:2025-09-30"}, {"vi", "2025-09-30", "date:2025-09-30"},
		{"vi", "30/9", "date:--09-30"}, {"vi", "ngày 2/9", "date:--09-02"}, {"vi", "tháng 9/2025", "date:2025-09"},
		{"vi", "143/145 đại biểu", "ratio:143/145"}, {"vi", "2/3 số hộ", "ratio:2/3"},
		{"vi", "12.400 dân", "number:12400"}, {"vi", "12\u00a0400 dân", "number:12400"}, {"vi", "9,5%", "percent:9.5%"}, {"vi", "9,50 %", "percent:9.5%"},
		{"vi", "07 đồng chí", "number:7"}, {"vi", "7h30", "time:07:30"}, {"vi", "07 giờ 30 phút", "time:07:30"}, {"vi", "3 giờ chiều", "time:15:00"},
		{"vi", "15:00", "time:15:00"}, {"vi", "Nghị quyết 57-NQ/TW", "docnumber:57-NQ/TW"}, {"vi", "01-BB/ĐH", "docnumber:01-BB/ĐH"},
		{"vi", "104/2025/UBTVQH15", "docnumber:104/2025/UBTVQH15"}, {"vi", "quý III năm 2025", "number:3 number:2025"},
		{"vi", "lần thứ nhất", "ordinal:1"}, {"vi", "lần thứ XIV", "ordinal:14"}, {"vi", "âm 5 độ", "number:-5"},
		{"vi", "COVID-19", ""}, {"vi", "nhiệm kỳ 2025 - 2030", "number:2025 number:2030"}, {"vi", "nhiệm kỳ 2025-2030", "number:2025 number:2030"},
		{"vi", "50.000 đô la Mỹ", "money:50000USD"}, {"vi", "không ai có ý kiến", ""},
		{"en", "June 30", "date:--06-30"}, {"en", "the thirtieth of June", "date:--06-30"}, {"en", "30 June", "date:--06-30"},
		{"en", "30th of June 2025", "date:2025-06-30"}, {"en", "June 30, 2025", "date:2025-06-30"}, {"en", "30/6/2025", "date:2025-06-30"}, {"en", "6/30/2025", "date:2025-06-30"},
		{"en", "$54,000", "money:54000USD"}, {"en", "$2.5 million", "money:2500000USD"}, {"en", "$2.5m", "money:2500000USD"}, {"en", "£20", "money:20GBP"},
		{"en", "12,400 residents", "number:12400"}, {"en", "9.5%", "percent:9.5%"}, {"en", "6:30 p.m.", "time:18:30"}, {"en", "half past six", "time:06:30"}, {"en", "6.30", "number:6.3"},
		{"en", "12 a.m.", "time:00:00"}, {"en", "the 21st meeting", "ordinal:21"}, {"en", "two thirds", "ratio:2/3"}, {"en", "Highway 1A", "docnumber:1A"},
		{"fr", "12,400 le 30/9/2025, deux cents", "number:12400 date:2025-09-30"},
	} {
		if got := strings.Join(firm(c.language, c.in), " "); got != c.want {
			t.Errorf("%s: %q holds %q, not %q", c.language, c.in, got, c.want)
		}
	}
}

func TestWordsThatMayBeNumbersAreWeakEvidence(t *testing.T) {
	for _, c := range []struct{ language, in, value string }{
		{"vi", "thêm một phòng máy", "1"}, {"vi", "không có phiếu trống", "0"}, {"vi", "thứ hai, đầu tư hạ tầng", "2"}, {"vi", "hai bên thống nhất", "2"},
		{"en", "one motion was put", "1"}, {"en", "no abstentions", "0"}, {"en", "the third reading", "3"}, {"en", "a three-month trial", "3"},
	} {
		qs := Quantities(c.language, c.in)
		if len(qs) != 1 || !qs[0].Weak || qs[0].Value != c.value {
			t.Errorf("%q holds %+v, not one weak %s", c.in, qs, c.value)
		}
	}
}

func TestOtherLanguagesStayAsTheyAre(t *testing.T) {
	const s = "deux cents euros, hai trăm, two hundred"
	if out, changes := Rewrite("fr", s); out != s || changes != nil {
		t.Errorf("%q became %q", s, out)
	}
	if got := spell("fr", 12); got != "12" {
		t.Errorf("spell(fr, 12) = %q", got)
	}
}

func TestSpellNamesEveryEmptyPlace(t *testing.T) {
	for _, c := range []struct {
		language string
		n        int64
		want     string
	}{
		{"vi", 0, "không"}, {"vi", 15, "mười lăm"}, {"vi", 21, "hai mươi mốt"}, {"vi", 105, "một trăm linh năm"}, {"vi", 1002, "một nghìn không trăm linh hai"},
		{"vi", 2_000_500, "hai triệu không nghìn năm trăm"}, {"vi", 2_100_000_000, "hai tỷ một trăm triệu"}, {"vi", -1, "-1"}, {"vi", maxSpell + 1, "1000000000000"},
		{"en", 0, "zero"}, {"en", 54000, "fifty-four thousand"}, {"en", 210, "two hundred and ten"}, {"en", 1005, "one thousand and five"},
	} {
		if got := spell(c.language, c.n); got != c.want {
			t.Errorf("spell(%s, %d) = %q, not %q", c.language, c.n, got, c.want)
		}
	}
}

func TestAChangeKeepsWhatWasSpoken(t *testing.T) {
	out, changes := Rewrite("vi", "Có hai mươi mốt chi bộ, tăng chín phẩy năm phần trăm.")
	want := []Change{{4, 6, "hai mươi mốt", "21"}, {23, 27, "chín phẩy năm phần trăm", "9,5%"}}
	if out != "Có 21 chi bộ, tăng 9,5%." || !slices.Equal(changes, want) {
		t.Errorf("%q, %+v", out, changes)
	}
}

// A quadratic rule would take 64 times as long for 8 times the text, and minutes in the field.
func TestLongTextsTakeLinearTime(t *testing.T) {
	for _, c := range []struct{ language, piece string }{
		{"vi", "hai nghìn không trăm hai mươi lăm đồng, "}, {"vi", "một hai ba bốn "}, {"vi", "năm "}, {"vi", "1/"}, {"vi", "1.000."}, {"vi", "một nghìn "},
		{"vi", "số 1 gạch chéo "}, {"en", "fifty four thousand and two dollars "}, {"en", "one two "}, {"en", "twenty-"}, {"en", "hundred and "}, {"en", "1:"},
		{"vi", "e\u0301"}, {"vi", "\xff"}, {"en", "Mr. J. "},
	} {
		run := func(n int) time.Duration {
			s := strings.Repeat(c.piece, n/len(c.piece))
			best := time.Hour
			for range 3 { // a busy machine slows some of them down, seldom all
				start := time.Now()
				Rewrite(c.language, s)
				Quantities(c.language, s)
				Sentences(c.language, s)
				best = min(best, time.Since(start))
			}
			return best
		}
		small, large := run(2_000), run(16_000)
		if large > 32*small && large > 500*time.Millisecond {
			t.Errorf("%s: %q: 2 kB in %v, 16 kB in %v", c.language, c.piece, small, large)
		}
	}
}
