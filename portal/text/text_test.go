package text

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/unicode/norm"
)

func TestBothCataloguesHaveTheSameKeysAndParameters(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	vi, en := all["vi"], all["en"]
	for _, pair := range [][2]*Catalogue{{vi, en}, {en, vi}} {
		for _, k := range pair[0].Keys() {
			if !pair[1].Has(k) {
				t.Errorf("%q is in %s and not in %s", k, pair[0].Language, pair[1].Language)
			}
		}
	}
	for _, k := range vi.Keys() {
		if en.Has(k) && !slices.Equal(vi.Parameters(k), en.Parameters(k)) {
			t.Errorf("%q has the parameters %v in Vietnamese and %v in English", k, vi.Parameters(k), en.Parameters(k))
		}
		for _, c := range []*Catalogue{vi, en} {
			if strings.TrimSpace(c.texts[k]) == "" {
				t.Errorf("%q is empty in %s", k, c.Language)
			}
			if !norm.NFC.IsNormalString(c.texts[k]) {
				t.Errorf("%q is not NFC in %s", k, c.Language)
			}
		}
	}
}

func TestACountHasBothItsForms(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		for _, k := range c.Keys() {
			for _, pair := range [][2]string{{".one", ".other"}, {".other", ".one"}} {
				if stem, is := strings.CutSuffix(k, pair[0]); is && slices.Contains(c.Parameters(k), "{0}") && !c.Has(stem+pair[1]) {
					t.Errorf("%s: %q has no %q beside it", c.Language, k, stem+pair[1])
				}
			}
		}
	}
}

func TestValuesArePutIntoTheirPlaces(t *testing.T) {
	c := &Catalogue{Language: "en", texts: map[string]string{
		"both": "{1} before {0}", "n.one": "{0} item", "n.other": "{0} items of {1}",
	}}
	for _, tt := range []struct{ got, want string }{
		{c.Text("both", "a", "b"), "b before a"},
		{c.Text("both", "{1}", "b"), "b before {1}"}, // a value is not read again
		{c.Text("both", "a"), "{1} before a"},
		{c.Text("none"), "⟦none⟧"},
		{c.Count("n", 1), "1 item"},
		{c.Count("n", 0, "x"), "0 items of x"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestAKeyMayStandInOneFileOnly(t *testing.T) {
	_, err := load(fstest.MapFS{
		"vi/a.json": {Data: []byte(`{"x": "1"}`)},
		"vi/b.json": {Data: []byte(`{"x": "2"}`)},
	}, "vi")
	if err == nil || !strings.Contains(err.Error(), `"x" stands in two files`) {
		t.Errorf("got %v", err)
	}
}
