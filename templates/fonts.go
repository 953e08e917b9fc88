package templates

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
)

// Fonts are the four faces of one family, as TrueType files.
type Fonts struct {
	Regular, Bold, Italic, BoldItalic []byte
}

// LiberationSerif gives the family that comes with the program: the same
// widths as Times New Roman, all of Vietnamese, SIL Open Font License. The
// bytes are the caller's own to change.
func LiberationSerif() Fonts {
	return Fonts{
		Regular:    append([]byte(nil), liberationserifregular.TTF...),
		Bold:       append([]byte(nil), liberationserifbold.TTF...),
		Italic:     append([]byte(nil), liberationserifitalic.TTF...),
		BoldItalic: append([]byte(nil), liberationserifbolditalic.TTF...),
	}
}

// FontsFrom reads a family that the operator has, such as Times New Roman,
// from a folder: times.ttf, timesbd.ttf, timesi.ttf and timesbi.ttf as Windows
// names them, or the names that macOS and fontconfig packages use.
func FontsFrom(dir string) (Fonts, error) {
	var f Fonts
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f, fmt.Errorf("fonts: %w: name the folder that holds times.ttf, timesbd.ttf, timesi.ttf and timesbi.ttf", err)
	}
	for _, face := range []struct {
		into  *[]byte
		names string
	}{
		{&f.Regular, "times.ttf|times new roman.ttf|times_new_roman.ttf"},
		{&f.Bold, "timesbd.ttf|times new roman bold.ttf|times_new_roman_bold.ttf"},
		{&f.Italic, "timesi.ttf|times new roman italic.ttf|times_new_roman_italic.ttf"},
		{&f.BoldItalic, "timesbi.ttf|times new roman bold italic.ttf|times_new_roman_bold_italic.ttf"},
	} {
		names := strings.Split(face.names, "|")
		for _, e := range entries {
			if holds(names, strings.ToLower(e.Name())) {
				if *face.into, err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
					return f, fmt.Errorf("fonts: %w", err)
				}
			}
		}
		if *face.into == nil {
			return f, fmt.Errorf("fonts: %s has no %s", dir, names[0])
		}
	}
	return f, nil
}
