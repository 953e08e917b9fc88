package form_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/minutes/form"
	"bienban/templates"
)

var formats = []string{form.Text, form.HTML, form.JSON, form.PDF}

// hostile is a text that tries each thing that has broken a document.
const hostile = "<script>alert(1)</script> & \"quoted\" 'single' {{.}} {title} %s \\ ) ( \r\n\t\x00\x07 \u202Eevil\u202C \u200Fabc\uFEFF 😀👩‍👧 漢字 مرحبا a\u0301 e\u0323\u0302 \u00AD \U0010FFFF"

func hostileMinutes(kind string) *minutes.Minutes {
	return &minutes.Minutes{
		Meeting: minutes.Meeting{
			Kind: kind, Language: "vi", Title: hostile, Superior: hostile, Issuer: hostile, Body: hostile, Place: hostile, Venue: hostile, Number: hostile,
			People:     []minutes.Person{{Name: "<b>Nguyễn</b> & Sons", Title: hostile, Role: minutes.Roles{"chair"}}, {Name: hostile, Role: minutes.Roles{"secretary", "presidium"}}},
			Agenda:     []minutes.AgendaItem{{ID: "1", Title: "A <i>title</i> & \"more\""}, {ID: "2 <x>\"", Title: hostile}},
			Votes:      []minutes.Vote{{Item: "1", Subject: hostile, Text: hostile, Moved: hostile, Seconded: hostile, For: 1, Roll: &minutes.Roll{For: []string{hostile}}}},
			Elections:  []minutes.Election{{Item: "1", Subject: hostile, Results: []minutes.Result{{Name: hostile}}}},
			Actions:    []minutes.Action{{Item: "1", Owner: hostile, Task: hostile}},
			Signers:    []minutes.Signer{{Person: hostile, Authority: hostile, Title: hostile, Side: "left"}, {Person: "x"}},
			Recipients: []string{hostile, "", "- -"},
		},
		Sections: []minutes.Section{{Item: "1", Title: "t", Sentences: []minutes.Sentence{{Text: hostile, Cites: []string{"e<1>"}}, {Text: ""}, {Text: "\u200B"}}}},
		Evidence: []minutes.Evidence{{ID: "e<1>", Text: hostile, Speaker: hostile}},
		Conflicts: []minutes.Conflict{
			{Item: "1", Text: hostile}},
	}
}

func TestTextIsNeverMarkup(t *testing.T) {
	for _, copy := range []string{form.Public, form.Full} {
		for _, f := range formats {
			got := string(export(t, hostileMinutes("dai-hoi"), form.Options{Format: f, Copy: copy}))
			switch f {
			case form.HTML:
				for _, bad := range []string{"<script", "<b>Ng", "<i>title", "\u202E", "\u200F", "\x00", "\x07", `"2 <x>`} {
					if strings.Contains(got, bad) {
						t.Errorf("html %s holds %q", copy, bad)
					}
				}
				for _, want := range []string{"&lt;script&gt;alert(1)", "&lt;b&gt;Nguyễn&lt;/b&gt; &amp; Sons", "😀", ">A &lt;i&gt;title&lt;/i&gt; &amp; &#34;more&#34;</h2>\n"} {
					if !strings.Contains(got, want) {
						t.Errorf("html %s lacks %q", copy, want)
					}
				}
			case form.Text:
				for _, bad := range []string{"\u202E", "\u200F", "\x00", "\x07", "\r", "\t"} {
					if strings.Contains(got, bad) {
						t.Errorf("txt holds %q", bad)
					}
				}
				if !strings.Contains(got, "\nA <i>title</i> & \"more\"\n") {
					t.Errorf("the title is not verbatim on a line of its own:\n%s", got)
				}
				if !utf8.ValidString(got) {
					t.Error("not UTF-8")
				}
			case form.PDF:
				f := readPDF(t, []byte(got))
				s := f.str()
				for _, want := range []string{"<script>alert(1)</script>", "□", `\ ) (`, "ệ"} {
					if !strings.Contains(s, want) {
						t.Errorf("pdf lacks %q", want)
					}
				}
			}
		}
	}
}

func TestAMissingGlyphIsSeen(t *testing.T) {
	m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "council", Language: "en", Title: "x", Agenda: []minutes.AgendaItem{{ID: "1", Title: "Smile 😀 漢 end"}}}}
	pdf := export(t, m, form.Options{Format: form.PDF})
	if got := readPDF(t, pdf).find(t, "1. Smile").text; got != "1. Smile □ □ end" {
		t.Errorf("painted %q", got)
	}
}

