package form

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jung-kurt/gofpdf"

	"bienban/internal/fault"
	"bienban/templates"
)

// paint lays out and paints the PDF.
func (p *prepared) paint(w *bytes.Buffer) error {
	fs, err := p.loadFaces()
	if err != nil {
		return err
	}
	d := p.document()
	l := newLayout(p.form, fs)
	l.titleBold = p.set("title_bold") == "on"
	if err := l.set(d); err != nil {
		return err
	}
	pt := &painter{layout: l, family: "LiberationSerif", pages: paginate(l.boxes, l.height), twoSided: p.set("two_sided") == "on"}
	if p.fonts != "" {
		pt.family = "TimesNewRoman"
	}
	if p.copy == Full {
		pt.internal = p.words.Labels["internal"]
	}
	when := p.m.Meeting.End.Time
	if when.IsZero() {
		when = p.m.Meeting.Start.Time
	}
	if when.IsZero() {
		when = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // any, but always the same
	}
	return pt.paint(w, d, when.UTC())
}

// builtIn are the faces that come with the program, read once; nobody changes
// them.
var builtIn = sync.OnceValues(func() (*faces, error) { return readFaces(templates.LiberationSerif()) })

func (p *prepared) loadFaces() (*faces, error) {
	if p.fonts == "" {
		return builtIn()
	}
	set, err := templates.FontsFrom(p.fonts)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%w", err)
	}
	return readFaces(set)
}

func readFaces(set templates.Fonts) (*faces, error) {
	var fs faces
	for i, data := range [][]byte{set.Regular, set.Bold, set.Italic, set.BoldItalic} {
		f, err := parseFace(data)
		if err != nil {
			return nil, fault.New(fault.Invalid, "fonts: %s face: %w", [...]string{"regular", "bold", "italic", "bold italic"}[i], err)
		}
		fs[i] = f
	}
	return &fs, nil
}

// painter puts laid-out pages into a PDF. Every stretch of text stands in
// marked content with an id of its own on its page, everything else is an
// artifact, so that a structure tree can be laid over the file later.
type painter struct {
	*layout
	pages    [][]placed
	family   string // what the fonts are called in the file
	twoSided bool
	internal string // marked on every page after the first
	pdf      *gofpdf.Fpdf
	font     string
	mark     int // element whose marked content is open, -1 for none
	mcid     int
}

func (pt *painter) paint(w *bytes.Buffer, d *document, when time.Time) (err error) {
	defer func() { // gofpdf panics on fonts that it cannot read
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "export pdf: gofpdf: %v", r)
		}
	}()
	size := pt.form.Page.Size
	pdf := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: gofpdf.SizeType{Wd: size[0] * mm, Ht: size[1] * mm}})
	pt.pdf = pdf
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(when)
	pdf.SetModificationDate(when)
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetProducer("bienban", true)
	pdf.SetTitle(inPlane(d.title), true)
	pdf.SetSubject(inPlane(d.subject), true)
	for i, used := range pt.used() {
		if used {
			pdf.AddUTF8FontFromBytes(pt.family, fontStyle(i), append([]byte(nil), pt.faces[i].data...))
		}
	}
	for n, page := range pt.pages {
		pdf.AddPage()
		pt.font, pt.mark, pt.mcid = "", -1, 0
		pt.page(n+1, page)
	}
	if err := pdf.Output(w); err != nil {
		return fault.New(fault.Internal, "export pdf: %w", err)
	}
	return nil
}

// used finds which faces anything is set in: the others need no embedding.
func (pt *painter) used() [4]bool {
	var u [4]bool
	mark := func(b box) {
		for _, g := range b.text {
			u[g.face] = true
		}
	}
	for _, page := range pt.pages {
		for _, b := range page {
			mark(b.box)
		}
	}
	s := pt.style("page_number")
	u[faceOf(s)] = true
	if pt.internal != "" {
		u[faceOf(pt.style("internal"))] = true
	}
	return u
}

