package search_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"bienban/internal/search"
)

func TestWordsHaveAnExactAndAPlainForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"Hội đồng nhân dân":                {"hội đồng nhân dân", "hoi dong nhan dan"},
		"Ho\u0302\u0323i đo\u0302\u0300ng": {"hội đồng", "hoi dong"},
		"hoà giải, hòa giải":               {"hòa giải hòa giải", "hoa giai hoa giai"},
		"ĐẮK LẮK":                          {"đắk lắk", "dak lak"},
		"Nghị quyết số 15-NQ/TW":           {"nghị quyết số 15 nq tw", "nghi quyet so 15 nq tw"},
		"12.400 người; 9,5%":               {"12 400 người 9 5", "12 400 nguoi 9 5"},
		"don't \"quote' -- OR * % _":       {"don t quote or", "don t quote or"},
		" … !":                             {"", ""},
		"a\xffb":                           {"a b", "a b"},
	} {
		exact, plain := search.Forms(text)
		if exact != want[0] || plain != want[1] {
			t.Errorf("%q: %q %q, want %q", text, exact, plain, want)
		}
		if len(strings.Fields(exact)) != len(strings.Fields(plain)) {
			t.Errorf("%q: %q and %q have another number of words", text, exact, plain)
		}
	}
}

func TestAQueryIsReadAsWordsPhrasesAndALastWordThatMayGoOn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"biểu quyết":              "[bieu] [quyet]*",
		"biểu quyết ":             "[bieu] [quyet]",
		`"biểu quyết" thông qua.`: "[bieu quyet] [thong] [qua]",
		`“Biểu  quyết”`:           "[bieu quyet]",
		`"biểu quyết`:             "[bieu] [quyet]*",
		`a "b" c`:                 "[a] [b] [c]",
		`"" x`:                    "[x]",
		`"một" "hai ba`:           "[mot] [hai] [ba]*",
		"":                        "",
		`" - ' % OR"`:             "[or]",
	} {
		var got []string
		for _, term := range search.Terms(text) {
			var words []string
			for _, w := range term.Words {
				words = append(words, w.Plain)
			}
			s := fmt.Sprint(words)
			if term.Prefix {
				s += "*"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
	if n := len(search.Terms(strings.Repeat("chữ ", 10_000))); n > 20 {
		t.Errorf("%d words", n)
	}
}

func TestAnExcerptShowsWhatWasFound(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("một hai ba ", 30) + "Hội Đồng thông qua" + strings.Repeat(" bốn năm", 50)
	for _, c := range []struct{ text, query, marked string }{
		{"Hội đồng họp", "dong", "đồng"},
		{"Hội đồng họp", "ĐÔNG hop ", "đồng|họp"},
		{"Hội đồng, hợp đồng", `"hoi dong"`, "Hội|đồng"},
		{"biểu quyết", "bieu qu", "biểu|quyết"},
		{"không có gì", "dong", ""},
		{long, "dong thong", "Đồng|thông"},
		{"", "x", ""},
	} {
		excerpt, marks := search.Excerpt(c.text, search.Terms(c.query))
		var marked []string
		for _, m := range marks {
			marked = append(marked, excerpt[m[0]:m[1]])
		}
		if got := strings.Join(marked, "|"); got != c.marked {
			t.Errorf("%.30q for %q: %q in %q, want %q", c.text, c.query, got, excerpt, c.marked)
		}
		if !utf8.ValidString(excerpt) || len(excerpt) > 400 {
			t.Errorf("%q", excerpt)
		}
	}
	if e, _ := search.Excerpt(long, search.Terms("dong")); !strings.HasPrefix(e, "… ") || !strings.HasSuffix(e, " …") {
		t.Errorf("%q", e)
	}
}

func FuzzNothingThatIsTypedBreaksSearch(f *testing.F) {
	f.Add(`"Hội đồng" nhân`, "Hội đồng nhân dân")
	f.Add("\u0300\"", "İ\u0301 ﬁ\xff")
	f.Fuzz(func(t *testing.T, query, text string) {
		exact, plain := search.Forms(text)
		if len(strings.Fields(exact)) != len(strings.Fields(plain)) {
			t.Errorf("%q: %q and %q", text, exact, plain)
		}
		excerpt, marks := search.Excerpt(text, search.Terms(query))
		for _, m := range marks {
			if m[0] < 0 || m[1] > len(excerpt) || m[0] >= m[1] || !utf8.ValidString(excerpt[m[0]:m[1]]) {
				t.Errorf("%q in %q: mark %v of %q", query, text, m, excerpt)
			}
		}
	})
}
