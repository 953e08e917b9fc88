package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"

	"bienban/internal/fault"
	"bienban/minutes"
	"bienban/templates"
)

// Formats that Export writes, and one that is to come.
const (
	PDF  = "pdf"
	Text = "txt"
	JSON = "json"
	HTML = "html"
	DOCX = "docx"
)

// Copies of a record.
const (
	Public = "public" // closed items keep number and title
	Full   = "full"   // everything, marked internal
)

// Options say what to write.
type Options struct {
	Format string // pdf, txt, json or html
	Form   string // name of an official form; "" = the meeting's own, else chosen by its kind and date
	Copy   string // public (also "") or full
	Fonts  string // folder with the four faces of Times New Roman; "" = Liberation Serif, which is built in
}

// Export writes a copy of the minutes. It writes nothing to w unless the whole
// document could be made. Errors have the code Invalid for an unknown format,
// form or copy, for a form of another kind of meeting, for a kind that has no
// official form yet (pdf only) and for fonts that cannot be used.
func Export(w io.Writer, m *minutes.Minutes, o Options) error {
	p, err := prepare(m, o)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	switch o.Format {
	case Text:
		writeText(&b, p.document())
	case HTML:
		err = writeHTML(&b, p.document(), p)
	case JSON:
		err = writeJSON(&b, p)
	case PDF:
		err = p.paint(&b)
	}
	if err != nil {
		return err
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("export %s: %w", o.Format, err)
	}
	return nil
}

// Forms lists the official forms.
func Forms() ([]templates.Form, error) {
	f, err := templates.Forms()
	if err != nil {
		return nil, fault.New(fault.Internal, "forms: %w", err)
	}
	return f, nil
}

// Remarks are the info flags that an export raises: the form is of another
// date, a field is left blank for the clerk. They are no part of the record.
func Remarks(m *minutes.Minutes, o Options) ([]minutes.Flag, error) {
	p, err := prepare(m, o)
	if err != nil {
		return nil, err
	}
	d := p.document()
	if o.Format == PDF {
		if err := p.lacking(d); err != nil {
			return nil, err
		}
	}
	return p.remarks, nil
}

// lacking remarks which characters the fonts cannot show: in the PDF a box
// stands for each.
func (p *prepared) lacking(d *document) error {
	fs, err := p.loadFaces()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	writeText(&b, d)
	var lacks []string
	seen := map[rune]bool{}
	for _, r := range b.String() {
		if _, ok := fs[0].widths[r]; ok || seen[r] || unicode.IsSpace(r) {
			continue
		}
		seen[r] = true
		if unicode.IsPrint(r) && !unicode.IsMark(r) {
			lacks = append(lacks, fmt.Sprintf("%c (U+%04X)", r, r))
		} else { // it would change or hide what stands beside it
			lacks = append(lacks, fmt.Sprintf("U+%04X", r))
		}
	}
	if len(lacks) > 0 {
		p.remark("the font has no %s: a box stands for each in the PDF; write it in words, or give other fonts (BIENBAN_FONTS)", strings.Join(lacks, ", "))
	}
	return nil
}

// Check says whether the form and the switches that a meeting names can be used
// for it, so that people hear of a slip before anything is drafted. Errors are
// of the code Invalid, with the field.
func Check(m *minutes.Meeting) error {
	_, err := prepare(&minutes.Minutes{Meeting: *m}, Options{Format: Text, Copy: Full})
	return err
}

// The forms and words that come with the program are read once, and only read
// from then on.
var (
	officialForms = sync.OnceValues(Forms)
	plainWords    = sync.OnceValues(func() (p [2]*templates.Form, err error) {
		for i, language := range []string{"vi", "en"} {
			if p[i], err = templates.Plain(language); err != nil {
				return p, fault.New(fault.Internal, "%w", err)
			}
		}
		return p, nil
	})
)

// prepared is a copy of minutes with the form that it will be written after.
type prepared struct {
	m       *minutes.Minutes // the copy: nothing is in it that the reader may not see
	copy    string
	form    *templates.Form // nil: the kind has no official form
	words   *templates.Form // whose labels and lines are used: form, or plain words
	plain   *templates.Form // plain words in the minutes' own language
	fonts   string
	remarks []minutes.Flag
}

func prepare(m *minutes.Minutes, o Options) (*prepared, error) {
	switch o.Format {
	case PDF, Text, JSON, HTML:
	case DOCX:
		return nil, fault.New(fault.Invalid, "format docx is not yet supported: use pdf, txt, json or html")
	default:
		return nil, fault.New(fault.Invalid, "unknown format %q: use pdf, txt, json or html", o.Format)
	}
	p := &prepared{copy: o.Copy, fonts: o.Fonts}
	switch o.Copy {
	case "":
		p.copy = Public
	case Public, Full:
	default:
		return nil, fault.New(fault.Invalid, "unknown copy %q: use public or full", o.Copy)
	}
	if p.copy == Public && slices.ContainsFunc(m.Flags, func(f minutes.Flag) bool { return f.Code == minutes.FlagClosedBounds && f.Open() }) {
		return nil, fault.New(fault.Invalid, "no public copy: the meeting has a closed item, and where items begin is only a machine's suggestion; "+
			"mark them in meeting.yaml (marks) and draft again, or resolve the flag %s, or export --copy full", minutes.FlagClosedBounds)
	}
	p.m = copyOf(m, p.copy == Full)
	if err := p.choose(o); err != nil {
		return nil, err
	}
	plain, err := plainWords()
	if err != nil {
		return nil, err
	}
	words := plain[0]
	if l := p.m.Meeting.Language; l != "vi" && l != "" {
		words = plain[1]
	}
	p.words, p.plain = words, words
	if p.form != nil && (o.Format == PDF || p.form.Language == words.Language) {
		p.words = p.form
	}
	return p, nil
}