func TestLongThingsNeitherOverlapNorLeaveThePage(t *testing.T) {
	long := strings.Repeat("Về việc tổ chức thực hiện nhiệm vụ, ", 160)
	word := strings.Repeat("khôngcódấucách", 60)
	for name, m := range map[string]*minutes.Minutes{
		"a title of three pages": {Meeting: minutes.Meeting{Kind: "dai-hoi", Language: "vi", Title: strings.Repeat(long, 2), Issuer: long, Superior: long, Body: long,
			Agenda: []minutes.AgendaItem{{ID: "1", Title: strings.Repeat(long, 2)}}}},
		"very long words": {Meeting: minutes.Meeting{Kind: "bch", Language: "vi", Title: word, Issuer: word, Place: word, Number: word, Venue: word,
			People: []minutes.Person{{Name: word, Title: word, Role: minutes.Roles{"chair", "secretary"}}},
			Agenda: []minutes.AgendaItem{{ID: "1", Title: word}}, Recipients: []string{word}},
			Sections: []minutes.Section{{Item: "1", Sentences: []minutes.Sentence{{Text: "a " + word + " b"}}}}},
		"a thousand sentences":  thousand("dai-hoi"),
		"a table of five pages": tables(200),
		"a cell of three pages": tallCell(),
	} {
		t.Run(name, func(t *testing.T) {
			pdf := export(t, m, form.Options{Format: form.PDF})
			f := readPDF(t, pdf)
			type place struct {
				page int
				y    float64
			}
			rows := map[place]string{}
			for _, s := range f.text {
				if s.y > f.height-9*mm || s.y < 9*mm || s.x < 14*mm {
					t.Fatalf("page %d: %q at %.1f, %.1f mm is off the text", s.page, s.text, s.x/mm, s.y/mm)
				}
				rows[place{s.page, s.y}] += s.text
			}
			for _, w := range words(t, pdf) {
				if w.x2 > 195.6*mm || w.page > 1 && w.y2 > 290*mm {
					t.Fatalf("page %d: %q ends at %.1f, %.1f mm", w.page, w.text, w.x2/mm, w.y2/mm)
				}
			}
			places := slices.SortedFunc(maps.Keys(rows), func(a, b place) int {
				return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.y, b.y))
			})
			for i := 1; i < len(places); i++ {
				if a, b := places[i-1], places[i]; a.page == b.page && b.y-a.y < 9 {
					t.Fatalf("page %d: the lines at %.1f and %.1f pt overlap: %q, %q", a.page, a.y, b.y, rows[a], rows[b])
				}
			}
		})
	}
}

func thousand(kind string) *minutes.Minutes {
	m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: kind, Language: "vi", Title: "Hội nghị"}}
	for i := range 10 {
		s := minutes.Section{Item: fmt.Sprint(i), Title: fmt.Sprintf("Nội dung thứ %d", i)}
		for j := range 100 {
			s.Sentences = append(s.Sentences, minutes.Sentence{Text: fmt.Sprintf("Đại biểu thứ %d phát biểu về nội dung %d, đề nghị tiếp tục thực hiện.", j, i), Speaker: fmt.Sprint(j / (1 + i))})
		}
		m.Meeting.Agenda = append(m.Meeting.Agenda, minutes.AgendaItem{ID: s.Item, Title: s.Title})
		m.Sections = append(m.Sections, s)
	}
	return m
}

func tables(n int) *minutes.Minutes {
	m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "dai-hoi", Language: "vi", Title: "Đại hội", Delegates: minutes.Delegates{Summoned: 145, Present: 143, Absent: 2},
		Agenda: []minutes.AgendaItem{{ID: "1", Title: "Bầu cử"}}}}
	e := minutes.Election{Item: "1", Subject: "Ban Chấp hành", Seats: 27, Issued: 143, Returned: 143, Valid: 142, Invalid: 1}
	for i := range n {
		e.Results = append(e.Results, minutes.Result{Name: fmt.Sprintf("Nguyễn Văn Thứ %d", i), Votes: 140 - i%50, Elected: i < 27})
	}
	m.Meeting.Elections = []minutes.Election{e}
	return m
}

func tallCell() *minutes.Minutes {
	m := &minutes.Minutes{Meeting: minutes.Meeting{Kind: "council", Language: "en", Title: "Meeting", Agenda: []minutes.AgendaItem{{ID: "1", Title: "Works"}}}}
	m.Meeting.Actions = []minutes.Action{{Item: "1", Owner: "Priya Nair", Task: strings.Repeat("Repair the bridge and report on it. ", 200)}, {Item: "1", Task: "Short"}}
	return m
}

func TestATablesHeadIsRepeatedOnEveryPage(t *testing.T) {
	f := readPDF(t, export(t, tables(100), form.Options{Format: form.PDF}))
	if f.pages < 3 {
		t.Fatalf("%d pages", f.pages)
	}
	for p := 1; p <= f.pages; p++ {
		rows, heads := 0, 0
		for _, l := range f.lines(p) {
			if strings.HasPrefix(l.text, "Nguyễn Văn Thứ") {
				rows++
			}
			if l.text == "Họ và tên" {
				heads++
			}
		}
		if rows > 0 && heads != 1 || rows == 0 && heads > 0 {
			t.Errorf("page %d: %d heads over %d rows", p, heads, rows)
		}
	}
}

