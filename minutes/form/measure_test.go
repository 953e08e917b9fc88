package form_test

import (
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"bienban/minutes"
	"bienban/minutes/form"
)

// mm is points in a millimetre; half a millimetre is the tolerance of every
// position, sizes are exact.
const mm = 72 / 25.4

func near(got, wantMM float64) bool { return math.Abs(got/mm-wantMM) <= 0.5 }

// word is a word where poppler sees it: points from the left and top edge.
type word struct {
	page                   int
	x1, y1, x2, y2         float64
	text                   string
	lineX1, lineX2, lineY1 float64
}

var (
	lineRE = regexp.MustCompile(`<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"`)
	wordRE = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)
)

// poppler runs one of its tools over the file. The tests need it (Debian's
// poppler-utils, which the Makefile installs); without it they are skipped,
// and say so.
func poppler(t testing.TB, tool string, pdf []byte, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("NOT TESTED: %s is missing: install poppler-utils", tool)
	}
	cmd := exec.Command(path, args...)
	cmd.Stdin = strings.NewReader(string(pdf))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

func words(t testing.TB, pdf []byte) []word {
	t.Helper()
	var out []word
	page := 0
	var lx1, lx2, ly float64
	for _, l := range strings.Split(poppler(t, "pdftotext", pdf, "-bbox-layout", "-", "-"), "\n") {
		if strings.Contains(l, "<page ") {
			page++
		}
		if m := lineRE.FindStringSubmatch(l); m != nil {
			lx1, ly, lx2 = number(t, m[1]), number(t, m[2]), number(t, m[3])
		}
		if m := wordRE.FindStringSubmatch(l); m != nil {
			out = append(out, word{page, number(t, m[1]), number(t, m[2]), number(t, m[3]), number(t, m[4]), m[5], lx1, lx2, ly})
		}
	}
	if len(out) == 0 {
		t.Fatal("poppler sees no word")
	}
	return out
}

// extent of a line of text as poppler sees it: found by its first words.
func extent(t testing.TB, ws []word, text string) (page int, x1, x2, y1 float64) {
	t.Helper()
	want := strings.Fields(text)
	for i := range ws {
		if i+len(want) > len(ws) {
			break
		}
		ok := true
		for j, w := range want {
			ok = ok && ws[i+j].text == w
		}
		if ok {
			return ws[i].page, ws[i].x1, ws[i+len(want)-1].x2, ws[i].y1
		}
	}
	t.Fatalf("poppler does not see %q", text)
	return 0, 0, 0, 0
}

// congress is the sample congress with everything filled in that the form can
// print.
func congress(t testing.TB) *minutes.Minutes {
	m := sample(t, "dai-hoi-mau")
	m.Meeting.Place = "Hòa Thành"
	m.Meeting.Number = "1-BB/ĐH"
	m.Meeting.Recipients = []string{"Ban Thường vụ Tỉnh ủy", "Các chi bộ trực thuộc", "Lưu Đại hội"}
	return m
}

