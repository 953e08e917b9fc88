package form

import (
	"strconv"
	"strings"

	"bienban/minutes"
	"bienban/templates"
)

// document builds the tree of the copy.
func (p *prepared) document() *document {
	m := &p.m.Meeting
	b := &builder{prepared: p, w: p.writer(), labels: p.words.Labels}
	b.values, b.empty = p.values()
	d := &document{language: m.Language, title: clean(m.Title), subject: p.words.About}
	if d.language == "" {
		d.language = "vi"
	}
	if p.copy == Full {
		b.add(&paragraph{style: "internal", role: roleInternal, runs: []run{{text: b.labels["internal"]}}})
	}
	b.head()
	b.indexCites()
	b.lines(p.words.Opening, roleOpening)
	b.sessions()
	b.conflicts("")
	for i := range p.m.Sections {
		b.section(&p.m.Sections[i])
	}
	if p.words.Actions {
		b.actions()
	}
	b.lines(p.words.Closing, roleClosing)
	b.signatures()
	b.recipients()
	for _, name := range []string{"number", "place", "venue", "start", "end", "title", "summoned"} {
		if b.empty[name] && (name != "number" || p.numbered()) {
			p.remark("meeting.%s is empty: left blank for the clerk", remarkNames[name])
		}
	}
	d.blocks = b.blocks
	return d
}

// numbered says whether the words in use want the minutes' number, and not only where there is one.
func (p *prepared) numbered() bool {
	h := p.words.Head
	for _, list := range [][]templates.HeadLine{h.Left, h.Right, h.Title} {
		for _, l := range list {
			if (l.Switch == "" || p.set(l.Switch) != "off") && (contains(l.Values, "number") || contains(templates.Placeholders(l.Text), "number")) {
				return true
			}
		}
	}
	for _, list := range [][]templates.Line{p.words.Opening, p.words.Closing} {
		for _, l := range list {
			if !l.Optional && contains(templates.Placeholders(l.Text), "number") {
				return true
			}
		}
	}
	return false
}

var remarkNames = map[string]string{"number": "number", "place": "place", "venue": "venue", "start": "start", "end": "end",
	"title": "title", "summoned": "delegates"}

type builder struct {
	*prepared
	w      writer
	labels map[string]string
	values map[string]string
	empty  map[string]bool
	blocks []block
	counts []int           // of headings by level
	told   map[string]bool // data that a sentence already tells
}

func (b *builder) add(x block) { b.blocks = append(b.blocks, x) }

// label fills a label's placeholders from pairs of name and value.
func (b *builder) label(name string, pairs ...string) string {
	v := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return templates.Fill(b.labels[name], v)
}

func (b *builder) head() {
	h := b.words.Head
	b.add(&head{left: b.headLines(h.Left), right: b.headLines(h.Right), across: b.headLines(h.Title)})
}

func (b *builder) headLines(list []templates.HeadLine) []line {
	var out []line
	for _, h := range list {
		if h.Switch != "" && b.set(h.Switch) == "off" {
			continue
		}
		if len(h.Values) == 0 {
			if text := strings.TrimSpace(templates.Fill(b.spell(h.Text), b.values)); text != "" {
				out = append(out, line{text: text, style: h.Style, rule: h.Rule, level: h.Level})
			}
			continue
		}
		first := len(out)
		for _, name := range h.Values {
			if s := b.values[name]; s != "" {
				out = append(out, line{text: s, style: h.Style})
			}
		}
		if len(out) > first && h.Last != "" {
			out[len(out)-1].style = h.Last
		}
	}
	return out
}

// lines adds those of the opening or closing that are for this meeting.
func (b *builder) lines(list []templates.Line, role string) {
	style := "label"
	if role == roleClosing {
		style = "body"
	}
	for _, l := range list {
		if len(l.Kinds) > 0 && !contains(l.Kinds, b.m.Meeting.Kind) ||
			l.Needs != "" && len(b.people([]string{l.Needs})) == 0 ||
			l.Unless != "" && len(b.people([]string{l.Unless})) > 0 {
			continue
		}
		label := b.spell(l.Label)
		if label != "" {
			label += ": "
		}
		if len(l.People) > 0 {
			b.peopleLines(l, label, style, role)
			continue
		}
		empty, names := true, templates.Placeholders(l.Text)
		for _, name := range names {
			empty = empty && b.empty[name]
		}
		if l.Optional && empty && len(names) > 0 {
			continue
		}
		text := templates.Fill(b.spell(l.Text), b.values)
		if strings.HasSuffix(text, "..") && !strings.HasSuffix(text, "...") {
			text = strings.TrimSuffix(text, ".") // a venue that ends in a full stop itself
		}
		b.add(&paragraph{style: style, role: role, runs: labelled(label, text)})
	}
}

