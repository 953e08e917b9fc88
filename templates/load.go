package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed forms/*.yaml
var formFiles embed.FS

//go:embed plain/*.yaml
var plainFiles embed.FS

// Forms gives the official forms that come with the program, by name.
func Forms() ([]Form, error) {
	names, err := fs.Glob(formFiles, "forms/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the forms: %w", err)
	}
	var forms []Form
	seen := map[string]string{}
	for _, name := range names {
		b, err := formFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the form %s: %w", name, err)
		}
		f, err := Parse(path.Base(name), b)
		if err != nil {
			return nil, err
		}
		if other := seen[f.Name]; other != "" {
			return nil, fmt.Errorf("%s: the form %s is already in %s: give it another name", f.file, f.Name, other)
		}
		seen[f.Name] = f.file
		forms = append(forms, *f)
	}
	sort.Slice(forms, func(i, j int) bool { return forms[i].Name < forms[j].Name })
	return forms, nil
}

// Plain gives the words for a meeting that has no official form, or is written
// as text or a page: Vietnamese for vi, English for every other language. It
// has no measures, so it cannot be painted on paper.
func Plain(language string) (*Form, error) {
	name := "en.yaml"
	if language == "vi" {
		name = "vi.yaml"
	}
	b, err := plainFiles.ReadFile("plain/" + name)
	if err != nil {
		return nil, fmt.Errorf("read the plain words %s: %w", name, err)
	}
	return parse("plain/"+name, b, false)
}

// Parse decodes and checks an official form; file is only for messages.
func Parse(file string, data []byte) (*Form, error) { return parse(file, data, true) }

func parse(file string, data []byte, official bool) (*Form, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("%s: %s", file, oneLine(err))
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	f := &Form{file: file}
	if err := dec.Decode(f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: the file is empty: write a form into it", file)
		}
		return nil, fmt.Errorf("%s: %s", file, oneLine(err))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: a second document follows: keep one form in a file", file)
	}
	c := checker{file: file, root: &root, form: f}
	c.check(official)
	if c.err != nil {
		return nil, c.err
	}
	return f, nil
}

// oneLine makes yaml's list of errors one line, the first of them.
func oneLine(err error) string {
	var te *yaml.TypeError
	if errors.As(err, &te) && len(te.Errors) > 0 {
		return te.Errors[0]
	}
	return strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\n", " "), "yaml: ")
}

// UnmarshalYAML takes a day.
func (d *Date) UnmarshalYAML(n *yaml.Node) error {
	if _, err := time.Parse(time.DateOnly, n.Value); err != nil || n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: %q is not a day: write it as 2026-05-27", n.Line, n.Value)
	}
	*d = Date(n.Value)
	return nil
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// Fill puts values in the place of {placeholders}. One without a value stays
// as it is: forms are checked on loading, so that shows a fault of ours.
func Fill(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if v, ok := values[p[1:len(p)-1]]; ok {
			return v
		}
		return p
	})
}

// Placeholders lists the names in a text, in order.
func Placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}