func TestThePartyFormIsToTheMillimetreAndPoint(t *testing.T) {
	pdf := export(t, congress(t), form.Options{Format: form.PDF})
	f := readPDF(t, pdf)
	if !near(f.width, 210) || !near(f.height, 297) {
		t.Errorf("page of %.1f × %.1f mm, want 210 × 297", f.width/mm, f.height/mm)
	}
	ws := words(t, pdf)
	const left, right, middle = 30, 195, 30 + 77 // text edges and where the columns meet
	for _, c := range []struct {
		text   string
		size   float64
		font   string // "", B, I
		centre float64
	}{
		{"ĐẢNG BỘ TỈNH CÀ MAU", 14, "", left + 77.0/2},
		{"ĐẠI HỘI ĐẠI BIỂU LẦN THỨ I", 14, "B", left + 77.0/2},
		{"*", 14, "", left + 77.0/2},
		{"Số 01-BB/ĐH", 14, "", left + 77.0/2},
		{"ĐẢNG CỘNG SẢN VIỆT NAM", 15, "B", middle + 88.0/2},
		{"Hòa Thành, ngày 18 tháng 8 năm 2025", 14, "I", middle + 88.0/2},
		{"BIÊN BẢN", 16, "B", (left + right) / 2},
		{"nhiệm kỳ 2025 - 2030", 14, "B", (left + right) / 2},
		{"-----", 14, "", (left + right) / 2},
		{"T/M ĐOÀN THƯ KÝ", 14, "B", left + 77.0/2},
		{"TRƯỞNG ĐOÀN", 14, "", left + 77.0/2},
		{"Trần Thị Ngọc Hân", 14, "B", left + 77.0/2},
		{"T/M ĐOÀN CHỦ TỊCH", 14, "B", middle + 88.0/2},
		{"Lê Quốc Khánh", 14, "B", middle + 88.0/2},
		{"Nơi nhận:", 14, "", 0},
		{"- Lưu Đại hội", 12, "", 0},
		{"Đại hội kết thúc lúc", 14, "", 0},
		{"I- Khai mạc", 14, "B", 0},
	} {
		var l shown
		for p := f.pages; p >= 1; p-- { // names stand in the opening too: take the last
			for _, x := range f.lines(p) {
				if l.text == "" && strings.HasPrefix(strings.TrimSpace(x.text), c.text) {
					l = x
				}
			}
		}
		if l.text == "" {
			t.Errorf("%q is not in the PDF", c.text)
			continue
		}
		if l.size != c.size || l.font != "utf8liberationserif"+c.font {
			t.Errorf("%q is %s of %g pt, want utf8liberationserif%s of %g pt", c.text, l.font, l.size, c.font, c.size)
		}
		if c.centre == 0 {
			continue
		}
		x1, x2 := 0.0, 0.0
		for _, w := range ws { // the same line as poppler sees it
			if w.page == l.page && math.Abs(w.x1-l.x) < 0.6 && w.y1 < l.y && l.y < w.y2+1 {
				x1 = w.x1
			}
		}
		for i := len(ws) - 1; i >= 0 && x1 > 0 && x2 == 0; i-- {
			fields := strings.Fields(l.text)
			if w := ws[i]; w.page == l.page && w.text == fields[len(fields)-1] && w.y1 < l.y && l.y < w.y2+1 {
				x2 = w.x2
			}
		}
		if !near((x1+x2)/2, c.centre) {
			t.Errorf("%q is centred on %.1f mm, want %.1f", c.text, (x1+x2)/2/mm, c.centre)
		}
	}
}

func TestTheRuleUnderThePartysNameIsAsLongAsTheText(t *testing.T) {
	pdf := export(t, congress(t), form.Options{Format: form.PDF})
	f := readPDF(t, pdf)
	_, x1, x2, _ := extent(t, words(t, pdf), "ĐẢNG CỘNG SẢN VIỆT NAM")
	base := f.find(t, "ĐẢNG CỘNG SẢN VIỆT NAM").y
	r := f.rules[0]
	if !near(r.x1, x1/mm) || !near(r.x2, x2/mm) || r.y1 != r.y2 {
		t.Errorf("rule from %.1f to %.1f mm, text from %.1f to %.1f", r.x1/mm, r.x2/mm, x1/mm, x2/mm)
	}
	if d := r.y1 - base; d < 2 || d > 8 {
		t.Errorf("the rule is %.1f pt below the baseline", d)
	}
	if !r.artifact {
		t.Error("the rule is no artifact")
	}
	if date := f.find(t, "Hòa Thành"); date.y-14 < r.y1 {
		t.Error("place and date are not under the rule")
	}
	if number := f.find(t, "Số 01-BB/ĐH"); number.y != f.find(t, "Hòa Thành").y {
		t.Error("place and date are not on the level of the number")
	}
}

