package programmes_test

import (
	"strings"
	"testing"

	"bienban/templates/programmes"
)

func TestEveryKindHasAProgrammeThatHoldsTogether(t *testing.T) {
	t.Parallel()
	all, err := programmes.All()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, p := range all {
		kinds[p.Kind]++
		lines := p.Lines()
		if len(lines) < 5 {
			t.Errorf("%s has %d items", p.Name, len(lines))
		}
		for i, l := range lines {
			if l.Parent < 0 || l.Parent > i || l.Parent > 0 && lines[l.Parent-1].Parent > 0 {
				t.Errorf("%s: item %d has the parent %d", p.Name, i+1, l.Parent)
			}
			if len(p.Sessions) > 0 && (l.Session < 1 || l.Session > len(p.Sessions)) {
				t.Errorf("%s: item %d is in session %d of %d", p.Name, i+1, l.Session, len(p.Sessions))
			}
		}
	}
	for _, k := range []string{"dai-hoi", "bch", "btv", "chi-bo", "hdnd", "ubnd", "council"} {
		if kinds[k] == 0 {
			t.Errorf("kind %s has no programme", k)
		}
		of, err := programmes.ForKind(k)
		if err != nil || len(of) != kinds[k] {
			t.Errorf("kind %s: %d %v, want %d", k, len(of), err, kinds[k])
		}
	}
	if of, err := programmes.ForKind("x"); err != nil || len(of) != 0 {
		t.Errorf("an unknown kind has %d %v", len(of), err)
	}
}

func TestABadProgrammeIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	const good = "name: x\nkind: bch\nlanguage: vi\nlabel: {vi: a, en: b}\nsessions: [s, s2]\nitems:\n  - {title: Một}\n  - {title: Hai, session: 2}\n"
	if _, err := programmes.Parse("x.yaml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for old, c := range map[string]struct{ with, says string }{
		"name: x":       {"name: y", "name"},
		"kind: bch":     {"kind: hop", "kind"},
		"language: vi":  {"language: fr", "language"},
		"en: b":         {"en: ''", "label"},
		"title: Một":    {"title: ''", "items[0]"},
		"title: Hai":    {"title: một", "twice"},
		"session: 2":    {"session: 3", "session"},
		"items:":        {"itmes:", "itmes"},
		"{title: Một}":  {"{title: Một, session: 2}\n  - {title: Ba, session: 1}", "after"},
		"- {title: Một": {"- {parts: [{title: c, parts: [{title: d}]}], title: Một", "parts"},
	} {
		if _, err := programmes.Parse("x.yaml", []byte(strings.Replace(good, old, c.with, 1))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s instead of %s: %v", c.with, old, err)
		}
	}
}