func faceOf(s templates.Style) int {
	k := 0
	if s.Bold {
		k |= bold
	}
	if s.Italic {
		k |= italic
	}
	return k
}

func fontStyle(face int) string { return [...]string{"", "B", "I", "BI"}[face] }

// page paints one page, number n from 1.
func (pt *painter) page(n int, page []placed) {
	m := pt.form.Page.Margins
	left := m.Left * mm
	if pt.twoSided && n%2 == 0 {
		left = m.Right * mm
	}
	top := m.Top * mm
	pt.furniture(n, left)
	for _, b := range page {
		for _, g := range b.text {
			pt.open(g.elem)
			pt.text(left+g.x, top+b.y+g.y, g)
		}
	}
	pt.close()
	var rules []rule
	for _, b := range page {
		for _, r := range b.rules {
			r.x, r.y = r.x+left, r.y+b.y+top
			rules = append(rules, r)
		}
	}
	if n := len(page); n > 0 && page[n-1].again != nil { // a table's row that goes on overleaf
		b := page[n-1]
		rules = append(rules, rule{x: left, y: top + b.y + b.height, w: pt.width, thick: tableRule})
	}
	if len(rules) == 0 {
		return
	}
	pt.pdf.RawWriteStr("/Artifact <</Type /Layout>> BDC")
	for _, r := range rules {
		pt.pdf.SetLineWidth(r.thick)
		if r.h > 0 {
			pt.pdf.Line(r.x, r.y, r.x, r.y+r.h)
		} else {
			pt.pdf.Line(r.x, r.y, r.x+r.w, r.y)
		}
	}
	pt.pdf.RawWriteStr("EMC")
}

// furniture paints the page number and, from the second page of a full copy
// on, the mark that it is internal.
func (pt *painter) furniture(n int, left float64) {
	num := pt.form.Page.Number
	put := func(style, text, align string) {
		s := pt.style(style)
		s.Align = align
		f := pt.faces[faceOf(s)]
		text = f.show(text)
		w := f.width(text) * s.Size / 1000
		x := left + (pt.width-w)/2
		if align == "right" {
			x = left + pt.width - w
		}
		y := num.Edge*mm + f.ascent*s.Size/1000
		if num.Place == "bottom" && align == "center" {
			y = (pt.form.Page.Size[1]-num.Edge)*mm - f.descent*s.Size/1000
		}
		pt.pdf.RawWriteStr("/Artifact <</Type /Pagination>> BDC")
		pt.text(x, y, glyphs{text: text, face: faceOf(s), size: s.Size})
		pt.pdf.RawWriteStr("EMC")
	}
	if n >= num.From {
		put("page_number", templates.Fill(num.Text, map[string]string{"page": strconv.Itoa(n), "pages": strconv.Itoa(len(pt.pages))}), "center")
	}
	if n > 1 && pt.internal != "" {
		put("internal", pt.internal, "right")
	}
}

// open begins the marked content of an element, unless it is open already.
func (pt *painter) open(elem int) {
	if pt.mark == elem {
		return
	}
	pt.close()
	pt.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", pt.elements[elem].tag, pt.mcid))
	pt.mark = elem
	pt.mcid++
}

func (pt *painter) close() {
	if pt.mark >= 0 {
		pt.pdf.RawWriteStr("EMC")
		pt.mark = -1
	}
}

func (pt *painter) text(x, y float64, g glyphs) {
	if f := fmt.Sprint(g.face, g.size); f != pt.font {
		pt.pdf.SetFont(pt.family, fontStyle(g.face), g.size)
		pt.font = f
	}
	pt.pdf.Text(x, y, g.text)
}

// inPlane leaves out what gofpdf cannot write into a text string: runes beyond
// the Basic Multilingual Plane.
func inPlane(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r > 0xFFFF {
			out[i] = '\uFFFD'
		}
	}
	return string(out)
}
