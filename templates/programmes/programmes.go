package programmes

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Programme is the usual programme of a kind of meeting.
type Programme struct {
	Name     string   `yaml:"name"`     // the file's, without its ending
	Kind     string   `yaml:"kind"`     // dai-hoi, bch, btv, chi-bo, hdnd, ubnd, council
	Language string   `yaml:"language"` // vi or en
	Label    Label    `yaml:"label"`    // as people choose it
	Title    string   `yaml:"title"`    // of the meeting, as a beginning
	Quorum   string   `yaml:"quorum"`   // "2/3" of those summoned; "" = the kind's rule
	Sessions []string `yaml:"sessions"` // names of the sittings (buổi), when there are several
	Items    []Item   `yaml:"items"`
}

// Label is a name in both languages of the interface.
type Label struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

// Item is an item of a programme.
type Item struct {
	Title   string `yaml:"title"`
	Session int    `yaml:"session"` // from 1; 0 = there is one sitting, or the one of the item before
	Closed  bool   `yaml:"closed"`  // usually not for the public
	Record  string `yaml:"record"`  // what the secretary notes there
	Parts   []Item `yaml:"parts"`
}

//go:embed data/*.yaml
var files embed.FS

// kinds are those of package minutes, which knows this package not.
var kinds = []string{"dai-hoi", "bch", "btv", "chi-bo", "hdnd", "ubnd", "council"}

// All gives the templates that come with the program, by kind and name.
func All() ([]Programme, error) {
	names, err := fs.Glob(files, "data/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the programmes: %w", err)
	}
	var all []Programme
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the programme %s: %w", name, err)
		}
		p, err := Parse(path.Base(name), b)
		if err != nil {
			return nil, err
		}
		all = append(all, *p)
	}
	slices.SortFunc(all, func(a, b Programme) int {
		return slices.Index(kinds, a.Kind)*1000 + strings.Compare(a.Name, b.Name) - slices.Index(kinds, b.Kind)*1000
	})
	return all, nil
}

// ForKind gives the templates of a kind.
func ForKind(kind string) ([]Programme, error) {
	all, err := All()
	return slices.DeleteFunc(all, func(p Programme) bool { return p.Kind != kind }), err
}

// Parse reads and checks a template; name is its file.
func Parse(name string, b []byte) (*Programme, error) {
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	p := &Programme{}
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("%s: %s", name, strings.Join(strings.Fields(err.Error()), " "))
	}
	bad := func(format string, args ...any) (*Programme, error) {
		return nil, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...))
	}
	switch {
	case p.Name != strings.TrimSuffix(name, ".yaml"):
		return bad("name: %q is not the file's", p.Name)
	case !slices.Contains(kinds, p.Kind):
		return bad("kind: %q is not one of %s", p.Kind, strings.Join(kinds, ", "))
	case p.Language != "vi" && p.Language != "en":
		return bad("language: must be vi or en, not %q", p.Language)
	case p.Label.VI == "" || p.Label.EN == "":
		return bad("label: give it in vi and en")
	case len(p.Items) == 0:
		return bad("items: there are none")
	}
	seen := map[string]bool{}
	return p, checkItems(name, "items", p.Items, len(p.Sessions), seen, true)
}

func checkItems(name, at string, items []Item, sessions int, seen map[string]bool, parts bool) error {
	last := 0
	for i, x := range items {
		where := fmt.Sprintf("%s: %s[%d]", name, at, i)
		key := strings.ToLower(x.Title)
		switch {
		case strings.TrimSpace(x.Title) == "" || strings.TrimSpace(x.Title) != x.Title:
			return fmt.Errorf("%s: title: missing, or with blanks around it", where)
		case seen[key]:
			return fmt.Errorf("%s: title: %q stands twice", where, x.Title)
		case x.Session < 0 || x.Session > sessions:
			return fmt.Errorf("%s: session: %d of %d", where, x.Session, sessions)
		case x.Session > 0 && x.Session < last:
			return fmt.Errorf("%s: session: %d comes after %d", where, x.Session, last)
		case !parts && len(x.Parts) > 0:
			return fmt.Errorf("%s: parts: parts have no parts", where)
		}
		seen[key] = true
		last = max(last, x.Session)
		if err := checkItems(name, fmt.Sprintf("%s[%d].parts", at, i), x.Parts, 0, seen, false); err != nil {
			return err
		}
	}
	return nil
}

// Line is an item in the agenda's order; Parent is the place of its parent in the
// list, from 1, and 0 for none.
type Line struct {
	Item
	Parent int
}

// Lines gives the items with their parts behind them. An item without a session
// of its own takes that of the one before.
func (p *Programme) Lines() []Line {
	var out []Line
	session := 0
	for _, x := range p.Items {
		session = max(session, x.Session)
		parts := x.Parts
		x.Session, x.Parts = session, nil
		out = append(out, Line{Item: x})
		parent := len(out)
		for _, y := range parts {
			y.Session = session
			out = append(out, Line{Item: y, Parent: parent})
		}
	}
	return out
}
