package templates

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// What a form may name. The kinds and roles are those of docs/meeting-format.md.
var (
	kinds  = words("dai-hoi bch btv chi-bo hdnd ubnd council")
	roles  = words("chair presidium secretary head-secretary clerk verification teller superior guest")
	styles = words(`title subject body label heading1 heading2 heading3 authority signer_title signer_name
		recipients_label recipients page_number table_head table_cell internal`)
	values = words(`superior issuer body title number place venue place_date start end start_date start_clock
		end_date end_clock summoned present absent present_percent members`)
	aligns = words("left center right justify")

	// labels maps each word that the program asks for to the placeholders it may hold.
	labels = map[string]string{
		"conflict":        "text",
		"present_percent": "percent base",
		"blank":           "",
		"comma":           "",
		"internal":        "",
		"vote":            "subject for against abstain",
		"vote_plain":      "subject",
		"vote_text":       "text",
		"vote_present":    "percent base members",
		"vote_total":      "percent base members",
		"vote_moved":      "moved",
		"vote_seconded":   "seconded",
		"vote_passed":     "",
		"vote_failed":     "",
		"roll_for":        "names",
		"roll_against":    "names",
		"roll_abstain":    "names",

		"election":         "subject",
		"election_seats":   "n",
		"election_list":    "n",
		"election_left":    "n",
		"election_round":   "n",
		"election_ballots": "issued returned valid invalid",
		"election_base":    "base members",
		"election_name":    "",
		"election_votes":   "",
		"election_percent": "",
		"election_result":  "",
		"election_yes":     "",
		"election_no":      "",

		"appointment":          "decision",
		"appointment_date":     "date",
		"appointment_by":       "authority",
		"appointment_reader":   "reader",
		"appointment_body":     "body",
		"contribution_spoken":  "person",
		"contribution_written": "person",
		"contribution_title":   "title",
		"arrive":               "person",
		"leave":                "person",
		"event_at":             "clock",
		"event_people":         "n",
		"event_reason":         "reason",
		"event_present":        "n",
		"action":               "task",
		"action_owner":         "owner",
		"action_due":           "due",

		"actions":       "",
		"actions_item":  "",
		"actions_task":  "",
		"actions_owner": "",
		"actions_due":   "",
		"sessions":      "",
		"session":       "id start end place",
		"recipients":    "",
		"evidence":      "",
	}
)

func words(s string) []string { return strings.Fields(s) }

type checker struct {
	file string
	root *yaml.Node
	form *Form
	err  error // the first one
}

// fail keeps the first error; where is a path of keys and indices from the root.
func (c *checker) fail(where, format string, args ...any) {
	if c.err != nil {
		return
	}
	c.err = fmt.Errorf("%s: line %d: %s: %s", c.file, c.line(where), where, fmt.Sprintf(format, args...))
}