func TestNoLineStandsAloneAndSignaturesKeepTwoLinesOfTheBody(t *testing.T) {
	for n := 0; n < 24; n += 2 { // each length moves the page breaks
		m := thousand("dai-hoi")
		m.Sections = m.Sections[:2]
		m.Meeting.Agenda = m.Meeting.Agenda[:2]
		m.Sections[1].Sentences = m.Sections[1].Sentences[:20+n]
		m.Meeting.People = []minutes.Person{{Name: "Lê Quốc Khánh", Role: minutes.Roles{"chair", "presidium"}}, {Name: "Trần Thị Ngọc Hân", Role: minutes.Roles{"secretary"}}}
		f := readPDF(t, export(t, m, form.Options{Format: form.PDF}))
		sign := f.find(t, "T/M ĐOÀN CHỦ TỊCH")
		body := 0
		for _, l := range f.lines(sign.page) {
			if l.y < sign.y && l.mcid >= 0 {
				body++
			}
		}
		// The other side's authority is on the same level, not above.
		if body < 2 {
			t.Errorf("%d sentences: %d lines of the body above the signatures", n, body)
		}
		if last := f.find(t, "T/M ĐOÀN THƯ KÝ"); last.page != sign.page || last.y != sign.y {
			t.Errorf("%d sentences: the signatures are apart", n)
		}
		for p := 1; p < f.pages; p++ {
			var lines []shown
			for _, l := range f.lines(p) {
				if l.mcid >= 0 {
					lines = append(lines, l)
				}
			}
			k := len(lines)
			if strings.HasPrefix(lines[k-1].tag, "H") {
				t.Errorf("%d sentences: page %d ends with the heading %q", n, p, lines[k-1].text)
			}
			if lines[k-1].mcid != lines[k-2].mcid && !strings.HasSuffix(strings.TrimSpace(lines[k-1].text), ".") {
				t.Errorf("%d sentences: page %d ends with a first line alone: %q", n, p, lines[k-1].text)
			}
			next := f.lines(p + 1)
			if next[0].mcid < 0 {
				next = next[1:]
			}
			if len(next) > 1 && next[0].tag == "P" && near(next[0].x, 30) && next[0].mcid != next[1].mcid {
				t.Errorf("%d sentences: page %d begins with a last line alone: %q", n, p+1, next[0].text)
			}
		}
	}
}

func FuzzAnyTextIsExported(f *testing.F) {
	f.Add(hostile, "Đại hội")
	f.Add("\x00\xff\xfe", strings.Repeat("x", 300))
	f.Add("  gap   gap ", "\u0301\u0323")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 3000 {
			return
		}
		m := &minutes.Minutes{
			Meeting:  minutes.Meeting{Kind: "chi-bo", Language: "vi", Title: a, Issuer: b, Place: a, Number: b, People: []minutes.Person{{Name: b, Title: a, Role: minutes.Roles{"chair"}}}, Agenda: []minutes.AgendaItem{{ID: a, Title: b}}},
			Sections: []minutes.Section{{Item: a, Sentences: []minutes.Sentence{{Text: a + b, Speaker: b}}}},
		}
		for _, format := range formats {
			got := export(t, m, form.Options{Format: format, Copy: form.Full})
			if format == form.PDF {
				readPDF(t, got)
			} else if !utf8.Valid(got) {
				t.Errorf("%s is not UTF-8", format)
			}
		}
	})
}

func TestTheSameMinutesGiveTheSameBytes(t *testing.T) {
	for _, f := range formats {
		first := export(t, hostileMinutes("dai-hoi"), form.Options{Format: f})
		for range 3 {
			if !bytes.Equal(first, export(t, hostileMinutes("dai-hoi"), form.Options{Format: f})) {
				t.Errorf("%s differs from one time to the next", f)
			}
		}
	}
	if pdf := export(t, sample(t, "dai-hoi-mau"), form.Options{Format: form.PDF}); !bytes.Contains(pdf, []byte("/CreationDate (D:20250818041000)")) {
		t.Error("the file's date is not the meeting's end")
	}
}

func TestTheOperatorsFontsAreUsedOrRefused(t *testing.T) {
	dir := t.TempDir()
	fonts := templates.LiberationSerif()
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("times.ttf", fonts.Regular)
	write("TIMESBD.TTF", fonts.Bold)
	write("timesi.ttf", fonts.Italic)
	o := form.Options{Format: form.PDF, Fonts: dir}
	refused := func(want string) {
		t.Helper()
		err := form.Export(&bytes.Buffer{}, sample(t, "council-demo"), o)
		if err == nil || !strings.Contains(err.Error(), want) || fault.CodeOf(err) != fault.Invalid {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	refused("has no timesbi.ttf")
	for _, cut := range []int{0, 3, 12, 200, 5000, 100_000, len(fonts.BoldItalic) - 1} {
		write("timesbi.ttf", fonts.BoldItalic[:cut])
		refused("bold italic face: the file is cut or no TrueType font")
	}
	write("timesbi.ttf", fonts.BoldItalic)
	if len(export(t, sample(t, "council-demo"), o)) == 0 {
		t.Error("nothing painted")
	}
}