func labelled(label, text string) []run {
	if label == "" {
		return []run{{text: text}}
	}
	return []run{{text: label, bold: true}, {text: text}}
}

// peopleLines names those who have one of the roles: one on the label's own
// line, more as a list below it.
func (b *builder) peopleLines(l templates.Line, label, style, role string) {
	people := b.people(l.People)
	if !contains(l.People, minutes.RoleChair) { // who chairs is named once, as that
		people = keep(people, func(p minutes.Person, _ int) bool { return !p.Role.Has(minutes.RoleChair) })
	}
	if len(people) == 0 {
		if !l.Optional {
			b.add(&paragraph{style: style, role: role, runs: labelled(label, b.labels["blank"])})
			b.remark("nobody is entered for %q: left blank for the clerk", strings.TrimSuffix(label, ": "))
		}
		return
	}
	if len(people) == 1 {
		b.add(&paragraph{style: style, role: role, runs: labelled(label, b.person(l.Person, people[0])+b.stop())})
		return
	}
	b.add(&paragraph{style: style, role: role, runs: labelled(label, "")})
	for i, p := range people {
		end := ";"
		if i == len(people)-1 {
			end = "."
		}
		if b.stop() == "" {
			end = ""
		}
		b.add(&paragraph{style: style, role: role, list: true, runs: []run{{text: "- " + upperFirst(b.person(l.Person, p)) + end}}})
	}
}

// stop ends a line of the opening in forms whose lines are sentences.
func (b *builder) stop() string {
	if len(b.words.Opening) > 0 && strings.HasSuffix(b.words.Opening[0].Text, ".") {
		return "."
	}
	return ""
}

func (b *builder) person(pattern string, p minutes.Person) string {
	s := templates.Fill(pattern, map[string]string{"name": squeeze(p.Name), "title": squeeze(p.Title), "unit": squeeze(p.Unit)})
	return strings.TrimRight(s, " ,") // no title
}

// people gives everybody with one of the roles, in the meeting's order, a
// chair first.
func (b *builder) people(roles []string) []minutes.Person {
	var out []minutes.Person
	for _, chair := range []bool{true, false} {
		for _, p := range b.m.Meeting.People {
			first := p.Role.Has(minutes.RoleChair) || p.Role.Has(minutes.RoleHeadSecretary)
			if first != chair {
				continue
			}
			for _, r := range roles {
				if p.Role.Has(r) {
					out = append(out, p)
					break
				}
			}
		}
	}
	return out
}

// sessions lists the sittings of a meeting that has several.
func (b *builder) sessions() {
	list := b.m.Meeting.Sessions
	if len(list) < 2 {
		return
	}
	b.add(&paragraph{style: "label", role: roleOpening, runs: labelled(b.labels["sessions"]+":", "")})
	for _, s := range list {
		place := ""
		if s.Place != "" {
			place = b.labels["comma"] + squeeze(s.Place)
		}
		text := b.label("session", "id", squeeze(s.ID), "start", b.w.moment(s.Start), "end", b.w.moment(s.End), "place", place)
		b.add(&paragraph{style: "label", role: roleOpening, list: true, runs: []run{{text: "- " + text + b.stop()}}})
	}
}

// number counts an agenda item of a level and writes its number by the form's
// custom.
func (b *builder) number(level int) string {
	for len(b.counts) < level {
		b.counts = append(b.counts, 0)
	}
	b.counts = b.counts[:level]
	b.counts[level-1]++
	if len(b.words.Numbering) == 0 {
		return ""
	}
	n := b.counts[level-1]
	path := make([]string, level)
	for i, c := range b.counts {
		path[i] = strconv.Itoa(c)
	}
	return templates.Fill(b.words.Numbering[min(level, len(b.words.Numbering))-1], map[string]string{
		"n": strconv.Itoa(n), "roman": roman(n), "letter": letter(n), "path": strings.Join(path, "."),
	})
}

func (b *builder) level(item string) int {
	level := 1
	for a := b.m.Meeting.Item(item); a != nil && a.Parent != "" && level < 3; a = b.m.Meeting.Item(a.Parent) {
		level++
	}
	return level
}

func roman(n int) string {
	if n <= 0 || n > 3999 {
		return strconv.Itoa(n)
	}
	var s strings.Builder
	for _, d := range []struct {
		n int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.n; n -= d.n {
			s.WriteString(d.s)
		}
	}
	return s.String()
}

// letter counts a, b, … z, aa, ab, ….
func letter(n int) string {
	s := ""
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('a'+(n-1)%26)) + s
	}
	return s
}

func upperFirst(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
