package form

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"bienban/minutes"
	"bienban/templates"
)

func liberation(t testing.TB) *faces {
	t.Helper()
	fs, err := (&prepared{}).loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func TestWidthsAreThoseOfTimesNewRoman(t *testing.T) {
	f := liberation(t)[0]
	// Advance widths in thousandths of an em, from Times New Roman's hmtx.
	for r, want := range map[rune]float64{' ': 250, 'a': 444, 'W': 944, '5': 500, 'ệ': 444, 'Ư': 758, 'đ': 500} {
		if math.Abs(f.widths[r]-want) > 45 {
			t.Errorf("%c is %.0f wide, want about %.0f", r, f.widths[r], want)
		}
	}
	for _, r := range "ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵỦ□–…“”" {
		for i, f := range liberation(t) {
			if f.widths[r] == 0 {
				t.Errorf("face %d has no %c", i, r)
			}
		}
	}
}

func TestPagesBreakOnlyWhereTheyMay(t *testing.T) {
	line := func(glued bool) box { return box{height: 10, glued: glued} }
	for _, c := range []struct {
		name  string
		boxes []box
		want  []int // boxes on each page of 30
	}{
		{"nothing", nil, []int{0}},
		{"a page full", []box{line(false), line(false), line(false)}, []int{3}},
		{"one more", []box{line(false), line(false), line(false), line(false)}, []int{3, 1}},
		{"the last two together", []box{line(false), line(false), line(false), line(true)}, []int{2, 2}},
		{"all glued and too tall", []box{line(false), line(true), line(true), line(true), line(true)}, []int{3, 2}},
		{"one box taller than a page", []box{{height: 50}, line(false)}, []int{1, 1}},
		{"space above is dropped at the top", []box{line(false), line(false), line(false), {height: 30, before: 20}}, []int{3, 1}},
	} {
		pages := paginate(c.boxes, 30)
		var got []int
		for _, p := range pages {
			got = append(got, len(p))
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: pages of %v boxes, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: pages of %v boxes, want %v", c.name, got, c.want)
			}
		}
	}
	again := []box{{height: 5}}
	pages := paginate([]box{line(false), {height: 20, again: again}, {height: 20, again: again}}, 30)
	if len(pages) != 2 || len(pages[1]) != 2 || pages[1][1].y != 5 {
		t.Errorf("a table's head is not repeated: %+v", pages)
	}
}

func TestTonesMoveOnlyInOpenSyllables(t *testing.T) {
	p := &prepared{words: &templates.Form{Switches: map[string]templates.Switch{"spelling": {Default: "uỷ"}}}, m: copyOf(&minutes.Minutes{}, true)}
	for in, want := range map[string]string{
		"ỦY BAN NHÂN DÂN": "UỶ BAN NHÂN DÂN", "Đảng ủy": "Đảng uỷ", "hòa, Hòe": "hoà, Hoè",
		"quý": "quý", "hoàn toàn": "hoàn toàn", "huỳnh": "huỳnh", "suýt": "suýt", "thuế": "thuế",
	} {
		if got := p.spell(in); got != want {
			t.Errorf("spell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbersOfItemsFollowTheFormsCustom(t *testing.T) {
	for n, want := range map[int]string{1: "I", 4: "IV", 9: "IX", 14: "XIV", 40: "XL", 99: "XCIX", 0: "0"} {
		if got := roman(n); got != want {
			t.Errorf("roman(%d) = %s", n, got)
		}
	}
	for n, want := range map[int]string{1: "a", 26: "z", 27: "aa", 53: "ba"} {
		if got := letter(n); got != want {
			t.Errorf("letter(%d) = %s", n, got)
		}
	}
}

func FuzzAFontIsReadOrRefused(f *testing.F) {
	ttf := templates.LiberationSerif().Regular
	f.Add(ttf[:2000])
	f.Add([]byte("\x00\x01\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if face, err := parseFace(b); err == nil && face.widths[' '] < 0 {
			t.Error("a negative width")
		}
	})
}

func FuzzWrappingLosesNoLetter(f *testing.F) {
	fs := liberation(f)
	f.Add("Ngày  tháng   năm 2026, Đảng bộ phường", 100.0)
	f.Add(strings.Repeat("dài", 400), 3.0)
	f.Add(" a  b ", 0.0)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if !utf8.ValidString(s) || math.IsNaN(width) || len(s) > 5000 {
			return
		}
		width = math.Mod(math.Abs(width), 2000)
		st := templates.Style{Size: 14}
		words := fs.split([]run{{text: s}}, st)
		for _, lines := range [][]wrapped{fs.wrap(words, width, 0, st.Size), fs.balance(words, width, st.Size)} {
			var got strings.Builder
			for _, l := range lines {
				for _, w := range l.words {
					for _, p := range w.pieces {
						got.WriteString(p.text)
					}
				}
				if n := len(l.words); n > 1 && l.width > width+0.1 {
					t.Errorf("a line of %d words is %.1f wide, the page %.1f", n, l.width, width)
				}
			}
			blank := func(s string) string { return strings.ReplaceAll(s, " ", "") }
			if a, b := blank(got.String()), blank(fs[0].show(keepGaps(s))); a != b {
				t.Errorf("wrapped %q, given %q", a, b)
			}
		}
	})
}
