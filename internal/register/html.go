package register

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxPaste bounds what is pasted: Word writes a page of styles for a page of text.
const maxPaste = 8 << 20

// htmlLines reads the rows of the largest table of a pasted page; without a table,
// its paragraphs and list items. Only text is taken: no markup, style or script.
func htmlLines(page string) ([]line, error) {
	p := &pasted{}
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, refuseFor(err, "Không đọc được phần đã dán.", "the pasted text cannot be read")
			}
			return p.result()
		case html.TextToken:
			p.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if err := p.start(t); err != nil {
				return nil, err
			}
		case html.EndTagToken:
			p.end(z.Token().DataAtom)
		}
	}
}

// pasted is a page while it is read.
type pasted struct {
	hidden int // within style, script, head
	depth  int // of tables: only the outermost one's rows count
	rows   []row
	cell   *strings.Builder
	span   map[int]int // column → rows that a cell above still fills
	best   []row
	loose  []string // paragraphs outside tables
	para   strings.Builder
}

type row struct{ cells []string }

func hides(a atom.Atom) bool {
	return a == atom.Style || a == atom.Script || a == atom.Head || a == atom.Title || a == atom.Template
}

func (p *pasted) text(s string) {
	switch {
	case p.hidden > 0:
	case p.cell != nil:
		p.cell.WriteString(s)
	case p.depth == 0:
		p.para.WriteString(s)
	}
}

func (p *pasted) start(t html.Token) error {
	switch a := t.DataAtom; {
	case hides(a) && t.Type == html.StartTagToken:
		p.hidden++
	case a == atom.Table:
		p.flush()
		if p.depth++; p.depth == 1 {
			p.rows, p.span = nil, map[int]int{}
		}
	case a == atom.Tr && p.depth == 1:
		p.endCell()
		if len(p.rows) >= maxRows {
			return refuse("Bảng đã dán có hơn %d dòng.", "the pasted table has more than %d rows", maxRows)
		}
		p.rows = append(p.rows, row{})
		p.filled()
	case (a == atom.Td || a == atom.Th) && p.depth == 1 && len(p.rows) > 0:
		p.endCell()
		p.cell = &strings.Builder{}
		cols, down := number(t, "colspan", maxColumns), number(t, "rowspan", maxRows)
		r := &p.rows[len(p.rows)-1]
		for i := range cols {
			if down > 1 && len(r.cells)+i < maxColumns {
				p.span[len(r.cells)+i] = down
			}
		}
		r.cells = append(r.cells, "")
		for range cols - 1 { // a cell over several columns leaves the others empty
			if len(r.cells) < maxColumns {
				r.cells = append(r.cells, "\x00")
			}
		}
	case a == atom.Br || a == atom.P || a == atom.Div || a == atom.Li || a == atom.H1 || a == atom.H2 || a == atom.H3:
		if p.cell != nil {
			p.cell.WriteByte(' ')
		} else if p.depth == 0 {
			p.flush()
		}
	}
	return nil
}

// filled leaves room for cells that reach down from the rows above.
func (p *pasted) filled() {
	r := &p.rows[len(p.rows)-1]
	for len(r.cells) < maxColumns && p.span[len(r.cells)] > 1 {
		p.span[len(r.cells)]--
		r.cells = append(r.cells, "")
	}
}

func number(t html.Token, name string, most int) int {
	for _, a := range t.Attr {
		if a.Key == name {
			if n, err := strconv.Atoi(a.Val); err == nil && n > 0 {
				return min(n, most)
			}
		}
	}
	return 1
}

func (p *pasted) endCell() {
	if p.cell == nil || len(p.rows) == 0 {
		p.cell = nil
		return
	}
	r := &p.rows[len(p.rows)-1]
	at := len(r.cells) - 1
	for at > 0 && r.cells[at] == "\x00" {
		r.cells[at] = ""
		at--
	}
	if at >= 0 && len(r.cells) <= maxColumns {
		r.cells[at] = clean(p.cell.String())
	}
	p.cell = nil
	p.filled()
}

func (p *pasted) end(a atom.Atom) {
	switch {
	case hides(a) && p.hidden > 0:
		p.hidden--
	case (a == atom.Td || a == atom.Th || a == atom.Tr) && p.depth == 1:
		p.endCell()
	case a == atom.Table && p.depth > 0:
		if p.depth--; p.depth == 0 {
			p.endCell()
			if len(p.rows) > len(p.best) {
				p.best = p.rows
			}
		}
	case (a == atom.P || a == atom.Li || a == atom.Div) && p.depth == 0:
		p.flush()
	}
}

func (p *pasted) flush() {
	if s := clean(p.para.String()); s != "" && len(p.loose) < maxRows {
		p.loose = append(p.loose, s)
	}
	p.para.Reset()
}

func (p *pasted) result() ([]line, error) {
	if p.depth > 0 { // a table that was cut off
		p.endCell()
		if len(p.rows) > len(p.best) {
			p.best = p.rows
		}
	}
	p.flush()
	var lines []line
	for i, r := range p.best {
		lines = append(lines, line{number: i + 1, cells: r.cells})
	}
	if len(lines) == 0 {
		for i, s := range p.loose {
			lines = append(lines, line{number: i + 1, cells: []string{s}})
		}
	}
	return lines, nil
}
