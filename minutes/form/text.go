package form

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// writeText writes plain text: UTF-8, line feeds, a paragraph on a line, each
// agenda title verbatim on a line of its own.
func writeText(b *bytes.Buffer, d *document) {
	gap := func() {
		if b.Len() > 0 && !bytes.HasSuffix(b.Bytes(), []byte("\n\n")) {
			b.WriteByte('\n')
		}
	}
	var before block
	for _, x := range d.blocks {
		switch x := x.(type) {
		case *head:
			gap()
			for _, list := range [][]line{x.left, x.right, x.across} {
				if len(list) > 0 {
					gap()
				}
				for _, l := range list {
					b.WriteString(plainBlanks(l.text) + "\n")
				}
			}
			gap()
		case *heading:
			gap()
			b.WriteString(x.text + "\n")
		case *paragraph:
			if last, ok := before.(*paragraph); !ok || !together(last, x) {
				gap()
			}
			for _, r := range x.runs {
				b.WriteString(r.text)
			}
			trimLine(b)
		case *table:
			gap()
			textTable(b, x)
		case *signatures:
			gap()
			for _, row := range x.rows {
				for _, s := range row {
					if s == nil {
						continue
					}
					gap()
					for _, l := range []string{s.authority, s.title, s.name} {
						if l != "" {
							b.WriteString(l + "\n")
						}
					}
				}
			}
		}
		before = x
	}
}

// plainBlanks makes blanks of those that only keep a line of the page together.
func plainBlanks(s string) string { return strings.ReplaceAll(s, "\u00A0", " ") }

// together says whether two paragraphs stand without a blank line between.
func together(a, b *paragraph) bool {
	return a.role == b.role && (b.list || b.role == roleOpening)
}

func trimLine(b *bytes.Buffer) {
	s := bytes.TrimRight(b.Bytes(), " ")
	b.Truncate(len(s))
	b.WriteByte('\n')
}

func textTable(b *bytes.Buffer, t *table) {
	width := make([]int, len(t.columns))
	rows := [][]string{nil}
	for i, c := range t.columns {
		rows[0] = append(rows[0], c.title)
		width[i] = utf8.RuneCountInString(c.title)
	}
	rows = append(rows, t.rows...)
	for _, r := range rows {
		for i, s := range r {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	for _, r := range rows {
		for i, s := range r {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(s))
			switch {
			case t.columns[i].align == "right":
				b.WriteString(pad + s)
			case i < len(r)-1:
				b.WriteString(s + pad)
			default:
				b.WriteString(s)
			}
			if i < len(r)-1 {
				b.WriteString("  ")
			}
		}
		trimLine(b)
	}
}
