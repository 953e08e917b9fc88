package form

import (
	"bytes"
	_ "embed"
	"html/template"
	"strconv"
	"strings"

	"bienban/internal/fault"
	"bienban/minutes"
)

//go:embed page.html.tmpl
var pageTemplate string

// The view of a page: typed, so that html/template escapes every text by the
// place it stands in.
type (
	pageView struct {
		Language, Title, EvidenceTitle string
		Blocks                         []blockView
		Evidence                       []evidenceView
	}
	blockView struct {
		Head    *headView
		Heading *headingView
		Table   *tableView
		Sign    []*signView
		Class   string
		Runs    []runView
	}
	headView struct{ Left, Right, Across []lineView }
	lineView struct {
		Text, Class string
		Main        bool
	}
	headingView struct {
		Level            int
		Number, ID, Text string
	}
	tableView struct {
		Caption string
		Columns []cellView
		Rows    [][]cellView
	}
	cellView struct {
		Title string
		Num   bool
	}
	signView struct{ Authority, Title, Name string }
	runView  struct {
		Text         string
		Bold, Italic bool
		Cites        []citeView
	}
	citeView struct {
		ID, Target string
		N          int
	}
	evidenceView struct {
		citeView
		Speaker, Text string
	}
)

// writeHTML writes one page that needs nothing else: no script, no font, no
// image. The full copy links each sentence to its evidence below.
func writeHTML(b *bytes.Buffer, d *document, p *prepared) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return fault.New(fault.Internal, "export html: %w", err)
	}
	v := &pageView{Language: d.language, Title: d.title}
	if v.Title == "" {
		v.Title = "bienban"
	}
	cites := map[string]citeView{}
	if p.copy == Full {
		v.EvidenceTitle = p.words.Labels["evidence"]
		for i, e := range p.m.Evidence {
			c := citeView{ID: clean(e.ID), Target: "e" + strconv.Itoa(i+1), N: i + 1}
			cites[e.ID] = c
			v.Evidence = append(v.Evidence, evidenceView{citeView: c, Speaker: clean(e.Speaker), Text: evidenceText(e)})
		}
	}
	for _, x := range d.blocks {
		v.Blocks = append(v.Blocks, p.view(x, cites))
	}
	if err := t.Execute(b, v); err != nil {
		return fault.New(fault.Internal, "export html: %w", err)
	}
	return nil
}

func evidenceText(e minutes.Evidence) string {
	s := squeeze(e.Text)
	if raw := squeeze(e.Raw); raw != "" && raw != s {
		s += " [" + raw + "]"
	}
	return s
}

func (p *prepared) view(x block, cites map[string]citeView) blockView {
	switch x := x.(type) {
	case *head:
		return blockView{Head: &headView{Left: p.headView(x.left, false), Right: p.headView(x.right, false), Across: p.headView(x.across, true)}}
	case *heading:
		h := &headingView{Level: x.level, Number: x.number, Text: x.text}
		if x.item != "" {
			h.ID = "item-" + slug(x.item)
		}
		return blockView{Heading: h}
	case *table:
		t := &tableView{Caption: x.caption}
		for _, c := range x.columns {
			t.Columns = append(t.Columns, cellView{c.title, c.align == "right"})
		}
		for _, r := range x.rows {
			var row []cellView
			for i, s := range r {
				row = append(row, cellView{s, x.columns[i].align == "right"})
			}
			t.Rows = append(t.Rows, row)
		}
		return blockView{Table: t}
	case *signatures:
		v := blockView{}
		for _, row := range x.rows {
			for _, s := range row {
				if s == nil {
					v.Sign = append(v.Sign, nil)
					continue
				}
				v.Sign = append(v.Sign, &signView{s.authority, s.title, s.name})
			}
		}
		return v
	case *paragraph:
		v := blockView{Class: x.role}
		switch {
		case x.role == roleRecipients && !x.list:
			v.Class += " lead"
		case x.list && x.role != roleRecipients:
			v.Class = "item-list"
		}
		for _, r := range x.runs {
			w := runView{Text: r.text, Bold: r.bold, Italic: r.italic}
			for _, id := range r.cites {
				if c, ok := cites[id]; ok {
					w.Cites = append(w.Cites, c)
				}
			}
			v.Runs = append(v.Runs, w)
		}
		return v
	}
	return blockView{}
}

func (p *prepared) headView(list []line, across bool) []lineView {
	var out []lineView
	for i, l := range list {
		s := p.words.Styles[l.style]
		var class []string
		for _, c := range []struct {
			on   bool
			name string
		}{{s.Upper, "upper"}, {s.Bold, "bold"}, {s.Italic, "italic"}, {l.rule == "text", "rule"}, {l.rule == "full", "full"}, {l.level != "", "level"}} {
			if c.on {
				class = append(class, c.name)
			}
		}
		out = append(out, lineView{Text: plainBlanks(l.text), Class: strings.Join(class, " "), Main: across && i == titleLine(list)})
	}
	return out
}

// titleLine is the line that a page takes for its h1: what the document is
// called, which stands before its subject.
func titleLine(list []line) int {
	for i, l := range list {
		if l.style == "title" {
			return i
		}
	}
	return 0
}

// slug makes an id for a link of an agenda id: letters, digits and hyphens.
func slug(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			b.WriteRune(r)
		default:
			b.WriteString("_" + strconv.FormatInt(int64(r), 16))
		}
	}
	return b.String()
}
