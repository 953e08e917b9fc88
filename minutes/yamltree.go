package minutes

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"bienban/internal/fault"
	"bienban/internal/lang"
)

// Limits of a meeting file. A real one is some hundred lines; these only keep
// a hostile one from taking the machine's memory.
const (
	maxMeetingBytes = 4 << 20
	maxMeetingNodes = 200_000 // with each alias counted as often as it is used
	maxMeetingDepth = 24      // the format itself nests 5 deep
)

// decoder copies a YAML tree into Go values, strictly: an unknown key, a
// value of another type or a key given twice is an error that names its line.
//
// yaml.v3's own KnownFields names neither the path nor a near key, and reads
// every alias anew without a limit of ours.
type decoder struct {
	name  string         // the file, as errors name it
	lines map[string]int // path of a value → its line, for the checks that come later
	nodes int
	open  func(path string) bool // whether other keys may stand in the mapping at path
	extra []string               // such keys, as they were met
}

// errf makes the error "name:line: path: message"; line 0 and path "" are left out.
func errf(name string, line int, path, format string, args ...any) error {
	where := name
	if line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	if path != "" {
		where += ": " + path
	}
	return fault.New(fault.Invalid, "%s: %s", where, oneLine(fmt.Sprintf(format, args...)))
}

// oneLine keeps a value quoted from a file from breaking a message in two.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// clip shortens a value for a message.
func clip(s string) string {
	r := []rune(oneLine(s))
	if len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return string(r)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// parseYAML gives the root mapping of the only document in b.
func parseYAML(name string, b []byte) (*yaml.Node, error) {
	if len(b) > maxMeetingBytes {
		return nil, errf(name, 0, "", "%d bytes: a meeting file has at most %d", len(b), maxMeetingBytes)
	}
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return nil, errf(name, 1, "", "written as UTF-16: save it as UTF-8")
	}
	if i := invalidUTF8(b); i >= 0 {
		return nil, errf(name, 1+bytes.Count(b[:i], []byte("\n")), "",
			"byte %d (0x%02x) is not UTF-8: save the file as UTF-8", i+1, b[i])
	}
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	var doc yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		return nil, errf(name, 0, "", "empty: there is no meeting in it")
	} else if err != nil {
		return nil, syntaxError(name, err)
	}
	var second yaml.Node
	if err := d.Decode(&second); err == nil {
		return nil, errf(name, second.Line, "", "a second document begins here: a file holds one meeting")
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(name, err)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, errf(name, 0, "", "empty: there is no meeting in it")
	}
	if root.Kind != yaml.MappingNode {
		return nil, errf(name, root.Line, "", "not a meeting: it must be a list of keys like \"kind: council\"")
	}
	return root, nil
}

func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

func syntaxError(name string, err error) error {
	m := yamlLine.FindStringSubmatch(oneLine(err.Error()))
	if m == nil {
		return errf(name, 0, "", "not YAML: %s", err)
	}
	line, _ := strconv.Atoi(m[1])
	return errf(name, line, "", "not YAML: %s", m[2])
}

func (d *decoder) fail(n *yaml.Node, path, format string, args ...any) error {
	return errf(d.name, n.Line, path, format, args...)
}

var (
	typeTime  = reflect.TypeFor[Time]()
	typeRoles = reflect.TypeFor[Roles]()
)

