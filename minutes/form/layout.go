package form

import (
	"bienban/internal/fault"
	"bienban/templates"
)

// mm is points in a millimetre.
const mm = 72 / 25.4

// Thickness of the rules of a head and of a table's lines, in points: Word's
// ¾ pt and ½ pt.
const (
	headRule  = 0.75
	tableRule = 0.5
)

// signatureGap is the room for a signature and a seal between a signer's title
// and name, in points (about 26 mm).
const signatureGap = 74

// glyphs is a word's piece at its place; x from the left of the text, y of the
// baseline from the top of its box.
type glyphs struct {
	x, y float64
	text string
	face int
	size float64
	elem int // index into layout.elements
}

// rule is a straight line; horizontal when h is 0.
type rule struct{ x, y, w, h, thick float64 }

// box is a horizontal slice of the text: a line, a row of the head or of a
// table. Pages are broken between boxes.
type box struct {
	height float64
	before float64 // space above, dropped at the top of a page
	glued  bool    // no page break before it
	again  []box   // put first on a page that begins with this box
	text   []glyphs
	rules  []rule
}

// element is a node that a structure tree will want: what the text painted
// under its marks is.
type element struct{ tag string }

// layout sets a document on pages. All lengths are points.
type layout struct {
	form     *templates.Form
	faces    *faces
	width    float64 // of the text
	height   float64
	boxes    []box
	elements []element
	keepNext bool // glue the next block to what stands
	// titleBold prints signers' titles bold (a form's switch title_bold).
	titleBold bool
}

func newLayout(f *templates.Form, fs *faces) *layout {
	p := f.Page
	return &layout{form: f, faces: fs,
		width:  (p.Size[0] - p.Margins.Left - p.Margins.Right) * mm,
		height: (p.Size[1] - p.Margins.Top - p.Margins.Bottom) * mm,
	}
}

func (l *layout) set(d *document) error {
	for _, x := range d.blocks {
		switch x := x.(type) {
		case *head:
			l.head(x)
		case *heading:
			l.heading(x)
		case *paragraph:
			l.paragraph(x)
		case *table:
			l.table(x)
		case *signatures:
			l.signatures(x)
		default:
			return fault.New(fault.Internal, "export pdf: no layout for %T", x)
		}
	}
	return nil
}

func (l *layout) style(name string) templates.Style {
	s := l.form.Styles[name]
	if name == "signer_title" && l.titleBold {
		s.Bold = true
	}
	return s
}

func (l *layout) elem(tag string) int {
	l.elements = append(l.elements, element{tag})
	return len(l.elements) - 1
}

func (l *layout) add(b box) {
	if l.keepNext {
		b.glued, l.keepNext = true, false
	}
	l.boxes = append(l.boxes, b)
}

// baseline is where text of a size sits in a line of a pitch: its ascent and
// descent centred in it.
func (l *layout) baseline(size, pitch float64) float64 {
	f := l.faces[0]
	a, d := f.ascent*size/1000, f.descent*size/1000
	return (pitch-a-d)/2 + a
}

// lineText places a wrapped line's words. Justified lines spread their blanks.
func (l *layout) lineText(w wrapped, s templates.Style, x, width, y float64, elem int) []glyphs {
	gap := 0.0
	switch s.Align {
	case "center":
		x += (width - w.width) / 2
	case "right":
		x += width - w.width
	case "justify":
		if n := len(w.words) - 1; n > 0 && !w.last {
			// A line that a very long word has left half empty stays ragged.
			if g := (width - w.width) / float64(n); g < s.Size {
				gap = g
			}
		}
	}
	var out []glyphs
	for i, word := range w.words {
		if i > 0 {
			x += word.space + gap
		}
		for j, p := range word.pieces {
			text := p.text
			if j == len(word.pieces)-1 && i < len(w.words)-1 {
				text += " " // so that a reader of the text finds the blank
			}
			out = append(out, glyphs{x: x, y: y, text: text, face: p.face, size: s.Size, elem: elem})
			x += p.width
		}
	}
	return out
}

// lines makes boxes of a paragraph's lines, with no lone line left at the end
// of a page or taken to the next.
func (l *layout) lines(runs []run, s templates.Style, tag string) []box {
	left, indent := s.Left*mm, s.Indent*mm
	width := l.width - left
	words := l.faces.split(runs, s)
	var wrapped []wrapped
	if s.Align == "center" {
		wrapped = l.faces.balance(words, width, s.Size)
	} else {
		wrapped = l.faces.wrap(words, width, indent, s.Size)
	}
	elem := l.elem(tag)
	y := l.baseline(s.Size, s.Line)
	var out []box
	for i, w := range wrapped {
		b := box{height: s.Line, glued: i == 1 || i > 0 && i == len(wrapped)-1}
		x, room := left, width
		if i == 0 {
			b.before = s.Before
			x, room = x+indent, room-indent
		}
		b.text = l.lineText(w, s, x, room, y, elem)
		if s.Underline {
			b.rules = append(b.rules, l.under(b.text, w.width, y, s.Size))
		}
		out = append(out, b)
	}
	if s.After > 0 {
		out = append(out, box{height: 0, before: s.After, glued: true})
	}
	return out
}

func (l *layout) under(text []glyphs, width, y, size float64) rule {
	if len(text) == 0 {
		return rule{}
	}
	return rule{x: text[0].x, y: y + 0.12*size, w: width, thick: size / 20}
}

func (l *layout) addAll(boxes []box) {
	for _, b := range boxes {
		l.add(b)
	}
}

func (l *layout) paragraph(p *paragraph) {
	s := l.style(p.style)
	l.addAll(l.lines(p.runs, s, "P"))
	if p.style == "recipients_label" {
		l.keepNext = true
	}
}

func (l *layout) heading(h *heading) {
	level := min(max(h.level, 1), 3)
	s := l.style([...]string{"", "heading1", "heading2", "heading3"}[level])
	boxes := l.lines([]run{{text: h.number + h.text}}, s, [...]string{"", "H1", "H2", "H3"}[level])
	if len(boxes) < 20 { // a title of half a page is broken like a paragraph
		for i := range boxes[1:] {
			boxes[i+1].glued = true
		}
	}
	l.addAll(boxes)
	l.keepNext = true
}
