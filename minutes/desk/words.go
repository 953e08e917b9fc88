package desk

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// oneLine joins a text's words by single blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// because writes a reason behind a summary.
func because(language, reason string) string {
	switch {
	case reason == "":
		return ""
	case language == "vi":
		return " (lý do: " + reason + ")"
	}
	return " (reason: " + reason + ")"
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