// value copies n into v. path is where it stands, as messages name it.
func (d *decoder) value(n *yaml.Node, v reflect.Value, path string, depth int) error {
	if d.nodes++; d.nodes > maxMeetingNodes {
		return d.fail(n, path, "too much: more than %d values, with aliases written out", maxMeetingNodes)
	}
	if depth > maxMeetingDepth {
		return d.fail(n, path, "nested deeper than %d", maxMeetingDepth)
	}
	d.lines[path] = n.Line
	if n.Kind == yaml.AliasNode {
		return d.value(n.Alias, v, path, depth+1)
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil // "key:" with nothing after it is as good as no key
	}
	switch v.Type() {
	case typeTime:
		return d.time(n, v, path)
	case typeRoles:
		if n.Kind == yaml.ScalarNode {
			v.Set(reflect.ValueOf(Roles{lang.NFC(strings.TrimSpace(n.Value))}))
			return nil
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := d.value(n, p.Elem(), path, depth+1); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case reflect.Struct:
		return d.mapping(n, v, path, depth)
	case reflect.Slice:
		return d.list(n, v, path, depth)
	case reflect.Map:
		return d.strings(n, v, path)
	}
	return d.scalar(n, v, path)
}

func (d *decoder) time(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.ScalarNode {
		return d.fail(n, path, "must be a time like 2025-08-18T07:30:00+07:00, not %s", shape(n))
	}
	t, err := ParseTime(strings.TrimSpace(n.Value))
	if err != nil {
		return d.fail(n, path, "%s", err)
	}
	v.Set(reflect.ValueOf(t))
	return nil
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string, depth int) error {
	if n.Kind != yaml.SequenceNode {
		return d.fail(n, path, "must be a list, not %s", shape(n))
	}
	out := reflect.MakeSlice(v.Type(), 0, min(len(n.Content), 1024))
	for i, c := range n.Content {
		e := reflect.New(v.Type().Elem()).Elem()
		at := path + "[" + strconv.Itoa(i) + "]"
		if c.Kind == yaml.ScalarNode && c.Tag == "!!null" {
			return d.fail(c, at, "is empty")
		}
		if err := d.value(c, e, at, depth+1); err != nil {
			return err
		}
		out = reflect.Append(out, e)
	}
	v.Set(out)
	return nil
}

func (d *decoder) strings(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.MappingNode {
		return d.fail(n, path, "must be keys with values, not %s", shape(n))
	}
	out := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		key := lang.NFC(k.Value)
		if c.Kind != yaml.ScalarNode || k.Kind != yaml.ScalarNode {
			return d.fail(c, join(path, key), "must be one word or figure, not %s", shape(c))
		}
		if _, twice := out[key]; twice {
			return d.fail(k, join(path, key), "is given twice")
		}
		out[key] = lang.NFC(c.Value)
		d.lines[join(path, key)] = k.Line
	}
	v.Set(reflect.ValueOf(out))
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, path string, depth int) error {
	if n.Kind != yaml.MappingNode {
		return d.fail(n, path, "must be keys with values, not %s", shape(n))
	}
	fields := yamlFields(v.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, c := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			return d.fail(k, path, "a key must be a word, not %s", shape(k))
		}
		key := k.Value
		at := join(path, key)
		if seen[key] {
			return d.fail(k, at, "is given twice")
		}
		seen[key] = true
		f, known := fields[key]
		switch {
		case !known && d.open != nil && d.open(path):
			d.extra = append(d.extra, at)
			continue
		case !known:
			return d.fail(k, at, "unknown key%s", didYouMean(key, keysOf(fields)))
		}
		if err := d.value(c, v.Field(f), at, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.ScalarNode {
		return d.fail(n, path, "must be one %s, not %s", kindWord(v.Kind()), shape(n))
	}
	s := lang.NFC(strings.TrimSpace(n.Value))
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
		return nil
	case reflect.Bool:
		if n.Tag != "!!bool" {
			return d.fail(n, path, "must be true or false, not %q", clip(s))
		}
		var b bool
		if err := n.Decode(&b); err != nil {
			return d.fail(n, path, "must be true or false, not %q", clip(s))
		}
		v.SetBool(b)
		return nil
	case reflect.Int:
		i, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n.Tag != "!!int" {
			return d.fail(n, path, "must be a whole number, not %q", clip(s))
		}
		v.SetInt(i)
		return nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || n.Tag != "!!int" && n.Tag != "!!float" || math.IsNaN(f) || math.IsInf(f, 0) {
			return d.fail(n, path, "must be a number, not %q", clip(s))
		}
		v.SetFloat(f)
		return nil
	}
	return d.fail(n, path, "cannot be read")
}

func kindWord(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "number"
}

func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		return strconv.Quote(clip(n.Value))
	}
	return "an alias"
}

// yamlFields maps a struct's YAML keys to its fields.
func yamlFields(t reflect.Type) map[string]int {
	out := map[string]int{}
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key != "" && key != "-" {
			out[key] = i
		}
	}
	return out
}

func keysOf(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// didYouMean gives "; did you mean …?" for the nearest of the known words, or
// "; known are …" when they are few and none is near.
func didYouMean(word string, known []string) string {
	best, least := "", 1+len([]rune(word))/3
	for _, k := range known {
		if n := lang.Distance(lang.FoldPlain(word), lang.FoldPlain(k)); n <= least {
			if best == "" || n < least {
				best = k
			}
			least = n
		}
	}
	switch {
	case best != "":
		return "; did you mean " + strconv.Quote(best) + "?"
	case len(known) > 0 && len(known) <= 12:
		return "; known are " + strings.Join(known, ", ")
	}
	return ""
}
