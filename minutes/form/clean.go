package form

import (
	"strings"
	"unicode"

	"bienban/internal/lang"
)

// clean makes text that people or machines wrote fit to be shown: NFC, one
// line, no control characters, and none of the marks that reorder or hide
// text (a reader must see what is there).
func clean(s string) string {
	s = lang.NFC(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// squeeze is clean with runs of blanks made one.
func squeeze(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// title is an agenda title as it is printed: verbatim but for what cannot be
// shown on one line.
func title(s string) string {
	if t := clean(s); t != "" {
		return t
	}
	return "…"
}

// sentence ends a text with a full stop unless it ends a sentence already.
func sentence(s string) string {
	s = strings.TrimRight(s, " ,;")
	inner := strings.TrimRight(s, "\"'”’»)]")
	for _, end := range []string{".", "!", "?", ":", "…"} {
		if s == "" || strings.HasSuffix(inner, end) {
			return s
		}
	}
	return s + "."
}