// choose finds the official form: the one asked for, else the meeting's, else
// the newest that is in force for the kind on the meeting's day.
func (p *prepared) choose(o Options) error {
	forms, err := officialForms()
	if err != nil {
		return err
	}
	meeting := &p.m.Meeting
	day := dayOf(meeting)
	name, where := o.Form, ""
	if name == "" {
		name, where = meeting.Form, "meeting.form: "
	}
	if name != "" {
		var names []string
		for i := range forms {
			names = append(names, forms[i].Name)
			if forms[i].Name != name {
				continue
			}
			if !forms[i].For(meeting.Kind) {
				return fault.New(fault.Invalid, "%sform %s is for kinds %s, not %s: leave it out to have the right one chosen",
					where, name, strings.Join(forms[i].Kinds, ", "), orNone(meeting.Kind))
			}
			p.form = &forms[i]
		}
		if p.form == nil {
			return fault.New(fault.Invalid, "%sunknown form %q: there are %s", where, name, strings.Join(names, ", "))
		}
	} else {
		var standIn *templates.Form
		for i := range forms {
			f := &forms[i]
			switch {
			case !f.For(meeting.Kind):
			case day == "" || f.In(day):
				if p.form == nil || f.ValidFrom > p.form.ValidFrom {
					p.form = f
				}
			case f.StandsIn && (standIn == nil || f.ValidFrom < standIn.ValidFrom):
				standIn = f
			}
		}
		if p.form == nil {
			p.form = standIn
		}
		if p.form == nil && o.Format == PDF {
			return fault.New(fault.Invalid, "no official form for kind %s yet: pdf has %s; use txt, html or json", orNone(meeting.Kind), describe(forms))
		}
	}
	if p.form != nil && day != "" && !p.form.In(day) {
		p.remark("form %s is in force from %s; the meeting was on %s", p.form.Name, p.form.ValidFrom, day)
	}
	if p.form == nil {
		return nil
	}
	return p.checkSwitches()
}

func (p *prepared) checkSwitches() error {
	for _, name := range sortedKeys(p.m.Meeting.Switches) {
		s, ok := p.form.Switches[name]
		if !ok {
			return fault.New(fault.Invalid, "meeting.switches: form %s has no switch %q: it has %s", p.form.Name, name, strings.Join(sortedKeys(p.form.Switches), ", "))
		}
		if v := switchValue(p.m.Meeting.Switches[name]); !contains(s.Values, v) {
			return fault.New(fault.Invalid, "meeting.switches.%s: %q is not one of %s", name, v, strings.Join(s.Values, ", "))
		}
	}
	return nil
}

// switchValue reads YAML's own spellings of on and off.
func switchValue(v string) string {
	switch strings.ToLower(v) {
	case "true", "yes":
		return "on"
	case "false", "no":
		return "off"
	}
	return v
}

// set gives the value of a switch of the words in use; "" for none.
func (p *prepared) set(name string) string {
	s, ok := p.words.Switches[name]
	if !ok {
		return ""
	}
	if v := p.m.Meeting.Switches[name]; v != "" {
		return switchValue(v)
	}
	return s.Default
}

func (p *prepared) remark(format string, args ...any) {
	f := minutes.Flag{Code: minutes.FlagForm, Severity: "info", Text: fmt.Sprintf(format, args...)}
	for _, g := range p.remarks {
		if g.Text == f.Text {
			return
		}
	}
	p.remarks = append(p.remarks, f)
}

func describe(forms []templates.Form) string {
	var s []string
	for _, f := range forms {
		s = append(s, fmt.Sprintf("%s (%s)", f.Name, strings.Join(f.Kinds, ", ")))
	}
	return strings.Join(s, ", ")
}

func orNone(kind string) string {
	if kind == "" {
		return "(none)"
	}
	return kind
}

// writeJSON writes minutes.json of the copy, with a key that names the copy.
func writeJSON(b *bytes.Buffer, p *prepared) error {
	p.document() // for its remarks
	for _, r := range p.remarks {
		if !hasFlag(p.m.Flags, r) {
			p.m.Flags = append(p.m.Flags, r)
		}
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Copy string `json:"copy"`
		*minutes.Minutes
	}{p.copy, p.m})
	if err != nil {
		return fault.New(fault.Internal, "export json: %w", err)
	}
	return nil
}

func hasFlag(list []minutes.Flag, f minutes.Flag) bool {
	for _, g := range list {
		if g.Code == f.Code && g.Text == f.Text {
			return true
		}
	}
	return false
}
