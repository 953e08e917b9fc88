package desk

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"bienban/minutes"
)

// oneLine joins a text's words by single blanks.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// roleNames are the roles as people read them, the same words as the pages' catalogues.
var roleNames = map[Role]Summary{
	Secretary: {"Thư ký", "Secretary"}, Clerk: {"Người phụ trách biên bản", "Clerk"}, Archivist: {"Văn thư lưu trữ", "Archivist"},
	Chair: {"Chủ tọa", "Chair"}, Delegate: {"Đại biểu", "Delegate"}, Screen: {"Màn hình hội trường", "Hall screen"},
	Administrator: {"Quản trị viên", "Administrator"},
}

// Name is the role as people read it.
func (r Role) Name() Summary { return roleNames[r] }

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

// momentOf writes a moment that people entered, on the clock on which they did.
func momentOf(t minutes.Time) (vi, en string) {
	switch {
	case t.IsZero():
		return "", ""
	case t.DateOnly:
		return t.Format("02/01/2006"), t.Format("2 January 2006")
	}
	return t.Format("15:04 02/01/2006"), t.Format("2 January 2006, 15:04")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
