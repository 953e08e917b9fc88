package search

import (
	"slices"

	"bienban/internal/lang"
)

// excerptWords is about how long an excerpt is, in words; before is how many of
// them come before the first that was found.
const (
	excerptWords = 40
	before       = 10
)

// Excerpt gives the part of a text around what was found, with dots where it goes
// on, and where the found words are in it.
func Excerpt(text string, terms []Term) (excerpt string, marks [][2]int) {
	text = lang.NFC(text)
	words := Words(text)
	var found []int // words
	for _, t := range terms {
		for i := range words {
			if t.matches(words, i) {
				for k := range t.Words {
					found = append(found, i+k)
				}
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	from, to := 0, len(words)
	if len(words) > excerptWords {
		if len(found) > 0 {
			from = max(0, min(found[0]-before, len(words)-excerptWords))
		}
		to = min(len(words), from+excerptWords)
	}
	begin, end := 0, len(text)
	lead := ""
	if from > 0 {
		begin, lead = words[from].From, "… "
	}
	if to < len(words) {
		end = words[to-1].To
	}
	for _, i := range found {
		if i >= from && i < to {
			marks = append(marks, [2]int{len(lead) + words[i].From - begin, len(lead) + words[i].To - begin})
		}
	}
	excerpt = lead + text[begin:end]
	if to < len(words) {
		excerpt += " …"
	}
	return excerpt, marks
}
