// Package cases carries the scripted meetings, so that the demo runs from the
// binary alone. README.md beside it says what a case holds.
package cases

import (
	"embed"
	"io/fs"

	"bienban/internal/casefile"
)

//go:embed */meeting.yaml council-demo/mixer.flac
var files embed.FS

// Names are the sample meetings that the demo shows: one with sound in
// English, one by script in Vietnamese.
func Names() []string { return []string{"council-demo", "dai-hoi-mau"} }

// All are all the cases, for measuring.
func All() []string {
	dirs, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil
	}
	var names []string
	for _, d := range dirs {
		names = append(names, d.Name())
	}
	return names
}

// Meeting gives a case's meeting.yaml, nil where there is no such case.
func Meeting(name string) []byte {
	b, err := files.ReadFile(name + "/meeting.yaml")
	if err != nil {
		return nil
	}
	return b
}

// Sound gives a case's mixer recording, nil where it has none.
func Sound(name string) []byte {
	b, err := files.ReadFile(name + "/mixer.flac")
	if err != nil {
		return nil
	}
	return b
}

// Case reads what only a test may see.
func Case(name string) (*casefile.Case, error) {
	return casefile.Decode(name, name, Meeting(name))
}
