package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columnsOf is how many columns of a terminal a character takes: none for a mark
// that joins the one before it, two for the wide ones of East Asia.
func columnsOf(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// clip cuts a line that is too wide.
func clip(s string, wide int) string {
	if columns(s) <= wide {
		return s
	}
	n := 0
	for i, r := range s {
		if n += columnsOf(r); n > wide-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// clipLeft cuts the beginning of a line that is too wide: of what is being
// typed, the end must be seen.
func clipLeft(s string, wide int) string {
	if columns(s) <= wide {
		return s
	}
	r := []rune(s)
	n, i := 1, len(r) // the dots take one
	for i > 0 && n+columnsOf(r[i-1]) <= wide {
		i--
		n += columnsOf(r[i])
	}
	return "…" + string(r[i:])
}

// wrapWords breaks a text into lines no wider than wide, between words where
// it can; all but the first are indented.
func wrapWords(s string, wide int, indent string) []string {
	if wide <= columns(indent)+1 {
		indent = ""
	}
	var out []string
	line, empty := "", true
	put := func() {
		out = append(out, line)
		line, empty = indent, true
	}
	for _, w := range strings.Fields(s) {
		gap := " "
		if empty {
			gap = ""
		}
		if !empty && columns(line)+1+columns(w) > wide {
			put()
			gap = ""
		}
		for columns(line)+columns(gap+w) > wide { // a word longer than a line
			cut := 0
			for i, r := range w {
				if columns(line)+columns(w[:i])+columnsOf(r) > wide {
					break
				}
				cut = i + len(string(r))
			}
			if cut == 0 {
				break
			}
			line += w[:cut]
			w = w[cut:]
			put()
		}
		line += gap + w
		empty = false
	}
	if !empty || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// tail is the end of a text in at most so many lines.
func tail(s string, wide, lines int) []string {
	if s == "" {
		return nil
	}
	all := wrapWords(s, wide, "")
	if n := len(all) - lines; n > 0 {
		all = all[n:]
		all[0] = clip("…"+all[0], wide)
	}
	return all
}
