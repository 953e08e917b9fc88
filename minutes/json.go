package minutes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"bienban/internal/fault"
	"bienban/internal/lang"
	"bienban/transcribe"
)

// maxMinutesBytes bounds minutes.json: a meeting of days with all its evidence
// is a few megabytes.
const maxMinutesBytes = 64 << 20

// UnmarshalJSON takes one role or a list of them.
func (r *Roles) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*r = nil
		if one != "" {
			*r = Roles{one}
		}
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return errors.New("role must be one word or a list of words")
	}
	*r = list
	return nil
}

// ReadMinutes reads and checks minutes.json. Errors are as ReadMeeting's.
func ReadMinutes(path string, opts ...ReadOption) (*Minutes, error) {
	b, err := readFile(path, maxMinutesBytes, "minutes file")
	if err != nil {
		return nil, err
	}
	return DecodeMinutes(filepath.Base(path), b, opts...)
}

// DecodeMinutes is ReadMinutes for bytes.
//
// Keys that it does not know are passed over: minutes may be written by a
// newer program, or by another one. Types are strict. The meeting inside is
// checked like a meeting file, unless there is none: minutes that another
// program wrote may hold sections alone. All text becomes NFC.
func DecodeMinutes(name string, b []byte, opts ...ReadOption) (*Minutes, error) {
	var o readOptions
	for _, f := range opts {
		f(&o)
	}
	if len(b) > maxMinutesBytes {
		return nil, errf(name, 0, "", "larger than %d bytes: not a minutes file", maxMinutesBytes)
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errf(name, 0, "", "empty: there are no minutes in it")
	}
	if i := invalidUTF8(b); i >= 0 {
		return nil, errf(name, 1+bytes.Count(b[:i], []byte("\n")), "", "byte %d (0x%02x) is not UTF-8", i+1, b[i])
	}
	m := &Minutes{}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	if err := d.Decode(m); err != nil {
		return nil, jsonError(name, b, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errf(name, lineAt(b, d.InputOffset()), "", "something follows the minutes: a file holds one")
	}
	compose(reflect.ValueOf(m).Elem())
	if m.Sections == nil && m.Evidence == nil && reflect.DeepEqual(m.Meeting, Meeting{}) {
		return nil, errf(name, 0, "", "neither meeting nor sections is in it: this is no minutes file (bienban draft makes one)")
	}
	if !reflect.DeepEqual(m.Meeting, Meeting{}) {
		if _, err := m.Meeting.check(&checker{name: name, prefix: "meeting.", secret: o.secret}); err != nil {
			return nil, err
		}
	}
	if err := m.check(name); err != nil {
		return nil, err
	}
	return m, nil
}

func lineAt(b []byte, offset int64) int {
	return 1 + bytes.Count(b[:min(max(offset, 0), int64(len(b)))], []byte("\n"))
}

func jsonError(name string, b []byte, err error) error {
	var te *json.UnmarshalTypeError
	var se *json.SyntaxError
	switch {
	case errors.As(err, &te):
		return errf(name, lineAt(b, te.Offset), te.Field, "must be %s, not a %s", jsonType(te.Type), te.Value)
	case errors.As(err, &se):
		return errf(name, lineAt(b, se.Offset), "", "not JSON: %s", se)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errf(name, lineAt(b, int64(len(b))), "", "not JSON: it ends too early")
	}
	return errf(name, 0, "", "%s", err)
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// compose makes every string in v NFC.
func compose(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(lang.NFC(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			compose(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == typeTime {
			return
		}
		for i := range v.NumField() {
			compose(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			compose(v.Index(i))
		}
	case reflect.Map:
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for _, k := range v.MapKeys() {
			nk, nv := reflect.New(k.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
			nk.Set(k)
			nv.Set(v.MapIndex(k))
			compose(nk)
			compose(nv)
			out.SetMapIndex(nk, nv)
		}
		if v.CanSet() && !v.IsNil() {
			v.Set(out)
		}
	}
}

var (
	origins    = []string{OriginLLM, OriginExtract, OriginData, OriginPerson}
	severities = []string{transcribe.Info, transcribe.Block}
)

// check fills in what may be missing and finds the first thing wrong.
func (m *Minutes) check(name string) error {
	c := &checker{name: name, m: &m.Meeting}
	agenda := len(m.Meeting.Agenda) > 0
	seen := map[string]bool{}
	if err := c.flags("flags", m.Flags); err != nil {
		return err
	}
	for i := range m.Sections {
		s := &m.Sections[i]
		at := func(key string) string { return indexed("sections", i, key) }
		if s.Item == "" {
			return c.fail(at("item"), "missing")
		}
		if agenda {
			if err := c.item(at("item"), s.Item, true); err != nil {
				return err
			}
		}
		if seen[s.Item] {
			return c.fail(at("item"), "%q has two sections", clip(s.Item))
		}
		seen[s.Item] = true
		if a := m.Meeting.Item(s.Item); a != nil && s.Title == "" {
			s.Title = a.Title
		}
		if err := c.flags(at("flags"), s.Flags); err != nil {
			return err
		}
		for j := range s.Sentences {
			t := &s.Sentences[j]
			path := indexed(at("sentences"), j, "")
			if strings.TrimSpace(t.Text) == "" {
				return c.fail(join(path, "text"), "missing")
			}
			if t.Origin == "" {
				t.Origin = OriginLLM // the strictest: who wrote it is not known
			}
			if err := first(c.oneOf(join(path, "origin"), t.Origin, origins), c.flags(join(path, "flags"), t.Flags)); err != nil {
				return err
			}
			if t.Cites == nil {
				t.Cites = []string{}
			}
			if t.Flags == nil {
				t.Flags = []Flag{}
			}
		}
		if s.Sentences == nil {
			s.Sentences = []Sentence{}
		}
	}
	for i, k := range m.Conflicts {
		if agenda {
			if err := c.item(indexed("conflicts", i, "item"), k.Item, false); err != nil {
				return err
			}
		}
	}
	ids := map[string]bool{}
	for i, e := range m.Evidence {
		if e.ID == "" {
			return c.fail(indexed("evidence", i, "id"), "missing")
		}
		if ids[e.ID] {
			return c.fail(indexed("evidence", i, "id"), "%q is given twice", clip(e.ID))
		}
		ids[e.ID] = true
	}
	if m.Sections == nil {
		m.Sections = []Section{}
	}
	if m.Conflicts == nil {
		m.Conflicts = []Conflict{}
	}
	return nil
}

func (c *checker) flags(path string, flags []Flag) error {
	for i, f := range flags {
		if f.Code == "" {
			return c.fail(indexed(path, i, "code"), "missing")
		}
		if !slices.Contains(severities, f.Severity) {
			return c.fail(indexed(path, i, "severity"), "must be info or block, not %q", clip(f.Severity))
		}
	}
	return nil
}

// WriteMinutes writes m as minutes.json: indented by two blanks, one line
// feed at the end, the same bytes for the same minutes.
func WriteMinutes(w io.Writer, m *Minutes) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return fault.New(fault.Internal, "minutes: cannot be written as JSON: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("minutes: %w", err)
	}
	return nil
}

// CheckTranscript finds what in a transcript does not fit the meeting: an
// agenda item that does not exist is an error, a speaker who is not registered
// is a remark (a guest may speak). name is the transcript's file.
func CheckTranscript(name string, m *Meeting, t *transcribe.Transcript) (remarks []string, err error) {
	c := &checker{name: name, m: m}
	strangers := []string{}
	for i, s := range t.Segments {
		if err := c.item(indexed("segments", i, "item"), s.Item, false); err != nil {
			return nil, err
		}
		if s.Speaker != "" && !m.Known(s.Speaker) && !slices.Contains(strangers, s.Speaker) {
			strangers = append(strangers, s.Speaker)
			c.remark(indexed("segments", i, "speaker"), "%q is not one of the meeting's people", clip(s.Speaker))
		}
	}
	return c.remarks, nil
}

// ToNFC makes every string that p points at or holds NFC.
func ToNFC(p any) { compose(reflect.ValueOf(p).Elem()) }
