package form

import "bienban/templates"

// Padding of a table's cells, in points.
const (
	cellPadX = 4
	cellPadY = 2.5
)

// table sets rows of wrapped cells with lines around them. A row stays on one
// page unless it is taller than half of one; the head comes again on every
// page.
func (l *layout) table(t *table) {
	if len(t.columns) == 0 {
		return
	}
	var titles []string
	for _, c := range t.columns {
		titles = append(titles, c.title)
	}
	head := l.row(t, titles, l.style("table_head"), "TH", true)
	head[0].before = l.style("body").Before
	l.addAll(head)
	again := append([]box(nil), head...)
	again[0].before = 0
	for i, r := range t.rows {
		rows := l.row(t, r, l.style("table_cell"), "TD", false)
		rows[0].glued = i == 0 // a head never stands alone
		for j := range rows {
			rows[j].again = again
			l.add(rows[j])
		}
	}
	l.add(box{before: 4, glued: true})
}

func (l *layout) row(t *table, cells []string, s templates.Style, tag string, header bool) []box {
	lines := make([][]wrapped, len(t.columns))
	elems := make([]int, len(t.columns))
	x := make([]float64, len(t.columns)+1)
	n := 1
	for i, c := range t.columns {
		x[i+1] = x[i] + c.share*l.width
		elems[i] = l.elem(tag)
		if i < len(cells) {
			lines[i] = l.faces.wrap(l.faces.split([]run{{text: cells[i]}}, s), c.share*l.width-2*cellPadX, 0, s.Size)
			n = max(n, len(lines[i]))
		}
	}
	tall := float64(n)*s.Line > l.height/2
	var out []box
	for j := range n {
		b := box{height: s.Line, glued: j > 0 && !tall}
		y := l.baseline(s.Size, s.Line)
		if j == 0 {
			b.height += cellPadY
			y += cellPadY
			b.rules = append(b.rules, rule{x: 0, y: 0, w: x[len(x)-1], thick: tableRule})
		}
		if j == n-1 {
			b.height += cellPadY
		}
		for i, c := range t.columns {
			st := s
			if !header {
				st.Align = c.align
			}
			if j < len(lines[i]) {
				b.text = append(b.text, l.lineText(lines[i][j], st, x[i]+cellPadX, c.share*l.width-2*cellPadX, y, elems[i])...)
			}
		}
		for _, at := range x {
			b.rules = append(b.rules, rule{x: at, y: 0, h: b.height, thick: tableRule})
		}
		if j == n-1 {
			b.rules = append(b.rules, rule{x: 0, y: b.height, w: x[len(x)-1], thick: tableRule})
		}
		out = append(out, b)
	}
	return out
}
