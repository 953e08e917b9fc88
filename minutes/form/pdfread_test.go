package form_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// The tests read the PDF back with a reader of their own, so that what is
// measured is what stands in the file, not what was meant.

// shown is a stretch of text on a page: points from the page's left and top
// edge to the start of its baseline.
type shown struct {
	page int
	x, y float64
	size float64
	font string // name in the file
	text string
	tag  string // of the marked content it stands in
	mcid int    // -1 for an artifact
}

// ruled is a line on a page.
type ruled struct {
	page           int
	x1, y1, x2, y2 float64
	width          float64
	artifact       bool
}

type pdfFile struct {
	width, height float64
	pages         int
	text          []shown
	rules         []ruled
}

var (
	objRE  = regexp.MustCompile(`(\d+) 0 obj\n$`)
	boxRE  = regexp.MustCompile(`/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]`)
	fontRE = regexp.MustCompile(`/F([0-9a-f]+) (\d+) 0 R`)
	contRE = regexp.MustCompile(`/Contents (\d+) 0 R`)
)

func readPDF(t testing.TB, b []byte) *pdfFile {
	t.Helper()
	objects := map[string][]byte{}
	f := &pdfFile{}
	var box [][]byte
	for rest := b; ; {
		_, after, ok := bytes.Cut(rest, []byte(" 0 obj\n"))
		if !ok {
			break
		}
		start := len(rest) - len(after)
		name := objRE.FindSubmatch(rest[max(0, start-20):start])
		body, next, ok := bytes.Cut(after, []byte("endobj\n"))
		if name == nil || !ok {
			t.Fatal("an object is broken")
		}
		objects[string(name[1])] = body
		if bytes.Contains(body, []byte("/MediaBox")) {
			box = boxRE.FindSubmatch(body)
		}
		rest = next
	}
	if box == nil {
		t.Fatal("no MediaBox")
	}
	f.width, f.height = number(t, string(box[1])), number(t, string(box[2]))
	fonts := map[string]string{}
	for _, o := range objects {
		if !bytes.Contains(o, []byte("/ProcSet")) {
			continue
		}
		for _, m := range fontRE.FindAllSubmatch(o, -1) {
			name := regexp.MustCompile(`/BaseFont /(\S+)`).FindSubmatch(objects[string(m[2])])
			fonts["F"+string(m[1])] = string(name[1])
		}
	}
	for i := 1; i <= len(objects); i++ {
		o := objects[strconv.Itoa(i)]
		if !bytes.Contains(o, []byte("/Type /Page\n")) {
			continue
		}
		f.pages++
		c := contRE.FindSubmatch(o)
		_, s, _ := bytes.Cut(objects[string(c[1])], []byte("stream\n"))
		z, err := zlib.NewReader(bytes.NewReader(s))
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		f.content(t, data, fonts)
	}
	if f.pages == 0 {
		t.Fatal("no page")
	}
	return f
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// content runs through the operators that gofpdf and the painter write.
func (f *pdfFile) content(t testing.TB, data []byte, fonts map[string]string) {
	t.Helper()
	var stack []any
	var font string
	var size, x, y, lw, mx, my, lx, ly float64
	tag, mcid, depth := "", -2, 0
	str := func(i int) string { return fmt.Sprint(stack[len(stack)-i]) }
	num := func(i int) float64 { return number(t, str(i)) }
	for _, tok := range tokens(t, data) {
		op, ok := tok.(operator)
		if !ok {
			stack = append(stack, tok)
			continue
		}
		switch op {
		case "Tf":
			font, size = fonts[strings.TrimPrefix(str(2), "/")], num(1)
		case "Td":
			x, y = num(2), f.height-num(1)
		case "Tj":
			s := stack[len(stack)-1].(literal)
			u := make([]uint16, len(s)/2)
			for i := range u {
				u[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
			}
			if mcid == -2 {
				t.Errorf("page %d: text outside marked content: %q", f.pages, string(utf16.Decode(u)))
			}
			f.text = append(f.text, shown{page: f.pages, x: x, y: y, size: size, font: font, text: string(utf16.Decode(u)), tag: tag, mcid: mcid})
		case "BDC":
			if depth++; depth > 1 {
				t.Errorf("page %d: marked content within marked content", f.pages)
			}
			tag, mcid = strings.TrimPrefix(str(len(stack)), "/"), -1
			if m := regexp.MustCompile(`/MCID (\d+)`).FindStringSubmatch(str(1)); m != nil {
				mcid, _ = strconv.Atoi(m[1])
			}
		case "EMC":
			depth--
			tag, mcid = "", -2
		case "w":
			lw = num(1)
		case "m":
			mx, my = num(2), f.height-num(1)
		case "l":
			lx, ly = num(2), f.height-num(1)
		case "S":
			f.rules = append(f.rules, ruled{f.pages, mx, my, lx, ly, lw, tag == "Artifact"})
		}
		stack = nil
	}
	if depth != 0 {
		t.Errorf("page %d: marked content is left open", f.pages)
	}
}

type (
	operator string
	literal  []byte
)

func tokens(t testing.TB, b []byte) []any {
	t.Helper()
	var out []any
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c == ' ' || c == '\n' || c == '\r':
			i++
		case c == '(':
			var s literal
			for i++; b[i] != ')'; i++ {
				if b[i] == '\\' {
					i++
					if b[i] == 'r' {
						s = append(s, '\r')
						continue
					}
				}
				s = append(s, b[i])
			}
			out = append(out, s)
			i++
		case c == '<' && b[i+1] == '<':
			j := i + bytes.Index(b[i:], []byte(">>")) + 2
			out = append(out, string(b[i:j]))
			i = j
		default:
			j := i
			for j < len(b) && !bytes.ContainsRune([]byte(" \n\r(<"), rune(b[j])) {
				j++
			}
			w := string(b[i:j])
			if w[0] == '/' || w[0] == '-' || w[0] >= '0' && w[0] <= '9' || w[0] == '[' {
				out = append(out, w)
			} else {
				out = append(out, operator(w))
			}
			i = j
		}
	}
	return out
}

// lines joins the text of each baseline of a page, left to right.
func (f *pdfFile) lines(page int) []shown {
	var out []shown
	for _, s := range f.text {
		if s.page != page {
			continue
		}
		if n := len(out); n > 0 && out[n-1].y == s.y && out[n-1].mcid == s.mcid {
			out[n-1].text += s.text
			continue
		}
		out = append(out, s)
	}
	return out
}

// find gives the line that begins with the text.
func (f *pdfFile) find(t testing.TB, text string) shown {
	t.Helper()
	for p := 1; p <= f.pages; p++ {
		for _, l := range f.lines(p) {
			if strings.HasPrefix(l.text, text) {
				return l
			}
		}
	}
	t.Fatalf("no line begins with %q", text)
	return shown{}
}

// str is all text of the file in reading order.
func (f *pdfFile) str() string {
	var b strings.Builder
	for p := 1; p <= f.pages; p++ {
		for _, l := range f.lines(p) {
			b.WriteString(l.text + "\n")
		}
	}
	return b.String()
}
