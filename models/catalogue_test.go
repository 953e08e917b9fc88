package models_test

import (
	"errors"
	"strings"
	"testing"

	"bienban/internal/fault"
	"bienban/models"
)

func builtin(t *testing.T) *models.Catalogue {
	t.Helper()
	c, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheBuiltinCatalogueHoldsWhatTheProgramNeeds(t *testing.T) {
	c := builtin(t)
	for id, purpose := range map[string]models.Purpose{
		"tiny": models.Speech, "base": models.Speech, "small": models.Speech, "medium": models.Speech,
		"large-v3": models.Speech, "large-v3-turbo": models.Speech, "silero": models.VAD,
		"qwen2.5-0.5b": models.Language, "qwen2.5-14b": models.Language,
	} {
		m, err := c.Find(id)
		if err != nil {
			t.Error(err)
		} else if m.Purpose != purpose {
			t.Errorf("%s is for %s, want %s", id, m.Purpose, purpose)
		}
	}
	for _, id := range []string{models.DefaultSpeech, models.DefaultVAD, models.DefaultLanguage, "qwen2.5-coder-0.5b"} {
		m, err := c.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Sources) != 2 || m.Sources[0].Kind != models.KindURL || m.Sources[1].Kind != models.KindPyPI {
			t.Errorf("%s must have upstream first and then a mirror", id)
		}
	}
}

func TestTheErrorRateOfBaseInVietnameseIsNotHidden(t *testing.T) {
	m, err := builtin(t).Find("base")
	if err != nil {
		t.Fatal(err)
	}
	got := map[float64]bool{}
	for _, w := range m.WER {
		if w.Language == "vi" {
			got[w.Percent] = true
		}
	}
	if !got[34] || !got[48] {
		t.Errorf("figures %v, want the measured 34 and 48 %%", m.WER)
	}
}

func TestAnUnknownModelsErrorListsTheKnownOnes(t *testing.T) {
	_, err := builtin(t).Find("huge")
	var unknown *models.UnknownModelError
	if !errors.As(err, &unknown) {
		t.Fatalf("error %v, want UnknownModelError", err)
	}
	if !strings.Contains(err.Error(), `"huge"`) || !strings.Contains(err.Error(), "large-v3-turbo") {
		t.Errorf("the message %q names neither the wrong id nor the known ones", err)
	}
	if fault.CodeOf(err) != fault.Invalid {
		t.Errorf("code %s, want invalid", fault.CodeOf(err))
	}
}

const entry = `version: 1
models:
  - id: x
    purpose: vad
    name: X
    languages: any
    file: x.bin
    size: 3
    memory: 4
    licence: MIT
    sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
    sources:
      - kind: url
        url: https://example.org/x.bin
`

const mirror = `      - kind: pypi
        packages:
          - name: p
            version: 1.0
            members:
              - {path: p/x.bin, size: 3, sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad}
`

func TestACatalogueIsReadStrictly(t *testing.T) {
	if _, err := models.Parse(strings.NewReader(entry + mirror)); err != nil {
		t.Fatalf("a right catalogue is refused: %v", err)
	}
	for _, c := range []struct{ name, old, with, want string }{
		{"an unknown key", "licence: MIT", "licence: MIT\n    colour: red", "colour"},
		{"another version", "version: 1\n", "version: 2\n", "version 2"},
		{"an unknown purpose", "purpose: vad", "purpose: music", `purpose "music"`},
		{"no licence", "licence: MIT", "licence: ''", "licence"},
		{"a path for a file name", "file: x.bin", "file: ../x.bin", "plain file name"},
		{"a hidden file", "file: x.bin", "file: .x", "plain file name"},
		{"no size", "size: 3\n    memory", "size: 0\n    memory", "positive"},
		{"a short hash", "sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n    sources", "sha256: ba78\n    sources", "64 lower-case"},
		{"an upper-case hash", "sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n    sources", "sha256: BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD\n    sources", "64 lower-case"},
		{"a URL without TLS", "https://example.org", "http://example.org", "https"},
		{"an unknown kind", "kind: url", "kind: ftp", `kind "ftp"`},
		{"an unknown conversion", "kind: pypi", "kind: pypi\n        convert: magic", "magic"},
		{"members that do not add up", "path: p/x.bin, size: 3", "path: p/x.bin, size: 2", "add up to 2"},
		{"a member for no input", "path: p/x.bin, size", "path: p/x.bin, as: y, size", "as one of"},
		{"an id twice", "", "", "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := entry + mirror
			if c.old == "" {
				text += strings.TrimPrefix(entry, "version: 1\nmodels:\n")
			} else if !strings.Contains(text, c.old) {
				t.Fatalf("the test changes %q, which is not there", c.old)
			} else {
				text = strings.Replace(text, c.old, c.with, 1)
			}
			_, err := models.Parse(strings.NewReader(text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("code %q, want invalid", fault.CodeOf(err))
			}
		})
	}
}

func FuzzCatalogue(f *testing.F) {
	f.Add(entry + mirror)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := models.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, m := range c.List() {
			if strings.ContainsAny(m.File, `/\`) || len(m.SHA256) != 64 || len(m.Sources) == 0 {
				t.Errorf("an unusable entry was accepted: %+v", m)
			}
		}
	})
}

func TestWhatFitsIsSaidByTheMemoryOfTheMachine(t *testing.T) {
	m := models.Model{Memory: 4e9}
	for _, c := range []struct {
		memory int64
		want   models.Fit
	}{{16e9, models.FitYes}, {5e9, models.FitTight}, {4e9, models.FitTight}, {3e9, models.FitNo}} {
		if got := m.FitsIn(c.memory); got != c.want {
			t.Errorf("4 GB in %s: %s, want %s", models.Bytes(c.memory), got, c.want)
		}
	}
	if n, err := models.MachineMemory(); err != nil || n < 64e6 {
		t.Errorf("this machine has %d bytes of memory: %v", n, err)
	}
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	for n, want := range map[int64]string{885098: "885 kB", 147951465: "148 MB", 1117320768: "1.1 GB", 8988110976: "9.0 GB", 12e9: "12 GB"} {
		if got := models.Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}