func (c *checker) line(where string) int {
	n := c.root
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, key := range strings.Split(where, ".") {
		next := child(n, key)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

func child(n *yaml.Node, key string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

func (c *checker) oneOf(where, value string, list []string) {
	if value != "" && !holds(list, value) {
		c.fail(where, "%q is not one of %s", value, strings.Join(list, ", "))
	}
}

func (c *checker) allOf(where string, given, list []string) {
	for i, v := range given {
		if v == "" || !holds(list, v) {
			c.fail(fmt.Sprintf("%s.%d", where, i), "%q is not one of %s", v, strings.Join(list, ", "))
		}
	}
}

func (c *checker) text(where, s string, known []string) {
	for _, p := range Placeholders(s) {
		if !holds(known, p) {
			c.fail(where, "{%s} is not known here: use one of {%s}", p, strings.Join(known, "}, {"))
		}
	}
}

func (c *checker) check(official bool) {
	f := c.form
	if f.Name == "" {
		c.fail("name", "a form needs a name")
	}
	c.allOf("kinds", f.Kinds, kinds)
	if f.Language == "" {
		c.fail("language", "say which language the form's own words are in")
	}
	for name, s := range f.Switches {
		if !holds(s.Values, s.Default) {
			c.fail("switches."+name, "the default %q is not one of its values %s", s.Default, strings.Join(s.Values, ", "))
		}
	}
	if official {
		if len(f.Kinds) == 0 {
			c.fail("kinds", "say which kinds of meeting the form is for")
		}
		c.page()
		c.styles()
	}
	c.head("left", f.Head.Left, official)
	c.head("right", f.Head.Right, official)
	c.head("title", f.Head.Title, official)
	c.lines("opening", f.Opening)
	c.lines("closing", f.Closing)
	for i, s := range f.Signers {
		at := fmt.Sprintf("signers.%d", i)
		c.allOf(at+".kinds", s.Kinds, kinds)
		c.allOf(at+".roles", s.Roles, roles)
		c.oneOf(at+".needs", s.Needs, roles)
		c.oneOf(at+".unless", s.Unless, roles)
		if s.Side != "left" && s.Side != "right" {
			c.fail(at+".side", "%q is not a side: write left or right", s.Side)
		}
	}
	for i, n := range f.Numbering {
		c.text(fmt.Sprintf("numbering.%d", i), n, words("n roman letter path"))
	}
	for k := range f.Symbols {
		c.oneOf("symbols", k, kinds)
	}
	for k := range f.Members {
		c.oneOf("members", k, kinds)
	}
	of := f.Kinds
	if !official {
		of = kinds
	}
	for _, k := range of {
		if f.Members[k] == "" {
			c.fail("members", "say what those who vote are called at the kind %s", k)
		}
	}
	for name, text := range f.Labels {
		known, ok := labels[name]
		if !ok {
			c.fail("labels."+name, "no such label")
		}
		c.text("labels."+name, text, words(known))
	}
	for name := range labels {
		if _, ok := f.Labels[name]; !ok {
			c.fail("labels", "the label %s is missing", name)
		}
	}
}

func (c *checker) page() {
	p := c.form.Page
	for _, v := range []struct {
		where string
		mm    float64
	}{
		{"page.size", p.Size[0]}, {"page.size", p.Size[1]}, {"page.margins.top", p.Margins.Top},
		{"page.margins.bottom", p.Margins.Bottom}, {"page.margins.left", p.Margins.Left},
		{"page.margins.right", p.Margins.Right}, {"page.columns", p.Columns[0]}, {"page.columns", p.Columns[1]},
	} {
		if !(v.mm > 0 && v.mm < 2000) {
			c.fail(v.where, "a length in millimetres is missing or out of range")
		}
	}
	width := p.Size[0] - p.Margins.Left - p.Margins.Right
	if width < 50 || p.Size[1]-p.Margins.Top-p.Margins.Bottom < 100 {
		c.fail("page.margins", "less than 50 × 100 mm is left for the text")
	}
	if math.Abs(p.Columns[0]+p.Columns[1]-width) > 0.01 {
		c.fail("page.columns", "the columns are %g mm together, the text is %g mm wide: make them equal", p.Columns[0]+p.Columns[1], width)
	}
	if p.Number.From < 1 || p.Number.Edge <= 0 {
		c.fail("page.number", "say from which page (from: 2) and how far from the edge (edge: 10)")
	}
	if p.Number.Place != "top" && p.Number.Place != "bottom" {
		c.fail("page.number", "place must be top or bottom")
	}
	c.text("page.number.text", p.Number.Text, words("page pages"))
}

func (c *checker) styles() {
	for _, name := range styles {
		if _, ok := c.form.Styles[name]; !ok {
			c.fail("styles", "the style %s is missing", name)
		}
	}
	for name, s := range c.form.Styles {
		at := "styles." + name
		if !(s.Size >= 4 && s.Size <= 72) {
			c.fail(at, "size must be 4 to 72 points, not %g", s.Size)
		}
		if !(s.Line >= s.Size && s.Line <= 100) {
			c.fail(at, "line must be at least the size %g and at most 100 points, not %g", s.Size, s.Line)
		}
		if s.Align == "" || !holds(aligns, s.Align) {
			c.fail(at, "align must be one of %s, not %q", strings.Join(aligns, ", "), s.Align)
		}
		width := c.form.Page.Size[0] - c.form.Page.Margins.Left - c.form.Page.Margins.Right
		for _, v := range []float64{s.Before, s.After, s.Indent, s.Left} {
			if !(v >= 0 && v <= width/2) {
				c.fail(at, "a space or indent is negative or wider than half the text")
			}
		}
	}
}

func (c *checker) head(part string, list []HeadLine, official bool) {
	for i, h := range list {
		at := fmt.Sprintf("head.%s.%d", part, i)
		if (h.Text == "") == (len(h.Values) == 0) {
			c.fail(at, "give either text or values")
		}
		c.text(at, h.Text, values)
		c.allOf(at+".values", h.Values, values)
		c.oneOf(at, h.Rule, words("text full"))
		c.oneOf(at, h.Level, words("last"))
		if h.Switch != "" {
			if _, ok := c.form.Switches[h.Switch]; !ok {
				c.fail(at, "no such switch: %s", h.Switch)
			}
		}
		if !official {
			continue
		}
		if _, ok := c.form.Styles[h.Style]; !ok {
			c.fail(at, "no such style: %q", h.Style)
		}
		if _, ok := c.form.Styles[h.Last]; h.Last != "" && !ok {
			c.fail(at, "no such style: %q", h.Last)
		}
	}
}

func (c *checker) lines(part string, list []Line) {
	for i, l := range list {
		at := fmt.Sprintf("%s.%d", part, i)
		c.allOf(at+".kinds", l.Kinds, kinds)
		c.allOf(at+".people", l.People, roles)
		c.oneOf(at+".needs", l.Needs, roles)
		c.oneOf(at+".unless", l.Unless, roles)
		c.text(at, l.Label, values)
		c.text(at, l.Text, values)
		c.text(at, l.Person, words("name title unit"))
		if l.Text == "" && len(l.People) == 0 {
			c.fail(at, "give either text or people")
		}
		if len(l.People) > 0 && l.Person == "" {
			c.fail(at, "say how a person is written (person: \"{name}, {title}\")")
		}
	}
}
