package form

import "bienban/templates"

// columnPadding keeps the text of the two columns apart, in points.
const columnPadding = 1.5 * mm

// headRow is one line of a column of the head.
type headRow struct {
	line   wrapped
	style  templates.Style
	elem   int
	rule   string
	before float64
	spill  bool // wider than its column, into the free end of the other one's line
}

// columnGap is the least blank between the texts of the two columns where one
// spills into the other's, in points.
const columnGap = 5 * mm

// head sets the two columns row by row, on common baselines, then what goes
// across.
func (l *layout) head(h *head) {
	wl, wr := l.form.Page.Columns[0]*mm, l.form.Page.Columns[1]*mm
	left := l.column(h.left, wl, nil)
	right := l.column(h.right, wr, left)
	for i := range max(len(left), len(right)) {
		var a, b *headRow
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		x := box{}
		size := 0.0
		for _, r := range []*headRow{a, b} {
			if r != nil {
				x.height, size = max(x.height, r.style.Line), max(size, r.style.Size)
			}
		}
		if x.height == 0 {
			x.height = l.style("body").Line
		}
		if a == nil && b != nil {
			x.before = b.before
		}
		y := l.baseline(size, x.height)
		l.headRow(&x, a, 0, wl, y)
		l.headRow(&x, b, wl, wr, y)
		l.add(x)
	}
	for _, t := range h.across {
		s := l.style(t.style)
		boxes := l.lines([]run{{text: t.text}}, s, "P")
		if t.rule != "" {
			last := &boxes[len(boxes)-1]
			r := rule{y: last.height + 4, w: l.width, thick: headRule}
			if t.rule == "text" && len(last.text) > 0 {
				r.x = last.text[0].x
				r.w = l.width - 2*r.x
			}
			last.rules = append(last.rules, r)
			boxes = append(boxes, box{height: 6, glued: true})
		}
		l.addAll(boxes)
	}
}

// column wraps the lines of a column into rows; a line that goes level with
// the other column's last one is moved down to it.
func (l *layout) column(lines []line, width float64, other []*headRow) []*headRow {
	var rows []*headRow
	for _, t := range lines {
		s := l.style(t.style)
		words := l.faces.split([]run{{text: t.text}}, s)
		ws := l.faces.balance(words, width-2*columnPadding, s.Size)
		spill := false
		if n := len(other); t.level == "last" && len(ws) > 1 && n > len(rows) && other[n-1] != nil {
			// A long place and date stays on one line if there is room.
			free := l.width - width - columnGap - (l.width-width+other[n-1].line.width)/2
			if one := l.faces.wrap(words, width+free, 0, s.Size); len(one) == 1 {
				ws, spill = one, true
			}
		}
		if t.level == "last" {
			for len(rows) < len(other)-len(ws) {
				rows = append(rows, nil)
			}
		}
		elem := l.elem("P")
		for i, w := range ws {
			r := &headRow{line: w, style: s, elem: elem, spill: spill}
			if i == 0 {
				r.before = s.Before
			}
			if i == len(ws)-1 {
				r.rule = t.rule
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func (l *layout) headRow(b *box, r *headRow, x, width, y float64) {
	if r == nil {
		return
	}
	if r.spill {
		x, width = l.width-r.line.width, r.line.width
	}
	text := l.lineText(r.line, r.style, x, width, y, r.elem)
	b.text = append(b.text, text...)
	if len(text) == 0 {
		return
	}
	if r.style.Underline {
		b.rules = append(b.rules, l.under(text, r.line.width, y, r.style.Size))
	}
	if r.rule != "" {
		u := rule{x: text[0].x, y: y + 0.3*r.style.Size, w: r.line.width, thick: headRule}
		if r.rule == "full" {
			u.x, u.w = x, width
		}
		b.rules = append(b.rules, u)
	}
}

// signatures keep with the last two lines of the body; each row of them stays
// on one page.
func (l *layout) signatures(t *signatures) {
	wl, wr := l.form.Page.Columns[0]*mm, l.form.Page.Columns[1]*mm
	for i, row := range t.rows {
		left, right := l.signature(row[0], wl), l.signature(row[1], wr)
		first := len(l.boxes)
		// The names of a row stand on one level: pad the shorter upper part.
		upper := max(len(left.upper), len(right.upper))
		put := func(a, b *headRow, before float64) {
			x := box{before: before, glued: len(l.boxes) > first, height: l.style("authority").Line}
			for _, r := range []*headRow{a, b} {
				if r != nil {
					x.height = max(x.height, r.style.Line)
				}
			}
			y := l.baseline(l.style("authority").Size, x.height)
			l.headRow(&x, a, 0, wl, y)
			l.headRow(&x, b, wl, wr, y)
			l.add(x)
		}
		for j := range upper {
			before := 0.0
			if j == 0 {
				before = 18
			}
			put(at(left.upper, j), at(right.upper, j), before)
		}
		l.add(l.room(row, wl, wr))
		for j := range max(len(left.name), len(right.name)) {
			put(at(left.name, j), at(right.name, j), 0)
		}
		if i == 0 {
			l.glueBack(first)
		}
	}
}

// room is the space to sign in, with a line to sign on where the form has one.
func (l *layout) room(row [2]*signature, wl, wr float64) box {
	b := box{height: signatureGap, glued: true}
	if l.form.SignOn {
		b.height = signatureGap * 0.75
		for i, x := range []float64{0, wl} {
			if row[i] != nil {
				b.rules = append(b.rules, rule{x: x, y: b.height - 3, w: 0.85 * []float64{wl, wr}[i], thick: tableRule})
			}
		}
	}
	return b
}

// glueBack ties the box at i to the two lines before it.
func (l *layout) glueBack(i int) {
	lines := 0
	for ; i > 0 && i < len(l.boxes) && lines < 2; i-- {
		l.boxes[i].glued = true
		if len(l.boxes[i-1].text) > 0 {
			lines++
		}
	}
}

type signatureRows struct{ upper, name []*headRow }

func (l *layout) signature(s *signature, width float64) signatureRows {
	var r signatureRows
	if s == nil {
		return r
	}
	add := func(text, style string) (rows []*headRow) {
		if text == "" {
			return nil
		}
		return l.column([]line{{text: text, style: style}}, width, nil)
	}
	r.upper = append(add(s.authority, "authority"), add(s.title, "signer_title")...)
	r.name = add(s.name, "signer_name")
	return r
}

func at(rows []*headRow, i int) *headRow {
	if i < len(rows) {
		return rows[i]
	}
	return nil
}
