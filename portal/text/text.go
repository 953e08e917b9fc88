package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Languages are the languages of the pages, the first being the default.
func Languages() []string { return []string{"vi", "en"} }

// Supported tells whether pages exist in the language.
func Supported(language string) bool { return slices.Contains(Languages(), language) }

//go:embed vi/*.json en/*.json
var files embed.FS

// Catalogue is all texts in one language. It does not change once made.
type Catalogue struct {
	Language string
	texts    map[string]string
}

// Load reads the catalogue of each language.
func Load() (map[string]*Catalogue, error) {
	all := map[string]*Catalogue{}
	for _, l := range Languages() {
		c, err := load(files, l)
		if err != nil {
			return nil, err
		}
		all[l] = c
	}
	return all, nil
}

func load(from fs.FS, language string) (*Catalogue, error) {
	names, err := fs.Glob(from, language+"/*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalogue{Language: language, texts: map[string]string{}}
	for _, name := range names {
		b, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		var some map[string]string
		if err := json.Unmarshal(b, &some); err != nil {
			return nil, fmt.Errorf("portal/text/%s: %w", name, err)
		}
		for k, v := range some {
			if _, double := c.texts[k]; double {
				return nil, fmt.Errorf("portal/text/%s: %q stands in two files of %s", name, k, path.Dir(name))
			}
			c.texts[k] = v
		}
	}
	return c, nil
}

// parameter is a place in a text that a value is put into: {0}, {1}, …
var parameter = regexp.MustCompile(`\{(\d)\}`)

// Text gives the text of a key with its parameters {0}, {1}, … replaced. A key
// that is not there gives the key itself, in brackets that nobody overlooks;
// a test sees to it that this does not happen.
func (c *Catalogue) Text(key string, values ...any) string {
	s, ok := c.texts[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(values) == 0 {
		return s
	}
	return parameter.ReplaceAllStringFunc(s, func(p string) string {
		if i := int(p[1] - '0'); i < len(values) {
			return fmt.Sprint(values[i])
		}
		return p
	})
}

// Count is Text for a number of things, which is parameter {0}: key.one for 1,
// else key.other. Vietnamese has the same text for both.
func (c *Catalogue) Count(key string, n int, values ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return c.Text(key+form, append([]any{n}, values...)...)
}

// Has tells whether there is such a key.
func (c *Catalogue) Has(key string) bool { _, ok := c.texts[key]; return ok }

// Keys lists all keys, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.texts)) }

// Under gives all texts whose key begins with one of the prefixes, by key: for
// a script, which has none of its own.
func (c *Catalogue) Under(prefixes ...string) map[string]string {
	out := map[string]string{}
	for k, v := range c.texts {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) }) {
			out[k] = v
		}
	}
	return out
}

// Parameters lists the parameters of a key's text, sorted, each once.
func (c *Catalogue) Parameters(key string) []string {
	found := parameter.FindAllString(c.texts[key], -1)
	slices.Sort(found)
	return slices.Compact(found)
}