func TestTheBodyStandsBetweenTheMarginsAtAnExactPitch(t *testing.T) {
	m := congress(t)
	for i := range m.Sections {
		for range 3 {
			m.Sections[i].Sentences = append(m.Sections[i].Sentences, m.Sections[i].Sentences...)
		}
	}
	pdf := export(t, m, form.Options{Format: form.PDF})
	f := readPDF(t, pdf)
	if f.pages < 5 {
		t.Fatalf("%d pages, want a longer sample", f.pages)
	}
	full := 0
	for _, w := range words(t, pdf) {
		if w.page > 1 && w.y1 < 18*mm {
			continue // page number
		}
		if w.x1 < 30*mm-0.5*mm || w.x2 > 195*mm+0.5*mm || w.y1 < 20*mm-0.5*mm || w.y2 > 277*mm+0.5*mm {
			t.Errorf("page %d: %q at %.1f to %.1f, %.1f to %.1f mm is outside the margins", w.page, w.text, w.x1/mm, w.x2/mm, w.y1/mm, w.y2/mm)
		}
		if near(w.x2, 195) {
			full++
		}
	}
	if full < 50 {
		t.Errorf("only %d lines reach the right margin: the text is not justified", full)
	}
	for _, text := range []string{"Thời gian bắt đầu", "I- Khai mạc", "Kính thưa Đoàn Chủ tịch", "- Đồng chí Lê Quốc Khánh"} {
		if l := f.find(t, text); !near(l.x, 40) {
			t.Errorf("%q begins at %.1f mm, want an indent of 10", text, l.x/mm)
		}
	}
	const pitch = 19.0
	for p := 1; p <= f.pages; p++ {
		lines := f.lines(p)
		for i := 1; i < len(lines); i++ {
			a, b := lines[i-1], lines[i]
			if a.tag != "P" || b.tag != "P" || a.size != 14 || b.size != 14 || !near(b.x, 30) && !near(b.x, 40) {
				continue
			}
			switch d := b.y - a.y; {
			case a.mcid == b.mcid:
				if math.Abs(d-pitch) > 0.02 {
					t.Errorf("page %d: %.2f pt from %q to %q, want %g", p, d, a.text, b.text, pitch)
				}
				if !near(b.x, 30) {
					t.Errorf("page %d: %q begins at %.1f mm, want 30", p, b.text, b.x/mm)
				}
			case near(b.x, 40) && near(a.x, 30):
				if d < pitch+6-0.02 {
					t.Errorf("page %d: %.2f pt before the paragraph %q, want at least %g", p, d, b.text, pitch+6)
				}
			}
		}
	}
}

func TestPagesAreNumberedFromTheSecondTenMillimetresFromTheEdge(t *testing.T) {
	pdf := export(t, congress(t), form.Options{Format: form.PDF})
	f := readPDF(t, pdf)
	seen := map[int]string{}
	for _, s := range f.text {
		if s.mcid >= 0 {
			continue
		}
		seen[s.page] += s.text
		if s.size != 14 || s.font != "utf8liberationserif" {
			t.Errorf("page %d: the number is %s of %g pt", s.page, s.font, s.size)
		}
		const ascent = 0.891 // of Liberation Serif and Times New Roman
		if top := s.y - ascent*s.size; !near(top, 10) {
			t.Errorf("page %d: the number's line begins %.1f mm from the edge, want 10", s.page, top/mm)
		}
	}
	for p := 1; p <= f.pages; p++ {
		want := strconv.Itoa(p)
		if p == 1 {
			want = ""
		}
		if seen[p] != want {
			t.Errorf("page %d bears the number %q, want %q", p, seen[p], want)
		}
	}
	for _, w := range words(t, pdf) {
		if w.page > 1 && w.text == strconv.Itoa(w.page) && w.y1 < 18*mm && !near((w.x1+w.x2)/2, 112.5) {
			t.Errorf("page %d: the number is centred on %.1f mm", w.page, (w.x1+w.x2)/2/mm)
		}
	}
}

func TestEveryFontIsEmbedded(t *testing.T) {
	for _, c := range []string{"dai-hoi-mau", "council-demo"} {
		list := poppler(t, "pdffonts", export(t, sample(t, c), form.Options{Format: form.PDF}), "-")
		rows := strings.Split(strings.TrimSpace(list), "\n")[2:]
		if len(rows) < 2 {
			t.Errorf("%s: %d fonts", c, len(rows))
		}
		for _, r := range rows {
			if f := strings.Fields(r); f[len(f)-5] != "yes" {
				t.Errorf("%s: not embedded: %s", c, r)
			}
		}
	}
}

func TestPopplerReadsBackRightVietnamese(t *testing.T) {
	m := congress(t)
	text := poppler(t, "pdftotext", export(t, m, form.Options{Format: form.PDF}), "-", "-")
	flat := strings.Join(strings.Fields(text), " ")
	for _, s := range m.Sections {
		if !strings.Contains(flat, s.Title) {
			t.Errorf("the title %q is not in the text", s.Title)
		}
		for _, x := range s.Sentences {
			// A page's end and its number may stand within a sentence.
			first, _, _ := strings.Cut(x.Text, ".")
			if !strings.Contains(flat, first) && !regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(first), " ", `( \d)? `)).MatchString(flat) {
				t.Errorf("not in the text: %q", first)
			}
		}
	}
	if strings.Contains(text, "�") || strings.Contains(text, "□") {
		t.Error("a letter is missing")
	}
}
