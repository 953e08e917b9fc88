package lang

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// SortByName puts s into the order in which Vietnamese lists have names: a ă â … d đ e ê …, the six tones after the
// letters (CLDR's rules for vi), capitals and composition without weight. It is the order for every language of the
// interface, so that a list looks the same to all who work on it. What has one name keeps its order.
func SortByName[T any](s []T, name func(T) string) {
	c := collate.New(language.Vietnamese) // its own: a collator is for one goroutine
	slices.SortStableFunc(s, func(a, b T) int { return c.CompareString(name(a), name(b)) })
}
